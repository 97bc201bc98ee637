/**
 * What TorrentMgr is told and keeps. Its parts (torrent-mgr-halting, torrent-mgr-leaving) share this state; no other process sees it.
 */
import type { InfoHash, TorrentKey } from '../base/brand.js';
import type { Endpoint } from '../base/endpoint.js';
import type { FilePriority } from '../base/file-priority.js';
import type { Result } from '../base/result.js';
import type { AnyRequest } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import type { Planner, Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { Turns } from '../model/turns.js';
import type { ClientEvent } from '../ports/events.js';
import type { Metainfo } from '../protocol/metainfo.js';
import type { ApiMsg, Asker } from './api.js';
import type { ConsoleMsg } from './console.js';
import type { Erasure } from './files-leaving.js';
import type { FilesMsg } from './files-state.js';
import type { Incoming } from './listener.js';
import type { Guidance } from './peer-mgr.js';
import type { PieceMgrMsg } from './piece-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
export type TorrentMgrMsg =
  /** A torrent to start; one that is here already changes nothing. */
  | { readonly type: 'add'; readonly key: TorrentKey; readonly request: AnyRequest }
  /** It says goodbye and is forgotten. Its files and its record stay, or are deleted. */
  | { readonly type: 'remove'; readonly torrent: InfoHash; readonly withData: boolean }
  /** Torrents start once the port is known; 0: nobody can reach us. */
  | { readonly type: 'listening'; readonly port: number }
  /** From the Listener: goes to the PeerMgr of its torrent. */
  | { readonly type: 'incoming'; readonly incoming: Incoming }
  /** What a magnet link leads to: its group has done what it was for. `peers`: those that have it. `banned`: who lied about it. */
  | { readonly type: 'metainfo'; readonly torrent: InfoHash; readonly metainfo: Result<Metainfo>; readonly peers: readonly Endpoint[];
      readonly banned: readonly string[] }
  /** The disk of this torrent needs a hand: it pauses until `mended`. Told again where a `retry` did not help. */
  | { readonly type: 'trouble'; readonly torrent: InfoHash; readonly reason: string }
  /** Nothing is wrong with its disk, or not any more. */
  | { readonly type: 'mended'; readonly torrent: InfoHash }
  /** Whether nothing is missing of what is wanted: once that is known, and when it changes. */
  | { readonly type: 'completeness'; readonly torrent: InfoHash; readonly complete: boolean }
  /** A goal of its seeding is reached: it rests until the user resumes it. */
  | { readonly type: 'seeded'; readonly torrent: InfoHash }
  /** A part of the torrent has said goodbye: `part` is its process id. `erased`: what Files has deleted, if it was told to. */
  | { readonly type: 'closed'; readonly torrent: InfoHash; readonly part: string; readonly erased?: Erasure }
  /** One torrent, or all: no peers, no requests. */
  | { readonly type: 'pause'; readonly torrent?: InfoHash }
  /** One torrent, or all; and what a disk in trouble had stopped is tried again. */
  | { readonly type: 'resume'; readonly torrent?: InfoHash }
  /** Files that match a glob, of one torrent or all, are wanted so from now on. `asker`: who hears what came of it; absent: the terminal. */
  | { readonly type: 'prioritize'; readonly torrent?: InfoHash; readonly glob: string; readonly priority: FilePriority;
      readonly asker?: Asker }
  /** The user wants to see the files of one torrent, or of all. */
  | { readonly type: 'listFiles'; readonly torrent?: InfoHash }
  /** The user wants to see who is connected. */
  | { readonly type: 'listPeers' }
  /** Everything is saved and says goodbye. */
  | { readonly type: 'stop' }
  /**
   * `closely`: the torrents of which peers are told, and with `pieces` those too. `files`: those that are looked at. Status, PieceMgr and
   * Files answer for each torrent.
   */
  | { readonly type: 'look'; readonly closely: ReadonlySet<InfoHash>; readonly pieces: boolean; readonly files: readonly FilesLookedAt[];
      readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;

/** Of a torrent, the files that match `find`, from the one with this number among them on. */
export interface FilesLookedAt {
  readonly torrent: InfoHash;
  readonly find: string;
  readonly from: number;
}

export const declaration = declare({
  name: 'TorrentMgr',
  scope: 'client',
  doc: 'the set of torrents',
  tells: {
    PeerMgr: ['incoming', 'pause', 'resume', 'stop'], Metadata: ['incoming', 'pause', 'resume', 'stop'],
    Files: ['prioritize', 'listFiles', 'look', 'retry', 'stop'], Tracker: ['stop'], Status: ['listPeers', 'look'], PieceMgr: ['look'],
    Api: ['torrentsSeen', 'answered'], Console: ['event'], Timer: ['register'],
  },
});
export type Me = Self<typeof declaration, TorrentMgrMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
/** The processes of a torrent that are spoken to from here. */
export interface TorrentParts {
  readonly peers: Mailbox<Guidance, 'PeerMgr' | 'Metadata'>;
  /** Absent before the metainfo is known. */
  readonly files?: Mailbox<FilesMsg, 'Files'>;
  readonly pieceMgr?: Mailbox<PieceMgrMsg, 'PieceMgr'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly trackers: readonly Mailbox<TrackerMsg, 'Tracker'>[];
}
export interface TorrentMgrInput {
  readonly plan: (key: TorrentKey, request: AnyRequest, port: number) => Planner<TorrentParts>;
  /** Downloads that go on at once; the others wait for their turn. */
  readonly maxActive: number;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** What we were told, and hold to after a crash. */
export interface Orders {
  readonly added: Map<InfoHash, Added>;
  port: number | undefined;
  stopping: boolean;
}
export interface Added {
  readonly key: TorrentKey;
  /** Of a magnet link, until its metainfo is known. */
  request: AnyRequest;
  paused: boolean;
  /** Its disk is in trouble: so it is paused, too. */
  ailing: boolean;
  /** As far as is known: until its check is over, it counts as a download. */
  complete: boolean;
  /** It is one of the downloads that go on. */
  hasTurn: boolean;
  /** What its peers and people were told. */
  phase: Phase;
  /** It says goodbye: alone, or as all do. */
  leaving: boolean;
  /** And its files with it. */
  withData: boolean;
  /** Why it cannot be: said when it has left. */
  flaw?: string;
}
/** `queued`: it waits for its turn. `halted`: by the user, by its disk, or since it has seeded enough. */
export type Phase = 'running' | 'queued' | 'halted';
export interface Torrent {
  readonly name: string;
  /** How many files it has, without padding. */
  readonly files: number;
  readonly order: Added;
  readonly group: Mailbox<never>;
  readonly parts: TorrentParts;
  /** Process ids that have not said goodbye; only while leaving. */
  readonly open: Set<string>;
  /** What was deleted of its files. */
  erased: Erasure | undefined;
}
export interface State extends TorrentMgrInput {
  readonly orders: Orders;
  readonly torrents: Map<InfoHash, Torrent>;
  /** Of all that were added. */
  readonly turns: Turns<InfoHash>;
}

/** All, where none is named. */
export const named = ({ torrents }: State, torrent: InfoHash | undefined): readonly (readonly [InfoHash, Torrent])[] =>
  [...torrents].filter(([other]) => torrent === undefined || other === torrent);

export function say(s: State, event: ClientEvent, self: Me): void {
  self.tell(s.console, { type: 'event', event });
}
