/**
 * Seat: a policy in office, with its parameters and its memos. It asks the policy once for each torrent, or once for all, by the policy's
 * scope, and holds each answer against the contract: code of users may throw, take too long, or answer in a wrong shape. What is wrong
 * with it is told in words, and it is for the engine to put another in its place.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import { fromEntropy } from '../../base/random.js';
import { describe } from '../../base/result.js';
import type { Millis } from '../../base/units.js';
import type { Scene } from './known.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Json, Params, PeerView, Timing, Verdict } from './policy.js';
import { checkDecision } from './validate-decision.js';
import { show } from './validate-shape.js';

/** A policy with its checked parameters. */
export interface Chosen {
  readonly policy: ChokePolicy;
  readonly params: Params;
}
/** Its decisions on all peers, as one. */
export interface Choice {
  readonly unchoked: ReadonlyMap<PeerKey, Verdict>;
  readonly untouched: ReadonlySet<PeerKey>;
  readonly requestTickIn: Millis | undefined;
}
export interface Answer {
  readonly choice: Choice | undefined;
  /** Why it should be asked no more. */
  readonly fault: string | undefined;
}
export interface Question {
  readonly scene: Scene;
  readonly entropy: readonly [number, number];
  /** Looked at before and after. */
  readonly clock: () => Millis;
}

/** Everything else waits while a policy thinks. */
const OVERRUN_MS = 50;
/** A busy machine can make any policy late once. */
const MOST_OVERRUNS = 3;
/** The key of the one memo of a session-wide policy. */
const SESSION = 0 as TorrentKey;

export class Seat {
  readonly chosen: Chosen;
  readonly timing: Timing;
  private readonly memos = new Map<TorrentKey, Json>();
  /** In a row. */
  private overruns = 0;

  constructor(chosen: Chosen) {
    this.chosen = chosen;
    this.timing = chosen.policy.timing(chosen.params);
  }

  forget(torrent: TorrentKey): void {
    this.memos.delete(torrent);
  }

  ask({ scene, entropy, clock }: Question): Answer {
    const began = clock();
    const random = fromEntropy(entropy);
    const unchoked = new Map<PeerKey, Verdict>();
    const untouched = new Set<PeerKey>();
    let requestTickIn: Millis | undefined;
    for (const [group, peers] of this.groups(scene)) {
      const decision = this.decide(group, { entropy: [random.u32(), random.u32()], ...scene, peers });
      if (typeof decision === 'string') return { choice: undefined, fault: decision };
      this.memos.set(group, decision.state);
      for (const [key, verdict] of decision.unchoked) unchoked.set(key, verdict);
      for (const key of decision.untouched ?? []) untouched.add(key);
      if (decision.requestTickIn !== undefined) requestTickIn = Math.min(requestTickIn ?? Infinity, decision.requestTickIn);
    }
    const took = clock() - began;
    this.overruns = took > OVERRUN_MS ? this.overruns + 1 : 0;
    const isTooSlow = this.overruns >= MOST_OVERRUNS;
    const fault = isTooSlow ? `took ${Math.round(took)} ms to decide, and more than ${OVERRUN_MS} ms before` : undefined;
    return { choice: { unchoked, untouched, requestTickIn }, fault };
  }

  /** Every torrent, also those without a peer. */
  private groups({ peers, torrents }: Scene): ReadonlyMap<TorrentKey, readonly PeerView[]> {
    if (this.chosen.policy.scope === 'session') return new Map([[SESSION, peers]]);
    const groups = new Map<TorrentKey, PeerView[]>([...torrents.keys()].map((torrent) => [torrent, []]));
    for (const view of peers) groups.get(view.torrent)?.push(view);
    return groups;
  }

  /** A decision, or what was wrong. */
  private decide(group: TorrentKey, question: Omit<ChokeInput<Json>, 'state'>): ChokeDecision<Json> | string {
    const { policy, params } = this.chosen;
    try {
      const input = { state: this.memos.get(group) ?? policy.init(params), ...question };
      const checked = checkDecision(policy.decide(input, params), input);
      return checked.ok ? checked.value : describe(checked.error);
    } catch (thrown) {
      return `threw ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown)}`;
    }
  }
}
