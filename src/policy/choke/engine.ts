/**
 * ChokeEngine: what stands around a choking policy. It keeps what is known (known.ts), asks the policy in office (seat.ts), and turns its
 * choice into the orders that change something. A policy that fails is replaced by the default at once; one that only looks on, the
 * shadow, is asked the same without effect. Effects are the caller's (ChokeMgr); time and chance come in.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { BytesPerSec, Millis } from '../../base/units.js';
import { differences, type Differences } from './differences.js';
import { Known, type Handover, type News, type Occasion, type Scene } from './known.js';
import type { PeerView, TorrentView, Timing, Verdict, Why } from './policy.js';
import type { Fact } from './record.js';
import type { Introduction, Lead, PeerReport, Share } from './roster.js';
import { Seat, type Choice, type Chosen, type Question } from './seat.js';
import { titForTat } from './tit-for-tat.js';

export type { Occasion } from './known.js';
export { equalShare } from './roster.js';
export type { Introduction, Lead, PeerReport, Share } from './roster.js';
export type { Chosen } from './seat.js';

/** Choke, where there is no `why`. */
export interface Order {
  readonly peer: PeerKey;
  readonly why: Why | undefined;
}
export interface Outcome {
  readonly orders: readonly Order[];
  /** Of those whose share of the uplink has changed. */
  readonly shares: readonly Share[];
  /** Of those that may be ahead of us by more or less than before. */
  readonly leads: readonly Lead[];
  readonly requestTickIn: Millis | undefined;
  /** The policy in office has failed, the default is in its place; or the shadow has, and there is none. In words. */
  readonly warnings: readonly string[];
  /** The policy in office is another one now. */
  readonly replaced: boolean;
  /** Where the shadow would have chosen otherwise. */
  readonly differences: Differences | undefined;
  /** What was seen of each peer before, and whom the policy chose: for people who want to follow. */
  readonly peers: readonly PeerView[];
  readonly unchoked: ReadonlyMap<PeerKey, Verdict>;
}
export interface ChokeEngineOptions {
  readonly chosen: Chosen;
  readonly shadow?: Chosen;
  readonly random: Random;
  /** For how long a policy thinks. */
  readonly clock: () => Millis;
  /** Hears all that it is told and all that it decides. */
  readonly record?: (fact: Fact) => void;
}

const DEFAULT: Chosen = { policy: titForTat as unknown as Chosen['policy'], params: titForTat.defaults };

export class ChokeEngine {
  private readonly random: Random;
  private readonly clock: () => Millis;
  private readonly record: ((fact: Fact) => void) | undefined;
  private readonly known: Known;
  private live: Seat;
  private shadow: Seat | undefined;

  constructor({ chosen, shadow, random, clock, record }: ChokeEngineOptions) {
    this.random = random;
    this.clock = clock;
    this.record = record;
    this.live = new Seat(chosen);
    this.shadow = shadow && new Seat(shadow);
    this.known = new Known(this.watchers());
    this.recordPolicy();
  }

  get timing(): Timing {
    return this.live.timing;
  }

  get names(): { readonly live: string; readonly shadow: string | undefined } {
    return { live: this.live.chosen.policy.name, shadow: this.shadow?.chosen.policy.name };
  }

  /** Another policy takes over: with a memo of its own, and the choke bits as they are. */
  use(chosen: Chosen): void {
    this.live = new Seat(chosen);
    this.known.watchedBy(this.watchers());
    this.recordPolicy();
  }

  /** Another policy looks on, or none. */
  useShadow(chosen: Chosen | undefined): void {
    this.shadow = chosen && new Seat(chosen);
    this.known.watchedBy(this.watchers());
  }

  join(peer: Introduction): void {
    this.record?.({ fact: 'join', peer });
    this.known.join(peer);
  }

  leave(peer: PeerKey): void {
    this.record?.({ fact: 'leave', peer });
    this.known.leave(peer);
  }

  /** What the report means for a policy that reacts. */
  report(peer: PeerKey, report: PeerReport, now: Millis): News | undefined {
    this.record?.({ fact: 'report', peer, report, now });
    return this.known.report(peer, report, now);
  }

  /** True where this is news of its completion. */
  torrent(view: TorrentView): boolean {
    this.record?.({ fact: 'torrent', view });
    return this.known.torrent(view);
  }

  /** Its peers are gone with it: their keys. */
  torrentLeft(torrent: TorrentKey): PeerKey[] {
    this.record?.({ fact: 'torrentLeft', torrent });
    this.live.forget(torrent);
    this.shadow?.forget(torrent);
    return this.known.torrentLeft(torrent);
  }

