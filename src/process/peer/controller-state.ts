/**
 * What a Controller is given and keeps. Its parts (controller-download, controller-upload, controller-report) share this state; no other
 * process sees it.
 */
import type { InfoHash, PeerId, PeerKey } from '../../base/brand.js';
import type { Endpoint } from '../../base/endpoint.js';
import type { Bytes, Millis } from '../../base/units.js';
import type { Mailbox } from '../../kernel/mailbox.js';
import type { Self } from '../../kernel/process.js';
import { declare } from '../../kernel/topology.js';
import { Bitfield } from '../../model/bitfield.js';
import type { Layout } from '../../model/layout.js';
import { Outstanding } from '../../model/outstanding.js';
import { createRate, type Rate } from '../../model/rate.js';
import type { TokenBucket } from '../../model/token-bucket.js';
import type { Use } from '../../model/turnover.js';
import { DEFAULT_REQQ, initialWindow, type WindowState } from '../../policy/pick/request-window.js';
import { RequestTimes } from '../../policy/pick/timeouts.js';
import type { Sha1 } from '../../ports/hash.js';
import type { Handshake } from '../../protocol/handshake.js';
import type { OwnMessage } from '../../protocol/wire-encode.js';
import type { ChokeMsg, ChokeOrder } from '../choke-mgr.js';
import type { FilesMsg } from '../files-state.js';
import type { PeerMgrMsg } from '../peer-mgr.js';
import type { PieceMgrMsg, PieceOrder } from '../piece-mgr.js';
import type { StatusMsg } from '../status.js';
import type { Tick, TimerMsg } from '../timer.js';
import { initialStanding, type Standing } from './controller-chart.js';
import { metadataPace } from './controller-metadata.js';
import type { Received } from './receiver.js';
import type { Sent } from './sender.js';
import type { Refused, SenderQueueMsg } from './sender-queue.js';

// MAILBOX ----------------------------------------------------------------------------
export type ControllerMsg = Received | Sent | Refused | PieceOrder | ChokeOrder | Tick
  /** We have new pieces. */
  | { readonly type: 'have'; readonly pieces: readonly number[] }
  /** PieceMgr has started again. */
  | { readonly type: 'rejoin' }
  /** We have all we want. */
  | { readonly type: 'finish' }
  /** We want more again. */
  | { readonly type: 'goOn' };

export const declaration = declare({
  name: 'Controller',
  scope: 'peer',
  doc: 'one peer: handshake, choke and interest, request window',
  tells: {
    SenderQueue: ['greet', 'send', 'request', 'serve', 'cancel', 'choke', 'allow'],
    PieceMgr: ['join', 'bitfield', 'haveAll', 'have', 'suggest', 'needBlocks', 'gotBlocks', 'lostBlock', 'choked'],
    Files: ['blocks'], ChokeMgr: ['report'], PeerMgr: ['handshaken', 'waits', 'use', 'ended'], Status: ['downloaded', 'peer', 'note'],
    Timer: ['register'],
  },
});
export type Me = Self<typeof declaration, ControllerMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ControllerInput {
  readonly peer: PeerKey;
  readonly endpoint: Endpoint;
  /** Where the peer came to us: what it said. */
  readonly said?: Handshake;
  readonly torrent: InfoHash;
  readonly ownId: PeerId;
  readonly agent: string;
  /** Where we listen; 0: nowhere. */
  readonly port: number;
  readonly layout: Layout;
  /** What ut_metadata serves (BEP 9). */
  readonly infoBytes: Uint8Array;
  readonly sha1: Sha1;
  /** Absent: as many as BEP 6 suggests. */
  readonly allowedFast?: number | undefined;
  readonly senderQueue: Mailbox<SenderQueueMsg, 'SenderQueue'>;
  readonly files: Mailbox<FilesMsg, 'Files'>;
  readonly pieceMgr: Mailbox<PieceMgrMsg, 'PieceMgr'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly peerMgr: Mailbox<PeerMgrMsg, 'PeerMgr'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}

export interface State extends ControllerInput {
  standing: Standing;
  /** Of the peer's handshake. */
  fast: boolean;
  extensions: boolean;
  client: string;
  uploadOnly: boolean;
  /** It is on its way out: nothing more is done with it. */
  over: boolean;

  // What both have
  /** Ours: from PieceMgr's welcome on. */
  have: Bitfield | undefined;
  /** Messages that must wait until we have told what we have. */
  early: OwnMessage[];
  readonly theirs: Bitfield;
  complete: boolean;
  /** Pieces of ours that it has, too, and has not been told of. */
  unsaid: number[];
  /** PeerMgr knows that it can do nothing with a new piece of ours as yet. */
  waits: boolean;

