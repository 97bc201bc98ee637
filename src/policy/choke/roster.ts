/**
 * What the choke engine knows of one peer: what was reported of it, and what follows from a series of reports (rates, bytes of the last
 * round, times of change). Payload is counted in bytes since the connection began, from our side.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';
import { createRate, type Rate, type RateSpec } from '../../model/rate.js';
import { Gauges, type Wanted } from './gauges.js';
import type { PeerView, Verdict } from './policy.js';

/** Said once, when the peer joins. */
export type Introduction = Pick<PeerView,
  'key' | 'torrent' | 'connectedAt' | 'outgoing' | 'local' | 'fastExtension'> & {
    readonly key: PeerKey;
    readonly torrent: TorrentKey;
  };
/** Said again whenever it changes. */
export type PeerReport = Pick<PeerView,
  'peerInterested' | 'amInterested' | 'peerChoking' | 'peerIsSeed' | 'peerUploadOnly' | 'havePieces' | 'peerHasWanted' | 'downTotal'
  | 'upTotal' | 'lastPieceAt' | 'peerUnchokedUsSince' | 'outstandingToPeer' | 'queuedFromPeer' | 'socketDrained'>;

/** What a peer has of the uplink. */
export interface Share {
  readonly peer: PeerKey;
  readonly cap: BytesPerSec | undefined;
  readonly weight: number;
  readonly claim: Bytes | undefined;
}
/** How far a peer may be ahead of us; undefined: as far as it likes. */
export interface Lead {
  readonly peer: PeerKey;
  readonly lead: Bytes | undefined;
}
/** As anybody. */
export const equalShare = (peer: PeerKey): Share => ({ peer, cap: undefined, weight: 1, claim: undefined });

const NOTHING_YET: PeerReport = {
  peerInterested: false, amInterested: false, peerChoking: true, peerIsSeed: false, peerUploadOnly: false, havePieces: 0,
  peerHasWanted: false, downTotal: 0, upTotal: 0, lastPieceAt: null, peerUnchokedUsSince: null, outstandingToPeer: 0,
  queuedFromPeer: 0, socketDrained: true,
};
/** Pieces a second: announcements come in lumps, so over a minute. */
const HAVE_RATE: RateSpec = { kind: 'ewma', tauMs: 60_000 };

export class RosterEntry {
  private readonly peer: Introduction;
  private readonly haves: Rate;
  private gauges: readonly Gauges[];
  private latest = NOTHING_YET;
  private share: Share;
  private lead: Bytes | undefined;
  private amChoking = true;
  private lastChokeChangeAt: Millis;
  private lastUnchokedAt: Millis | null = null;
  private upAtUnchoke: Bytes = 0;
  /** Totals at the last two ends of a round. */
  private roundStart = { down: 0, up: 0 };
  private lastRound = { down: 0, up: 0 };

  /** `watchers`: the policies that will look at it, by number. */
  constructor(peer: Introduction, watchers: readonly Wanted[]) {
    this.peer = peer;
    this.share = equalShare(peer.key);
    this.lastChokeChangeAt = peer.connectedAt;
    this.haves = createRate(HAVE_RATE, peer.connectedAt);
    this.gauges = gaugesFor(watchers, peer);
  }

  get isChoked(): boolean {
    return this.amChoking;
  }

  get key(): PeerKey {
    return this.peer.key;
  }

  get torrent(): TorrentKey {
    return this.peer.torrent;
  }

  /** Other policies look at it; their rates start from nothing. */
  watchedBy(watchers: readonly Wanted[]): void {
    this.gauges = gaugesFor(watchers, this.peer);
  }

  /** How much was uploaded since the last report, and whether the peer was interested before. */
  take(report: PeerReport, now: Millis): { readonly uploaded: Bytes; readonly was: boolean } {
    const before = this.latest;
    const uploaded = report.upTotal - before.upTotal;
    for (const gauges of this.gauges) gauges.add(now, { down: report.downTotal - before.downTotal, up: uploaded });
    this.haves.add(now, Math.max(0, report.havePieces - before.havePieces));
    this.latest = report;
    return { uploaded, was: before.peerInterested };
  }

  endRound(): void {
    const { downTotal: down, upTotal: up } = this.latest;
    this.lastRound = { down: down - this.roundStart.down, up: up - this.roundStart.up };
    this.roundStart = { down, up };
  }

  ordered(choke: boolean, now: Millis): void {
    this.amChoking = choke;
    this.lastChokeChangeAt = now;
    if (choke) return;
    this.lastUnchokedAt = now;
    this.upAtUnchoke = this.latest.upTotal;
  }

  /** Its share of the uplink, where that has changed. One that is choked has none of its own; one of which nothing is said keeps its. */
  divide(verdict: Verdict | undefined): Share | undefined {
    const before = this.share;
    if (this.amChoking) this.share = equalShare(this.key);
    else if (verdict) this.share = { peer: this.key, cap: verdict.cap, weight: verdict.weight ?? 1, claim: verdict.claim };
    const { cap, weight, claim } = this.share;
    return cap === before.cap && weight === before.weight && claim === before.claim ? undefined : this.share;
  }

  /** How far it may be ahead, where that has changed; likewise. */
  trust(verdict: Verdict | undefined): Lead | undefined {
    const before = this.lead;
    if (this.amChoking) this.lead = undefined;
    else if (verdict) this.lead = verdict.lead;
    return this.lead === before ? undefined : { peer: this.key, lead: this.lead };
  }

  /** No further block begins until it has sent us more. */
  get isSpent(): boolean {
    return this.lead !== undefined && this.latest.upTotal - this.latest.downTotal > this.lead;
  }

  /**
   * Field by field, and not spread from its parts: every decision makes one of these for every peer, and the engine of Node takes 19 us for
   * the spread of this many fields and 0.1 us for a literal.
   */
  view(now: Millis, watcher: number): PeerView {
    const { peer, latest, lastUnchokedAt } = this;
    const { down, up } = this.gauges[watcher]!.read(now);
    return {
      key: peer.key, torrent: peer.torrent, connectedAt: peer.connectedAt, outgoing: peer.outgoing, local: peer.local,
      fastExtension: peer.fastExtension,
      peerInterested: latest.peerInterested, amInterested: latest.amInterested, peerChoking: latest.peerChoking,
      peerIsSeed: latest.peerIsSeed, peerUploadOnly: latest.peerUploadOnly, havePieces: latest.havePieces,
      peerHasWanted: latest.peerHasWanted, downTotal: latest.downTotal, upTotal: latest.upTotal, lastPieceAt: latest.lastPieceAt,
      peerUnchokedUsSince: latest.peerUnchokedUsSince, outstandingToPeer: latest.outstandingToPeer,
      queuedFromPeer: latest.queuedFromPeer, socketDrained: latest.socketDrained,
      amChoking: this.amChoking, haveRate: this.haves.at(now),
      downLastRound: this.lastRound.down, upLastRound: this.lastRound.up,
      upSinceUnchoke: lastUnchokedAt === null ? 0 : latest.upTotal - this.upAtUnchoke,
      down, up, lastChokeChangeAt: this.lastChokeChangeAt, lastUnchokedAt,
    };
  }
}

const gaugesFor = (watchers: readonly Wanted[], peer: Introduction): readonly Gauges[] =>
  watchers.map((watcher) => new Gauges(watcher, peer.connectedAt));