  /** Another engine looks after this torrent from now on: what is known of it. */
  handOver(torrent: TorrentKey): Handover {
    const handover = this.known.handOver(torrent);
    this.torrentLeft(torrent);
    return handover;
  }

  takeOver(handover: Handover): void {
    this.known.takeOver(handover);
  }

  linkLimit(limit: BytesPerSec | null): void {
    this.record?.({ fact: 'limit', limit });
    this.known.linkLimit(limit);
  }

  decide(occasion: Occasion): Outcome {
    const tick = occasion.trigger === 'tick';
    if (tick) this.known.endRound();
    const entropy = [this.random.u32(), this.random.u32()] as const;
    const office = this.live;
    const { scene, choice, warnings } = this.askLive(occasion, entropy);
    const shadowed = this.askShadow(occasion, entropy, choice);
    const orders = this.changes(scene, choice);
    if (tick) this.known.beginRound(occasion.now);
    this.record?.({
      fact: 'decided', ...occasion, entropy, unchoked: [...choice.unchoked].map(([peer, { why }]) => [peer, why]),
      untouched: [...choice.untouched], orders: orders.map(({ peer, why }) => [peer, why ?? null]),
    });
    return {
      orders, shares: this.known.divide(choice.unchoked), leads: this.known.trust(choice.unchoked),
      requestTickIn: choice.requestTickIn, replaced: this.live !== office,
      warnings: [...warnings, ...shadowed.warnings], differences: shadowed.differences, peers: scene.peers, unchoked: choice.unchoked,
    };
  }

  private recordPolicy(): void {
    const { policy: { name }, params } = this.live.chosen;
    this.record?.({ fact: 'policy', name, params, tickMs: this.timing.tickMs });
  }

  private watchers(): readonly Chosen['policy'][] {
    return [this.live, ...(this.shadow ? [this.shadow] : [])].map((seat) => seat.chosen.policy);
  }

  private question(occasion: Occasion, entropy: Question['entropy'], watcher: number): Question {
    const { clock, known, timing: { tickMs } } = this;
    return { scene: known.scene(occasion, { watcher, tickMs }), entropy, clock };
  }

  /** The default is trusted: were it to fail, that would be a fault of ours. */
  private askLive(
    occasion: Occasion, entropy: Question['entropy'],
  ): { readonly scene: Scene; readonly choice: Choice; readonly warnings: readonly string[] } {
    const question = this.question(occasion, entropy, LIVE);
    const { choice, fault } = this.live.ask(question);
    if (fault === undefined && choice) return { scene: question.scene, choice, warnings: [] };
    const { name } = this.live.chosen.policy;
    if (name === DEFAULT.policy.name) {
      if (!choice) throw new Error(`${name} ${fault}`);
      return { scene: question.scene, choice, warnings: [] };
    }
    const warnings = [`choking policy ${name} ${fault}; ${DEFAULT.policy.name} takes its place`];
    this.use(DEFAULT);
    return choice ? { scene: question.scene, choice, warnings } : { ...this.askLive(occasion, entropy), warnings };
  }

  private askShadow(
    occasion: Occasion, entropy: Question['entropy'], live: Choice,
  ): Pick<Outcome, 'warnings' | 'differences'> {
    if (!this.shadow) return { warnings: [], differences: undefined };
    const question = this.question(occasion, entropy, SHADOW);
    const { choice, fault } = this.shadow.ask(question);
    if (choice && fault === undefined) {
      return { warnings: [], differences: differences(question.scene.peers, { live, shadow: choice }) };
    }
    const { name } = this.shadow.chosen.policy;
    this.useShadow(undefined);
    return { warnings: [`shadow policy ${name} ${fault}; it looks on no more`], differences: undefined };
  }

  /** Orders for the choke bits that change, but for those that changed too recently. Who may have nothing is choked, whatever it says. */
  private changes({ peers, now }: Scene, { unchoked, untouched }: Choice): Order[] {
    const { minHoldMs } = this.timing;
    const orders: Order[] = [];
    for (const view of peers) {
      const may = this.known.mayUpload(view.torrent);
      const why = may ? unchoked.get(view.key)?.why : undefined;
      const flips = view.amChoking === (why !== undefined);
      const held = view.lastUnchokedAt !== null && now - view.lastChokeChangeAt < minHoldMs;
      if (!flips || (may && (held || untouched.has(view.key)))) continue;
      this.known.ordered(view.key, why === undefined, now);
      orders.push({ peer: view.key, why });
    }
    return orders;
  }
}

const LIVE = 0;
const SHADOW = 1;