  // What it is to us
  /** Blocks come or go: as of the last tick. */
  moving: boolean;
  /** As PeerMgr knows. */
  use: Use;

  // Down
  readonly outstanding: Outstanding;
  /** Blocks that may still come although we gave up on them. */
  pardoned: number;
  window: WindowState;
  /** Blocks that came since the window was estimated. */
  received: number;
  reqq: number;
  /** PieceMgr was asked for blocks and has not answered. */
  asking: boolean;
  /** Pieces we may ask for although choked (BEP 6). */
  grantedFast: ReadonlySet<number>;
  readonly times: RequestTimes;
  readonly downRate: Rate;
  downTotal: Bytes;
  /** From the last idle moment of the requests to their first answer: the least is the round trip. */
  askedAt: Millis;
  rtt: Millis;
  owingSince: Millis | null;
  lastBlockAt: Millis | null;
  unchokedSince: Millis | null;
  snubbed: boolean;

  // Up
  /** Pieces the peer may ask for although choked (BEP 6). */
  givenFast: ReadonlySet<number>;
  readonly upRate: Rate;
  upTotal: Bytes;
  /** How far the peer may be ahead of us; undefined: as far as it likes. */
  lead: Bytes | undefined;
  /** ChokeMgr knows that it is used up. */
  spent: boolean;
  /** Asked for by the peer, and neither sent nor refused. */
  queuedBytes: Bytes;
  /** Its socket takes what we write. */
  drained: boolean;

  // Metadata (BEP 9)
  /** The id under which the peer takes it; undefined where it does not. */
  metadataId: number | undefined;
  /** Pieces that wait for their turn. */
  readonly metadataAsked: Set<number>;
  readonly metadataPace: TokenBucket;

  /** Our own limit keeps us from reading what it sends. */
  held: boolean;
  heardAt: Millis;
  saidAt: Millis;
  /** Something changed that ChokeMgr and Status should know. */
  dirty: boolean;
  /** The peer has more pieces, which they may hear of later. */
  progressed: boolean;
  /** The next tick is due within this time; Infinity: when its silence matters. */
  beat: Millis;
}

/** For the request window and the display; policies have estimators of their own. */
const RATE = { kind: 'window', ms: 4000, bucketMs: 500 } as const;
/** Until it is measured. */
const FIRST_RTT: Millis = 200;
const NO_PIECES: ReadonlySet<number> = new Set();

export function initialState(input: ControllerInput, now: Millis): State {
  return {
    standing: initialStanding(), fast: false, extensions: false, client: 'unknown', uploadOnly: false, over: false,
    have: undefined, early: [], theirs: new Bitfield(input.layout.pieceCount), complete: false, unsaid: [], waits: false, moving: false, use: 'none',
    outstanding: new Outstanding(), pardoned: 0, window: initialWindow, received: 0, reqq: DEFAULT_REQQ, asking: false,
    grantedFast: NO_PIECES, times: new RequestTimes(), downRate: createRate(RATE, now), downTotal: 0,
    askedAt: now, rtt: FIRST_RTT, owingSince: null, lastBlockAt: null, unchokedSince: null, snubbed: false,
    givenFast: NO_PIECES, upRate: createRate(RATE, now), upTotal: 0, lead: undefined, spent: false, queuedBytes: 0, drained: true,
    metadataId: undefined, metadataAsked: new Set(), metadataPace: metadataPace(now), held: false, heardAt: now, saidAt: now, dirty: true,
    progressed: false, beat: Infinity,
    ...input,
  };
}

/** Sends messages; what we have must be told first, so before that they wait. */
export function say(s: State, self: Me, ...messages: OwnMessage[]): void {
  if (!s.have) {
    s.early.push(...messages);
    return;
  }
  s.saidAt = self.now();
  self.tell(s.senderQueue, { type: 'send', messages: s.unsaid.length > 0 ? [...takeUnsaid(s), ...messages] : messages });
}

export function takeUnsaid(s: State): OwnMessage[] {
  const haves = s.unsaid.map((piece) => ({ type: 'have', piece }) as const);
  s.unsaid = [];
  return haves;
}

/** The end of this peer. `fault`: it broke the protocol. */
export function end(s: State, reason: string, fault: boolean, self: Me): void {
  if (s.over) return;
  s.over = true;
  self.tell(s.peerMgr, { type: 'ended', peer: s.peer, reason, fault });
}
