/** What PieceMgr is told, given and keeps. */
import type { InfoHash, PeerKey } from '../base/brand.js';
import type { FilePriority } from '../base/file-priority.js';
import type { Bytes, Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import type { Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { Bitfield } from '../model/bitfield.js';
import type { Blame, BlockDigests } from '../model/blame.js';
import type { Layout } from '../model/layout.js';
import type { Picker } from '../policy/pick/picker.js';
import type { PickOrder } from '../policy/pick/selection.js';
import type { BlockRange } from '../protocol/wire.js';
import type { ApiMsg } from './api.js';
import type { FilesMsg } from './files-state.js';
import type { PeerMgrMsg } from './peer-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';

// MAILBOX ----------------------------------------------------------------------------
export type PieceMgrMsg =
  /** A peer that has shaken hands; it is welcomed with what we have. */
  | { readonly type: 'join'; readonly peer: PeerKey; readonly inbox: Mailbox<PieceOrder, 'Controller'> }
  /** What it has, once, at the start. */
  | { readonly type: 'bitfield'; readonly peer: PeerKey; readonly bits: Bitfield }
  /** It has everything. */
  | { readonly type: 'haveAll'; readonly peer: PeerKey }
  /** It has more pieces. */
  | { readonly type: 'have'; readonly peer: PeerKey; readonly pieces: readonly number[] }
  /** It has this piece at hand (BEP 6). */
  | { readonly type: 'suggest'; readonly peer: PeerKey; readonly piece: number }
  /** Room for `count` more requests. `allowed`: the peer chokes us but for these pieces (BEP 6). `timeout`: how long it may be silent. */
  | { readonly type: 'needBlocks'; readonly peer: PeerKey; readonly count: number; readonly timeout: Millis;
      readonly allowed?: readonly number[] }
  /** Blocks that it sent, and that were asked for. */
  | { readonly type: 'gotBlocks'; readonly peer: PeerKey; readonly blocks: readonly BlockAt[] }
  /** The peer will not send it (BEP 6 reject). */
  | { readonly type: 'lostBlock'; readonly peer: PeerKey; readonly piece: number; readonly begin: Bytes }
  /** The peer choked us and dropped our requests. */
  | { readonly type: 'choked'; readonly peer: PeerKey }
  /** Gone: what it was asked for is to be asked of others. */
  | { readonly type: 'peerLeft'; readonly peer: PeerKey }
  /** From Files: what is there, and how much each file is wanted. */
  | { readonly type: 'recovered'; readonly have: Bitfield; readonly unfinished: readonly Unfinished[];
      readonly priorities: readonly FilePriority[] }
  /** From Files: whether a piece that was complete matched its hash; digests of its blocks where it did not, or does after it did not. */
  | { readonly type: 'checked'; readonly piece: number; readonly good: boolean; readonly digests?: BlockDigests }
  /** From Files: how much each file is wanted from now on; there is a place for all that is. */
  | { readonly type: 'wanted'; readonly priorities: readonly FilePriority[] }
  /** Somebody looks at this torrent. */
  | { readonly type: 'look'; readonly torrent: InfoHash; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;
/** A piece that was begun, and its blocks that are here. */
export interface Unfinished {
  readonly piece: number;
  readonly blocks: Bitfield;
}
export interface BlockAt {
  readonly piece: number;
  readonly begin: Bytes;
}
/** What a Controller hears of us. */
export type PieceOrder =
  /** Its own copy of what we have. */
  | { readonly type: 'welcome'; readonly have: Bitfield }
  /** Ask it for these. */
  | { readonly type: 'request'; readonly blocks: readonly BlockRange[] }
  /** Arrived from another peer. */
  | { readonly type: 'cancel'; readonly block: BlockRange }
  /** Whether it has anything that we want. */
  | { readonly type: 'interest'; readonly interested: boolean };

export const declaration = declare({
  name: 'PieceMgr',
  scope: 'torrent',
  doc: 'which pieces and blocks are missing, in flight, stored',
  tells: {
    Controller: ['welcome', 'request', 'cancel', 'interest'], Files: ['recover', 'check', 'discard'],
    PeerMgr: ['ready', 'aim', 'have', 'badPeers'], Status: ['progress', 'note'], Api: ['piecesSeen'], Timer: ['register'],
  },
});
export type Me = Self<typeof declaration, PieceMgrMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface PieceMgrInput {
  readonly layout: Layout;
  /** The first and the last piece of each file before all others. */
  readonly firstLast: boolean;
  readonly order: PickOrder;
  /** Bounds the memory of unfinished pieces, in Files. */
  readonly pieceMemory: Bytes;
  readonly files: Mailbox<FilesMsg, 'Files'>;
  readonly peerMgr: Mailbox<PeerMgrMsg, 'PeerMgr'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
export interface Peer {
  readonly inbox: Mailbox<PieceOrder, 'Controller'>;
  timeout: Millis;
  /** It could take this many more blocks when we last had none for it. */
  hungry: number;
  allowed: readonly number[] | undefined;
}
export interface Running {
  readonly picker: Picker;
  readonly have: Bitfield;
  readonly blame: Blame;
  wantedBytes: Bytes;
  /** Neither had nor wanted. */
  unwantedBytes: Bytes;
}
export interface State extends PieceMgrInput {
  readonly peers: Map<PeerKey, Peer>;
  /** From the moment Files has told what is there. */
  running: Running | undefined;
  /** Requests may be out, and the clock is looked at once a second. */
  watching: boolean;
}
