/**
 * What Metadata is given and keeps. Its part (metadata-peers) shares this state; no other process sees it.
 */
import type { InfoHash, PeerId } from '../base/brand.js';
import { toHex } from '../base/bytes.js';
import type { Endpoint } from '../base/endpoint.js';
import type { Result } from '../base/result.js';
import type { Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import type { Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { Candidates } from '../model/candidates.js';
import { MetadataCopies } from '../model/metadata-copies.js';
import { Seeking } from '../model/seeking.js';
import type { Disk, Trouble } from '../ports/disk.js';
import type { Sha1 } from '../ports/hash.js';
import type { Connection, Net } from '../ports/net.js';
import type { Framer } from '../protocol/framer.js';
import type { Metainfo } from '../protocol/metainfo.js';
import type { Found, Guidance } from './peer-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
export type MetadataMsg = Found | Guidance
  /** What an earlier run has kept, if anything. */
  | { readonly type: 'recalled'; readonly torrentFile: Uint8Array | undefined }
  /** What was fetched is on disk, or not. */
  | { readonly type: 'kept'; readonly trouble: Trouble | undefined }
  /** A dial went through. */
  | { readonly type: 'dialed'; readonly to: Endpoint; readonly connection: Connection }
  /** A dial did not. */
  | { readonly type: 'dialFailed'; readonly to: Endpoint }
  /** Bytes of a peer; a view that is valid until everything it causes is done. */
  | { readonly type: 'data'; readonly peer: number; readonly data: Uint8Array }
  /** A connection is closed. */
  | { readonly type: 'ended'; readonly peer: number; readonly reason: string }
  | Tick;

export const declaration = declare({
  name: 'Metadata',
  scope: 'torrent',
  doc: 'fetches the info dictionary of a magnet link',
  tells: {
    Tracker: ['totals', 'start', 'wantPeers'], Status: ['note'], TorrentMgr: ['metainfo', 'closed'], Timer: ['register'],
  },
});
export type Me = Self<typeof declaration, MetadataMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface MetadataInput {
  readonly torrent: InfoHash;
  /** Of the link: the torrent will have them. */
  readonly outside: Pick<Metainfo, 'trackers' | 'webSeeds'>;
  /** Where it is kept; absent: nowhere. */
  readonly folder?: string;
  readonly ownId: PeerId;
  readonly agent: string;
  /** Where we listen; 0: nowhere. */
  readonly port: number;
  /** Connections, at most. */
  readonly maxPeers: number;
  /** Tried at once. */
  readonly endpoints: readonly Endpoint[];
  readonly net: Net;
  readonly disk: Disk;
  readonly sha1: Sha1;
  readonly trackers: readonly Mailbox<TrackerMsg, 'Tracker'>[];
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
export interface Peer {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  readonly framer: Framer;
  readonly since: Millis;
  /** Where it can be dialled; unknown at first where it came to us. */
  home: Endpoint | undefined;
  peerId: PeerId | undefined;
  /** The id under which it takes ut_metadata: once it has told what it has. */
  extension: number | undefined;
  /** Messages that bring us nothing. */
  useless: number;
}
export interface State extends MetadataInput {
  /** See Candidates. A crash must not undo it, and the torrent is told of it. */
  readonly banned: Set<string>;
  readonly candidates: Candidates;
  readonly copies: MetadataCopies<number>;
  readonly peers: Map<number, Peer>;
  lastPeer: number;
  /** Connections being opened. */
  dialing: number;
  /** When trackers may be asked for more peers again. */
  readonly seeking: Seeking;
  /** Paused or stopped. */
  halted: boolean;
  /** The disk has said what it has. */
  recalled: boolean;
  /** The info dictionary, once it is here. */
  whole: Uint8Array | undefined;
  metainfo: Result<Metainfo> | undefined;
  /** As was last told. */
  noted: string;
}

/** More bring nothing: an info dictionary is small. */
const MOST_PEERS = 30;

export function initialState(input: MetadataInput, self: Me): State {
  const { torrent, sha1 } = input;
  const banned = self.kept as Set<string> | undefined ?? new Set();
  self.keep(banned);
  const candidates = new Candidates(self.random, banned);
  candidates.add(input.endpoints, 'user');
  return {
    banned, candidates, copies: new MetadataCopies((whole) => toHex(sha1(whole)) === torrent), peers: new Map(), lastPeer: 0,
    dialing: 0, seeking: new Seeking(), halted: false, recalled: false, whole: undefined, metainfo: undefined, noted: '', ...input,
    maxPeers: Math.min(input.maxPeers, MOST_PEERS),
  };
}

export const isRunning = (s: State): boolean => s.recalled && !s.halted && s.whole === undefined;
