/**
 * What a choking policy is: a pure function from what we know of our peers to the set of peers we upload to.
 *
 * Contract of `decide`: total; no I/O, clock or ambient chance (two u32 of entropy come in); mutates nothing; the
 * result does not depend on the order of `peers`. Its memo (`state`) is plain JSON, so that a run can be saved and
 * replayed. The ChokeMgr sends only the difference, drops or rejects (BEP 6) what a choked peer had queued, keeps
 * `minHoldMs`, and divides the uplink equally among unchoked peers unless a verdict says otherwise. What verdicts say of
 * bytes is obeyed block by block, between two decisions too. Times in ms, rates in bytes/s of piece payload, always from
 * our side: down is what the peer sent us. Source: BEP 3.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';
import type { RateSpec } from '../../model/rate.js';

// WHAT A POLICY SEES -------------------------------------------------------------------

export interface PeerView {
  readonly key: PeerKey;
  readonly torrent: TorrentKey;
  /** End of the handshake, ms. */
  readonly connectedAt: Millis;
  /** We dialled, the peer did not. */
  readonly outgoing: boolean;
  /** On our own network, so that upload to it costs no uplink. Loopback is not local: there, swarms should choke. */
  readonly local: boolean;
  readonly peerInterested: boolean;
  readonly amInterested: boolean;
  readonly amChoking: boolean;
  readonly peerChoking: boolean;
  /** Has every piece. */
  readonly peerIsSeed: boolean;
  /** Said that it wants nothing more (BEP 21), complete or not. */
  readonly peerUploadOnly: boolean;
  /** Pieces the peer has. */
  readonly havePieces: number;
  /** Pieces a second the peer announces: what it downloads from everybody. */
  readonly haveRate: number;
  /** Has a piece that we lack and want. */
  readonly peerHasWanted: boolean;
  /** Payload since the connection began, bytes. */
  readonly downTotal: Bytes;
  readonly upTotal: Bytes;
  /** Payload in the last complete round, bytes. */
  readonly downLastRound: Bytes;
  readonly upLastRound: Bytes;
  /** Payload sent to the peer since we last unchoked it, bytes. */
  readonly upSinceUnchoke: Bytes;
  /** Estimated rates, bytes/s, in the order of the policy's `rates`. */
  readonly down: readonly BytesPerSec[];
  readonly up: readonly BytesPerSec[];
  /** When the last block came, ms; null: none yet. */
  readonly lastPieceAt: Millis | null;
  /** When our choke bit for this peer last changed, ms; `connectedAt` while it never has. */
  readonly lastChokeChangeAt: Millis;
  /** When we last unchoked it, ms; null: never. */
  readonly lastUnchokedAt: Millis | null;
  /** Since when the peer has been unchoking us, ms; null: it chokes us. */
  readonly peerUnchokedUsSince: Millis | null;
  /** Blocks we have asked the peer for and not got. */
  readonly outstandingToPeer: number;
  /** Blocks the peer has asked us for and not got. */
  readonly queuedFromPeer: number;
  /** Nothing of ours waits in its socket. */
  readonly socketDrained: boolean;
  /** Speaks the fast extension (BEP 6). */
  readonly fastExtension: boolean;
}

export interface TorrentView {
  readonly key: TorrentKey;
  /** We want nothing more of it. */
  readonly seeding: boolean;
  /** It was complete when the session began. */
  readonly seededFromStart: boolean;
  /** BEP 27. */
  readonly private: boolean;
  /** Bytes. */
  readonly totalSize: Bytes;
  readonly pieceLength: Bytes;
  readonly pieceCount: number;
  /** Pieces we have. */
  readonly pieces: number;
  /** False while paused or told not to upload: then every peer of it is to be choked. */
  readonly uploadAllowed: boolean;
}

/** The session's uplink, bytes/s. */
export interface LinkView {
  /** What the user allows; null: no limit. */
  readonly upLimit: BytesPerSec | null;
  readonly upMeasured: BytesPerSec;
  /** The highest rate measured in this session. */
  readonly upPeak: BytesPerSec;
  /** The limit or the link is what holds uploads back. */
  readonly upSaturated: boolean;
}

/**
 * Why `decide` is called: its timer, or what happened to peers (`subjects`) or a torrent. `uninterested`: peers that are unchoked; `spent`:
 * they have used up their `lead`.
 */
