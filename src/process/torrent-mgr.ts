/**
 * TorrentMgr: the torrents of this client, each a group of processes of its own.
 * Hears:  the composition root (add, stop), Console (pause, resume, listPeers, stop), Listener (listening, incoming),
 *         Files (trouble, closed), PeerMgr (closed), Tracker (closed), Timer (tick).
 * Tells:  PeerMgr (incoming, pause, resume, stop), Files (retry, stop), Tracker (stop), Status (listPeers), Console (event),
 *         Timer (register).
 * Owns:   the set of torrents. A torrent beyond rescue ends with its reason, and the others go on.
 */
import type { InfoHash, TorrentKey } from '../base/brand.js';
import { SECOND } from '../base/units.js';
import type { TorrentRequest } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Failure, type Planner, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { ClientEvent } from '../ports/events.js';
import type { ConsoleMsg } from './console.js';
import type { FilesMsg } from './files.js';
import type { Incoming } from './listener.js';
import type { PeerMgrMsg } from './peer-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
export type TorrentMgrMsg =
  | { readonly type: 'add'; readonly key: TorrentKey; readonly request: TorrentRequest }
  /** Torrents start once the port is known; 0: nobody can reach us. */
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'incoming'; readonly incoming: Incoming }
  /** The disk of this torrent needs a hand: it pauses until `resume`. */
  | { readonly type: 'trouble'; readonly torrent: InfoHash; readonly reason: string }
  /** A part of the torrent has said goodbye: `part` is its process id. */
  | { readonly type: 'closed'; readonly torrent: InfoHash; readonly part: string }
  | { readonly type: 'pause' | 'resume' | 'listPeers' | 'stop' }
  | Tick;

