/**
 * What PeerMgr is given and keeps. Its parts (peer-mgr-connecting, peer-mgr-ending) share this state; no other process sees it.
 */
import type { InfoHash, PeerId, PeerKey, TorrentKey } from '../base/brand.js';
import type { Endpoint } from '../base/endpoint.js';
import type { Millis } from '../base/units.js';
import type { ChosenPolicy } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import type { Planner, Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { Candidates } from '../model/candidates.js';
import { Seeking } from '../model/seeking.js';
import type { Use } from '../model/turnover.js';
import type { TorrentView } from '../policy/choke/policy.js';
import type { Connection, Net } from '../ports/net.js';
import type { ChokeMsg } from './choke-mgr.js';
import type { Incoming } from './listener.js';
import type { ControllerMsg } from './peer/controller.js';
import type { PieceMgrMsg } from './piece-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
/** What a source of peers says, to us or to Metadata. */
export type Found =
  /** Peers to try; `from` is the source. */
  | { readonly type: 'candidates'; readonly endpoints: readonly Endpoint[]; readonly from: string };
/** What TorrentMgr says to whoever holds the connections of a torrent: to us, or to Metadata while there are no pieces to speak of. */
export type Guidance =
  /** From the Listener: a peer that came to us. */
  | { readonly type: 'incoming'; readonly incoming: Incoming }
  /** Ends every connection, and makes no more. */
  | { readonly type: 'pause' }
  /** Connects again. */
  | { readonly type: 'resume' }
  /** Ends every connection, then `closed` to TorrentMgr. */
  | { readonly type: 'stop' };
export type PeerMgrMsg = Found | Guidance
  /** A dial went through. */
  | { readonly type: 'dialed'; readonly to: Endpoint; readonly connection: Connection }
  /** A dial did not. */
  | { readonly type: 'dialFailed'; readonly to: Endpoint; readonly reason: string }
  /** The peer said who it is, and it is this torrent. */
  | { readonly type: 'handshaken'; readonly peer: PeerKey; readonly peerId: PeerId; readonly fast: boolean; readonly client: string }
  /** The peer can do nothing with a new piece of ours until we unchoke it, and hears of them in rows; or it can again. */
  | { readonly type: 'waits'; readonly peer: PeerKey; readonly waits: boolean }
  /** What the peer and we are to each other from now on. */
  | { readonly type: 'use'; readonly peer: PeerKey; readonly use: Use }
  /** The peer is to go: closed, broke the protocol, or of no more use. */
  | { readonly type: 'ended'; readonly peer: PeerKey; readonly reason: string; readonly fault: boolean }
  /** The check of what is on disk is over; or PieceMgr has started again and knows no peer. */
  | { readonly type: 'ready'; readonly have: number; readonly complete: boolean }
  /** Other files are wanted: whether we have all of that. */
  | { readonly type: 'aim'; readonly complete: boolean }
  /** We have a new piece: every peer is told, at once where it may make a difference. */
  | { readonly type: 'have'; readonly piece: number; readonly complete: boolean }
  /** These are known to have sent wrong blocks. */
  | { readonly type: 'badPeers'; readonly peers: readonly PeerKey[] }
  | Tick;

export const declaration = declare({
  name: 'PeerMgr',
  scope: 'torrent',
  doc: 'candidates, dials, connections, bans',
  tells: {
    Controller: ['have', 'finish', 'goOn', 'rejoin'], ChokeMgr: ['peerJoined', 'peerLeft', 'torrent', 'torrentLeft'], PieceMgr: ['peerLeft'],
    Tracker: ['start', 'wantPeers'], Status: ['peerLeft', 'note'], TorrentMgr: ['closed'], Timer: ['register'],
  },
});
export type Me = Self<typeof declaration, PeerMgrMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
/** What a new peer is started with. */
export interface NewPeer {
  readonly peer: PeerKey;
  readonly connection: Connection;
  /** Where the Listener has read the handshake. */
  readonly incoming?: Incoming;
}
export interface PeerMgrInput {
  readonly torrent: InfoHash;
  readonly key: TorrentKey;
  readonly ownId: PeerId;
  readonly view: Omit<TorrentView, 'seeding' | 'seededFromStart' | 'pieces' | 'uploadAllowed'>;
  /** Its own choking policy. */
  readonly choke?: ChosenPolicy;
  readonly maxPeers: number;
  readonly peers: readonly Endpoint[];
  /** From before there was a torrent; see Candidates. */
  readonly banned: readonly string[];
  readonly net: Net;
  readonly plan: (peer: NewPeer) => Planner<Mailbox<ControllerMsg, 'Controller'>>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly pieceMgr: Mailbox<PieceMgrMsg, 'PieceMgr'>;
  readonly trackers: readonly Mailbox<TrackerMsg, 'Tracker'>[];
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
export interface Peer {
  readonly group: Mailbox<never>;
  readonly controller: Mailbox<ControllerMsg, 'Controller'>;
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  /** Of our own network. */
  readonly local: boolean;
  readonly incoming: boolean;
  /** Where to dial it; unknown where it came to us. */
  candidate: Endpoint | undefined;
  /** Once it has said so. */
  peerId: PeerId | undefined;
  client: string | undefined;
  fast: boolean;
  handshakenAt: Millis;
  waits: boolean;
  use: Use;
  /** It is of this use since. */
  since: Millis;
  /** How many of the news it has been told. */
  told: number;
}
/** What a crash must not undo. */
export interface Lasting {
  /** Peers so far, for keys that never come again. */
  joined: number;
  /** See Candidates. */
  readonly banned: Set<string>;
}
export interface State extends PeerMgrInput {
  readonly lasting: Lasting;
  readonly peersByKey: Map<PeerKey, Peer>;
  /** Of those that have said who they are: no two have one id. */
  readonly keysById: Map<PeerId, PeerKey>;
  readonly candidates: Candidates;
  /** Came before we knew what we have. */
  readonly early: Incoming[];
  /** Connections being opened. */
  dialing: number;
  /** Somebody found us full. */
  turnedAway: boolean;
  /** A round of turnover comes. */
  turning: boolean;
  /** When trackers may be asked for more peers again. */
  readonly seeking: Seeking;
  /** From the check on, unless halted. */
  running: boolean;
  /** Paused or stopped, perhaps before the end of the check. */
  halted: boolean;
  ready: boolean;
  /** Pieces that came since all were told of all: those who wait have yet to hear of them. */
  news: number[];
  pieces: number;
  complete: boolean;
  completeFromStart: boolean;
}

export function initialState(input: PeerMgrInput, candidates: Candidates, lasting: Lasting): State {
  return {
    lasting, peersByKey: new Map(), keysById: new Map(), candidates, early: [], dialing: 0, turnedAway: false, turning: false,
    seeking: new Seeking(), running: false, halted: false, ready: false, news: [], pieces: 0, complete: false, completeFromStart: false,
    ...input,
  };
}