export type Trigger = 'tick' | 'optimistic' | 'joined' | 'left' | 'interested' | 'uninterested' | 'spent' | 'completed';

export interface ChokeInput<S> {
  readonly now: Millis;
  /** Since the last `tick`, ms. */
  readonly sinceLastRound: Millis;
  /** Number of ticks before this call, from 0. */
  readonly round: number;
  readonly trigger: Trigger;
  /** The peers behind a trigger other than the timer's: some where things happen fast. They may be gone already. Each once. */
  readonly subjects: readonly PeerKey[];
  /** Connected peers: of one torrent or of all, by the policy's scope. Each key once. */
  readonly peers: readonly PeerView[];
  readonly torrents: ReadonlyMap<TorrentKey, TorrentView>;
  readonly link: LinkView;
  /** Two u32 of chance for this call; expand with `fromEntropy`. */
  readonly entropy: readonly [number, number];
  readonly state: S;
}

// WHAT IT ANSWERS ----------------------------------------------------------------------

/**
 * regular: won its slot. optimistic: on trial. kept: unchoked a moment ago, left so against fibrillation.
 * idle: not interested, so it costs nothing. exempt: outside the slots (local network).
 */
export type Why = 'regular' | 'optimistic' | 'kept' | 'idle' | 'exempt';

export interface Verdict {
  readonly why: Why;
  /** Most to send to this peer, bytes/s. */
  readonly cap?: BytesPerSec;
  /** Share of the uplink relative to other unchoked peers; 1 if absent. */
  readonly weight?: number;
  /**
   * How far it may be ahead of us, until it is choked: a block begins while payload sent less payload received is this or less, bytes.
   * Negative: it must give first.
   */
  readonly lead?: Bytes;
  /** Payload it has a claim to since the connection began, bytes: of peers with a claim, the next block is for whom most of it is owed. */
  readonly claim?: Bytes;
}

export interface ChokeDecision<S> {
  /** A peer that is absent is to be choked... */
  readonly unchoked: ReadonlyMap<PeerKey, Verdict>;
  /** ...except these, whose choke bit stays as it is. */
  readonly untouched?: ReadonlySet<PeerKey>;
  readonly state: S;
  /** Asks for one extra tick after so many ms. */
  readonly requestTickIn?: Millis;
}

// THE POLICY ---------------------------------------------------------------------------

/** Plain data. A policy's state must be a `type`, not an `interface`, for TypeScript to see that it is this. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type ParamValue = number | boolean | string;
export type Params = { readonly [key: string]: ParamValue };

/** One parameter, as `actorrent policies` prints it and as `--choke-param KEY=VALUE` is checked against it. */
export interface ParamSpec<V extends ParamValue = ParamValue> {
  readonly default: V;
  /** Words accepted, besides numbers where the default is a number or a bound is given. */
  readonly words?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** One line, with the unit. */
  readonly doc: string;
}

export interface Timing {
  /** Length of a round, ms. */
  readonly tickMs: Millis;
  /** Period of the `optimistic` trigger, ms; absent: the policy needs none. */
  readonly optimisticMs?: Millis;
  /** Triggers it wants to hear besides its timers. */
  readonly react: readonly Trigger[];
  /** A choke bit that changed less than this ago is left alone, ms. A peer never unchoked is not held back by it. */
  readonly minHoldMs: Millis;
}

/** What can be said of a policy without running it. */
export interface Described<P extends Params = Params> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Where the rule comes from: paper, BEP or program. */
  readonly source: string;
  readonly params: { readonly [K in keyof P]: ParamSpec<P[K]> };
  readonly defaults: Readonly<P>;
}

export interface ChokePolicy<P extends Params = Params, S extends Json = Json> extends Described<P> {
  /** `torrent`: one state and one call a torrent. `session`: one of each for all torrents together. */
  readonly scope: 'torrent' | 'session';
  /** The estimators whose values `PeerView.down` and `up` carry, in this order. */
  readonly rates: readonly RateSpec[];
  /** How often rates are refreshed, ms; absent: at every call. For policies whose peers reported now and then. */
  readonly rateRefreshMs?: Millis;
  timing(p: P): Timing;
  /** Most interested peers it ever has in `regular` and `optimistic`; absent: it knows no bound. */
  slotBound?(p: P, link: LinkView): number;
  init(p: P): S;
  decide(input: ChokeInput<S>, p: P): ChokeDecision<S>;
}