const declaration = declare({
  name: 'TorrentMgr',
  scope: 'client',
  doc: 'the set of torrents',
  tells: {
    PeerMgr: ['incoming', 'pause', 'resume', 'stop'], Files: ['retry', 'stop'], Tracker: ['stop'], Status: ['listPeers'],
    Console: ['event'], Timer: ['register'],
  },
});
type Me = Self<typeof declaration, TorrentMgrMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
/** The processes of a torrent that are spoken to from here. */
export interface TorrentParts {
  readonly peerMgr: Mailbox<PeerMgrMsg, 'PeerMgr'>;
  readonly files: Mailbox<FilesMsg, 'Files'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly trackers: readonly Mailbox<TrackerMsg, 'Tracker'>[];
}
export interface TorrentMgrInput {
  readonly plan: (key: TorrentKey, request: TorrentRequest, port: number) => Planner<TorrentParts>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
interface Torrent {
  readonly name: string;
  readonly group: Mailbox<never>;
  readonly parts: TorrentParts;
  /** Process ids that have not said goodbye; only while stopping. */
  readonly open: Set<string>;
  paused: boolean;
}
interface State extends TorrentMgrInput {
  readonly torrents: Map<InfoHash, Torrent>;
  readonly waiting: { readonly key: TorrentKey; readonly request: TorrentRequest }[];
  port: number | undefined;
  stopping: boolean;
}

/** How long a stop waits: for trackers not long, for data on its way to the disk longer. */
const TRACKERS_MS = 4 * SECOND;
const ALL_MS = 60 * SECOND;

// CORE -------------------------------------------------------------------------------
function step(s: State, m: TorrentMgrMsg, self: Me): void {
  switch (m.type) {
    case 'add': return add(s, m.key, m.request, self);
    case 'listening': {
      s.port = m.port;
      for (const { key, request } of s.waiting.splice(0)) start(s, key, request, self);
      return;
    }
    case 'incoming': return incoming(s, m.incoming, self);
    case 'trouble': return trouble(s, m.torrent, m.reason, self);
    case 'closed': return closed(s, m.torrent, m.part, self);
    case 'pause':
      for (const [torrent, t] of s.torrents) pause(s, torrent, t, undefined, self);
      return;
    case 'resume':
      for (const [torrent, t] of s.torrents) resume(s, torrent, t, self);
      return;
    case 'listPeers':
      for (const t of s.torrents.values()) self.tell(t.parts.status, { type: 'listPeers' });
      return;
    case 'stop': return stop(s, self);
    case 'tick': return outOfPatience(s, m.tag, self);
  }
}

function add(s: State, key: TorrentKey, request: TorrentRequest, self: Me): void {
  if (s.stopping) return;
  if (s.port === undefined) s.waiting.push({ key, request });
  else start(s, key, request, self);
}

function start(s: State, key: TorrentKey, request: TorrentRequest, self: Me): void {
  const { infoHash: torrent, name, totalBytes, pieceCount } = request.meta;
  if (s.torrents.has(torrent)) {
    return say(s, { event: 'warning', reason: 'is here already', torrent, name }, self);
  }
  say(s, { event: 'started', torrent, name, bytes: totalBytes, pieces: pieceCount, folder: request.folder }, self);
  const { mailbox, exports } = self.supervise(`Torrent-${key}`, s.plan(key, request, s.port ?? 0));
  s.torrents.set(torrent, { name, group: mailbox, parts: exports, open: new Set(), paused: false });
}

function incoming(s: State, arrival: Incoming, self: Me): void {
  const torrent = s.torrents.get(arrival.handshake.infoHash);
  if (torrent && !s.stopping) self.tell(torrent.parts.peerMgr, { type: 'incoming', incoming: arrival });
  else arrival.connection.close();
}

// PAUSE AND TROUBLE

function trouble(s: State, torrent: InfoHash, reason: string, self: Me): void {
  const t = s.torrents.get(torrent);
  if (t) pause(s, torrent, t, reason, self);
}

function pause(s: State, torrent: InfoHash, t: Torrent, reason: string | undefined, self: Me): void {
  if (t.paused) return;
  t.paused = true;
  self.tell(t.parts.peerMgr, { type: 'pause' });
  say(s, { event: 'paused', torrent, name: t.name, ...(reason !== undefined && { reason }) }, self);
}

function resume(s: State, torrent: InfoHash, t: Torrent, self: Me): void {
  if (!t.paused) return;
  t.paused = false;
  self.tell(t.parts.files, { type: 'retry' });
  self.tell(t.parts.peerMgr, { type: 'resume' });
  say(s, { event: 'resumed', torrent, name: t.name }, self);
}

function childFailed(s: State, failure: Failure, self: Me): void {
  for (const [torrent, t] of s.torrents) {
    if (t.group.id !== failure.id) continue;
    s.torrents.delete(torrent);
    say(s, { event: 'error', reason: `gave up: ${String(failure.error)}`, torrent, name: t.name }, self);
  }
  if (s.stopping) stoppedIfAll(s, self);
}

// STOPPING: PEERS FIRST, THEN WHAT IS TO BE SAVED; EACH SAYS WHEN IT IS DONE

function stop(s: State, self: Me): void {
  if (s.stopping) return;
  s.stopping = true;
  s.waiting.length = 0;
  for (const { parts, open } of s.torrents.values()) {
    for (const { id } of [parts.peerMgr, parts.files, ...parts.trackers]) open.add(id);
    self.tell(parts.peerMgr, { type: 'stop' });
    self.tell(parts.files, { type: 'stop' });
    for (const tracker of parts.trackers) self.tell(tracker, { type: 'stop' });
  }
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: TRACKERS_MS, tag: 'trackers' });
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: ALL_MS, tag: 'all' });
  stoppedIfAll(s, self);
}

function closed(s: State, torrent: InfoHash, part: string, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!s.stopping || !t) return;
  t.open.delete(part);
  if (t.open.size === 0) {
    s.torrents.delete(torrent);
    self.stopChild(t.group);
  }
  stoppedIfAll(s, self);
}

function outOfPatience(s: State, tag: string, self: Me): void {
  for (const [torrent, t] of [...s.torrents]) {
    const late = tag === 'all' ? [...t.open] : t.parts.trackers.map(({ id }) => id);
    for (const part of late) closed(s, torrent, part, self);
  }
}

function stoppedIfAll(s: State, self: Me): void {
  if (s.torrents.size === 0) say(s, { event: 'stopped' }, self);
}

function say(s: State, event: ClientEvent, self: Me): void {
  self.tell(s.console, { type: 'event', event });
}

// ACTOR ------------------------------------------------------------------------------
export const torrentMgr = defineProcess({
  declaration,
  init: (input: TorrentMgrInput): State => ({ torrents: new Map(), waiting: [], port: undefined, stopping: false, ...input }),
  step,
  childFailed,
  lost: (m: TorrentMgrMsg) => m.type === 'incoming' && m.incoming.connection.close(),
});
