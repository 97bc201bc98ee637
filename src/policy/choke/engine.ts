/**
 * ChokeEngine: what stands around a choking policy. It keeps the roster from reports, builds what the policy sees, keeps its memo, and
 * turns a decision into the orders that change something. Effects are the caller's (ChokeMgr); time and chance come in.
 * A policy of scope `torrent` has a memo and a call for each torrent, one of scope `session` one for all.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';
import { createRate } from '../../model/rate.js';
import { RosterEntry, type Introduction, type PeerReport } from './roster.js';
import type { ChokeDecision, ChokePolicy, Json, LinkView, Params, PeerView, TorrentView, Trigger, Why } from './policy.js';

export type { Introduction, PeerReport } from './roster.js';

export interface Chosen {
  readonly policy: ChokePolicy;
  readonly params: Params;
}
export interface Occasion {
  readonly trigger: Trigger;
  readonly subject: PeerKey | null;
  readonly now: Millis;
}
/** Choke, where there is no `why`. */
export interface Order {
  readonly peer: PeerKey;
  readonly why: Why | undefined;
}
export interface Outcome {
  readonly orders: readonly Order[];
  readonly requestTickIn: Millis | undefined;
}

/** The session's own upload rate is smoothed like a peer's. */
const LINK_RATE = { kind: 'window', ms: 10_000, bucketMs: 1000 } as const;
/** At this share of the limit the link counts as full. */
const SATURATED = 0.95;
/** The key of the one memo of a session-wide policy. */
const SESSION = 0 as TorrentKey;

export const chokeEngine = (chosen: Chosen, random: Random): ChokeEngine => new ChokeEngine(chosen, random);

export class ChokeEngine {
  private readonly random: Random;
  private readonly roster = new Map<PeerKey, RosterEntry>();
  private readonly torrents = new Map<TorrentKey, TorrentView>();
  private readonly memos = new Map<TorrentKey, Json>();
  private readonly uplink = createRate(LINK_RATE, 0);
  private chosen: Chosen;
  private upLimit: BytesPerSec | null = null;
  private upPeak: BytesPerSec = 0;
  private round = 0;
  private roundAt: Millis | undefined;

  constructor(chosen: Chosen, random: Random) {
    this.chosen = chosen;
    this.random = random;
  }

  get timing(): ReturnType<ChokePolicy['timing']> {
    return this.chosen.policy.timing(this.chosen.params);
  }

  /** Another policy takes over: with a memo of its own, and the choke bits as they are. */
  use(chosen: Chosen): void {
    this.chosen = chosen;
    this.memos.clear();
    for (const entry of this.roster.values()) entry.estimateWith(chosen.policy.rates);
  }

  join(peer: Introduction): void {
    this.roster.set(peer.key, new RosterEntry(peer, this.chosen.policy.rates));
  }

  leave(peer: PeerKey): void {
    this.roster.delete(peer);
  }

  /** What the report means for a policy that reacts. */
  report(peer: PeerKey, report: PeerReport, now: Millis): 'interested' | 'uninterested' | undefined {
    const entry = this.roster.get(peer);
    if (!entry) return undefined;
    const { uploaded, was } = entry.take(report, now);
    this.uplink.add(now, uploaded);
    if (was === report.peerInterested) return undefined;
    return report.peerInterested ? 'interested' : 'uninterested';
  }

  /** True where this is news of its completion. */
  torrent(view: TorrentView): boolean {
    const before = this.torrents.get(view.key);
    this.torrents.set(view.key, view);
    return view.seeding && before !== undefined && !before.seeding;
  }

  /** Its peers are gone with it: their keys. */
  torrentLeft(torrent: TorrentKey): PeerKey[] {
    this.torrents.delete(torrent);
    this.memos.delete(torrent);
    const gone = [...this.roster.values()].filter((e) => e.torrent === torrent).map((e) => e.key);
    for (const key of gone) this.roster.delete(key);
    return gone;
  }

  linkLimit(limit: BytesPerSec | null): void {
    this.upLimit = limit;
  }

  decide(occasion: Occasion): Outcome {
    const { now, trigger } = occasion;
    const { policy } = this.chosen;
    const sinceLastRound = this.roundAt === undefined ? this.timing.tickMs : now - this.roundAt;
    const link = this.link(now);
    if (trigger === 'tick') for (const entry of this.roster.values()) entry.endRound();
    const views = [...this.roster.values()].map((e) => e.view(now)).sort((a, b) => a.key - b.key);
    const orders: Order[] = [];
    let requestTickIn: Millis | undefined;
    const groups = policy.scope === 'session' ? new Map([[SESSION, views]]) : this.byTorrent(views);
    for (const [group, peers] of groups) {
      const decision = this.ask(group, occasion, { peers, link, sinceLastRound });
      orders.push(...this.changes(peers, decision, now));
      if (decision.requestTickIn !== undefined) requestTickIn = Math.min(requestTickIn ?? Infinity, decision.requestTickIn);
    }
    if (trigger === 'tick') {
      this.round++;
      this.roundAt = now;
    }
    return { orders, requestTickIn };
  }

  /** Every torrent, also those without a peer. */
  private byTorrent(views: readonly PeerView[]): ReadonlyMap<TorrentKey, readonly PeerView[]> {
    const groups = new Map<TorrentKey, PeerView[]>([...this.torrents.keys()].map((torrent) => [torrent, []]));
    for (const view of views) groups.get(view.torrent)?.push(view);
    return groups;
  }

  private ask(
    group: TorrentKey, { now, trigger, subject }: Occasion,
    seen: { readonly peers: readonly PeerView[]; readonly link: LinkView; readonly sinceLastRound: Millis },
  ): ChokeDecision<Json> {
    const { policy, params } = this.chosen;
    const decision = policy.decide({
      ...seen, now, trigger, subject, round: this.round, torrents: this.torrents,
      entropy: [this.random.u32(), this.random.u32()], state: this.memos.get(group) ?? policy.init(params),
    }, params);
    this.memos.set(group, decision.state);
    return decision;
  }

  /** Orders for the choke bits that change, but for those that changed too recently. */
  private changes(peers: readonly PeerView[], { unchoked, untouched }: ChokeDecision<Json>, now: Millis): Order[] {
    const { minHoldMs } = this.timing;
    const orders: Order[] = [];
    for (const view of peers) {
      const why = unchoked.get(view.key)?.why;
      const flips = view.amChoking === (why !== undefined);
      const held = view.lastUnchokedAt !== null && now - view.lastChokeChangeAt < minHoldMs;
      if (!flips || held || untouched?.has(view.key)) continue;
      this.roster.get(view.key)?.ordered(why === undefined, now);
      orders.push({ peer: view.key, why });
    }
    return orders;
  }

  private link(now: Millis): LinkView {
    const upMeasured: Bytes = this.uplink.at(now);
    this.upPeak = Math.max(this.upPeak, upMeasured);
    const { upLimit, upPeak } = this;
    return { upLimit, upMeasured, upPeak, upSaturated: upLimit !== null && upMeasured >= SATURATED * upLimit };
  }
}
