/**
 * TorrentMgr: the torrents of this client, each a group of processes of its own.
 * Hears:  the composition root (add, remove, pause, resume, stop), Console (pause, resume, listPeers, stop), Listener (listening, incoming),
 *         Files (trouble, mended, closed), PeerMgr (closed), Metadata (metainfo, closed), Tracker (closed), Api (add, look), Timer (tick).
 * Tells:  PeerMgr or Metadata (incoming, pause, resume, stop), Files (retry, stop), Tracker (stop), Status (listPeers, look),
 *         PieceMgr (look), Api (torrentsSeen), Console (event), Timer (register).
 * Owns:   the set of torrents. A torrent beyond rescue ends with its reason, and the others go on.
 */
import type { InfoHash, TorrentKey } from '../base/brand.js';
import type { Endpoint } from '../base/endpoint.js';
import { describe, type Result } from '../base/result.js';
import { SECOND } from '../base/units.js';
import { infoHashOf, summaryOf, type AnyRequest } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Failure, type Planner, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { ClientEvent } from '../ports/events.js';
import type { Metainfo } from '../protocol/metainfo.js';
import type { ApiMsg } from './api.js';
import type { ConsoleMsg } from './console.js';
import type { FilesMsg } from './files-state.js';
import type { Incoming } from './listener.js';
import type { Guidance } from './peer-mgr.js';
import type { PieceMgrMsg } from './piece-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
export type TorrentMgrMsg =
  /** A torrent to start. */
  | { readonly type: 'add'; readonly key: TorrentKey; readonly request: AnyRequest }
  /** It says goodbye and is forgotten; its files and its record stay. */
  | { readonly type: 'remove'; readonly torrent: InfoHash }
  /** Torrents start once the port is known; 0: nobody can reach us. */
  | { readonly type: 'listening'; readonly port: number }
  /** From the Listener: goes to the PeerMgr of its torrent. */
  | { readonly type: 'incoming'; readonly incoming: Incoming }
  /** What a magnet link leads to: its group has done what it was for. `peers`: those that have it. */
  | { readonly type: 'metainfo'; readonly torrent: InfoHash; readonly metainfo: Result<Metainfo>; readonly peers: readonly Endpoint[] }
  /** The disk of this torrent needs a hand: it pauses until `mended`. Told again where a `retry` did not help. */
  | { readonly type: 'trouble'; readonly torrent: InfoHash; readonly reason: string }
  /** Nothing is wrong with its disk, or not any more. */
  | { readonly type: 'mended'; readonly torrent: InfoHash }
  /** A part of the torrent has said goodbye: `part` is its process id. */
  | { readonly type: 'closed'; readonly torrent: InfoHash; readonly part: string }
  /** One torrent, or all: no peers, no requests. */
  | { readonly type: 'pause'; readonly torrent?: InfoHash }
  /** One torrent, or all; and what a disk in trouble had stopped is tried again. */
  | { readonly type: 'resume'; readonly torrent?: InfoHash }
  /** The user wants to see who is connected. */
  | { readonly type: 'listPeers' }
  /** Everything is saved and says goodbye. */
  | { readonly type: 'stop' }
  /** `closely`: the torrents of which peers are told, and with `pieces` those too. Status and PieceMgr answer for each torrent. */
  | { readonly type: 'look'; readonly closely: ReadonlySet<InfoHash>; readonly pieces: boolean; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;

const declaration = declare({
  name: 'TorrentMgr',
  scope: 'client',
  doc: 'the set of torrents',
  tells: {
    PeerMgr: ['incoming', 'pause', 'resume', 'stop'], Metadata: ['incoming', 'pause', 'resume', 'stop'], Files: ['retry', 'stop'],
    Tracker: ['stop'], Status: ['listPeers', 'look'], PieceMgr: ['look'], Api: ['torrentsSeen'], Console: ['event'], Timer: ['register'],
  },
});
type Me = Self<typeof declaration, TorrentMgrMsg>;

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
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** What we were told, and hold to after a crash. */
interface Orders {
  readonly added: Map<TorrentKey, Added>;
  port: number | undefined;
  stopping: boolean;
}
interface Added {
  /** Of a magnet link, until its metainfo is known. */
  request: AnyRequest;
  paused: boolean;
  /** Its disk is in trouble: so it is paused, too. */
  ailing: boolean;
  /** It says goodbye: alone, or as all do. */
  leaving: boolean;
  /** Why it cannot be: said when it has left. */
  flaw?: string;
}
interface Torrent {
  readonly key: TorrentKey;
  readonly name: string;
  readonly order: Added;
  readonly group: Mailbox<never>;
  readonly parts: TorrentParts;
  /** Process ids that have not said goodbye; only while leaving. */
  readonly open: Set<string>;
}
interface State extends TorrentMgrInput {
  readonly orders: Orders;
  readonly torrents: Map<InfoHash, Torrent>;
}

/** How long a stop waits: for trackers not long, for data on its way to the disk longer. */
const TRACKERS_MS = 4 * SECOND;
const ALL_MS = 60 * SECOND;

// CORE -------------------------------------------------------------------------------
function init(input: TorrentMgrInput, self: Me): State {
  const orders = self.kept as Orders | undefined ?? { added: new Map(), port: undefined, stopping: false };
  self.keep(orders);
  const s: State = { orders, torrents: new Map(), ...input };
  if (orders.port === undefined) return s;
  // After a crash: the torrents have ended with us.
  for (const [key, order] of orders.added) {
    const t = open(s, key, order, self);
    if (order.paused) self.tell(t.parts.peers, { type: 'pause' });
    if (order.leaving) sayGoodbye(s, t, self);
  }
  if (orders.stopping) stoppedIfAll(s, self);
  return s;
}

function step(s: State, m: TorrentMgrMsg, self: Me): void {
  switch (m.type) {
    case 'add': return add(s, m.key, m.request, self);
    case 'remove': return remove(s, m.torrent, self);
    case 'listening': return listening(s, m.port, self);
    case 'incoming': return incoming(s, m.incoming, self);
    case 'metainfo': return known(s, m, self);
    case 'trouble': return trouble(s, m.torrent, m.reason, self);
    case 'mended': return mended(s, m.torrent, self);
    case 'closed': return closed(s, m.torrent, m.part, self);
    case 'pause':
      for (const [torrent, t] of named(s, m.torrent)) pause(s, torrent, t, self);
      return;
    case 'resume':
      for (const [torrent, t] of named(s, m.torrent)) resume(s, torrent, t, self);
      return;
    case 'listPeers':
      for (const t of s.torrents.values()) self.tell(t.parts.status, { type: 'listPeers' });
      return;
    case 'stop': return stop(s, self);
    case 'look': return look(s, m, self);
    case 'tick': return outOfPatience(s, m.tag, self);
  }
}

function add(s: State, key: TorrentKey, request: AnyRequest, self: Me): void {
  const { added, port, stopping } = s.orders;
  if (stopping) return;
  const { torrent, name } = summaryOf(request);
  if ([...added.values()].some((other) => infoHashOf(other.request) === torrent)) {
    return say(s, { event: 'warning', reason: 'is here already', torrent, name }, self);
  }
  const order: Added = { request, paused: false, ailing: false, leaving: false };
  added.set(key, order);
  if (port !== undefined) start(s, key, order, self);
}

/** The first time it begins all that waited for it; another port is for those that come later. */
function listening(s: State, port: number, self: Me): void {
  const first = s.orders.port === undefined;
  s.orders.port = port;
  if (first && !s.orders.stopping) for (const [key, order] of s.orders.added) start(s, key, order, self);
}

function start(s: State, key: TorrentKey, order: Added, self: Me): void {
  const { request } = order;
  if ('meta' in request) say(s, { event: 'started', ...summaryOf(request), folder: request.folder }, self);
  open(s, key, order, self);
}

function open(s: State, key: TorrentKey, order: Added, self: Me): Torrent {
  const { request } = order;
  // It will say so if it still is.
  order.ailing = false;
  const { torrent, name } = summaryOf(request);
  const group = 'meta' in request ? 'Torrent' : 'Magnet';
  const { mailbox, exports } = self.supervise(`${group}-${key}`, s.plan(key, request, s.orders.port ?? 0));
  const opened: Torrent = { key, name, order, group: mailbox, parts: exports, open: new Set() };
  s.torrents.set(torrent, opened);
  return opened;
}

/** The magnet link has become a torrent, and its group makes room for that of the torrent. */
function known(s: State, { torrent, metainfo, peers }: TorrentMgrMsg & { type: 'metainfo' }, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t || t.order.leaving || 'meta' in t.order.request) return;
  const next = metainfo.ok ? t.order.request.whenKnown(metainfo.value) : `not a valid torrent: ${describe(metainfo.error)}`;
  if (typeof next === 'string') {
    t.order.flaw = next;
    return leave(s, t, self);
  }
  self.stopChild(t.group);
  t.order.request = { ...next, peers: [...next.peers, ...peers] };
  start(s, t.key, t.order, self);
  if (t.order.paused) self.tell(s.torrents.get(torrent)!.parts.peers, { type: 'pause' });
}

function forget(s: State, torrent: InfoHash, { key }: Torrent): void {
  s.torrents.delete(torrent);
  s.orders.added.delete(key);
}

function incoming(s: State, arrival: Incoming, self: Me): void {
  const torrent = s.torrents.get(arrival.handshake.infoHash);
  if (torrent && !torrent.order.leaving) self.tell(torrent.parts.peers, { type: 'incoming', incoming: arrival });
  else arrival.connection.close();
}

function look(s: State, { closely, pieces, replyTo }: TorrentMgrMsg & { type: 'look' }, self: Me): void {
  self.tell(replyTo, { type: 'torrentsSeen', torrents: [...s.torrents.values()].map(({ order }) =>
    ({ ...summaryOf(order.request), paused: isHalted(order) })) });
  for (const [torrent, { parts }] of s.torrents) {
    const near = closely.has(torrent);
    self.tell(parts.status, { type: 'look', closely: near, replyTo });
    if (near && pieces && parts.pieceMgr) self.tell(parts.pieceMgr, { type: 'look', torrent, replyTo });
  }
}

// PAUSE AND TROUBLE

/** All, where none is named. */
const named = ({ torrents }: State, torrent: InfoHash | undefined): readonly (readonly [InfoHash, Torrent])[] =>
  [...torrents].filter(([other]) => torrent === undefined || other === torrent);

/** Its files cannot be read or written: it waits until they can. Peers are of no use meanwhile. */
function trouble(s: State, torrent: InfoHash, reason: string, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t) return;
  const { order, name } = t;
  // Nobody will mend it any more.
  if (s.orders.stopping) return say(s, { event: 'error', torrent, name, reason }, self);
  const halted = isHalted(order);
  order.ailing = true;
  if (!halted) self.tell(t.parts.peers, { type: 'pause' });
  say(s, { event: 'paused', torrent, name, reason }, self);
}

function mended(s: State, torrent: InfoHash, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t?.order.ailing) return;
  t.order.ailing = false;
  if (!t.order.paused) goOn(s, torrent, t, self);
}

function pause(s: State, torrent: InfoHash, t: Torrent, self: Me): void {
  if (t.order.paused) return;
  if (!isHalted(t.order)) self.tell(t.parts.peers, { type: 'pause' });
  t.order.paused = true;
  say(s, { event: 'paused', torrent, name: t.name }, self);
}

function resume(s: State, torrent: InfoHash, t: Torrent, self: Me): void {
  const { order, parts } = t;
  const wasHalted = isHalted(order);
  order.paused = false;
  if (order.ailing && parts.files) self.tell(parts.files, { type: 'retry' });
  else if (wasHalted) goOn(s, torrent, t, self);
}

function goOn(s: State, torrent: InfoHash, { parts, name }: Torrent, self: Me): void {
  self.tell(parts.peers, { type: 'resume' });
  say(s, { event: 'resumed', torrent, name }, self);
}

const isHalted = ({ paused, ailing }: Added): boolean => paused || ailing;

function childFailed(s: State, failure: Failure, self: Me): void {
  for (const [torrent, t] of s.torrents) {
    if (t.group.id !== failure.id) continue;
    forget(s, torrent, t);
    say(s, { event: 'error', reason: `gave up: ${String(failure.error)}`, torrent, name: t.name }, self);
  }
  stoppedIfAll(s, self);
}

// LEAVING: PEERS FIRST, THEN WHAT IS TO BE SAVED; EACH SAYS WHEN IT IS DONE

function remove(s: State, torrent: InfoHash, self: Me): void {
  const t = s.torrents.get(torrent);
  if (t) return leave(s, t, self);
  // It may still wait for the port.
  for (const [key, { request }] of s.orders.added) {
    if (infoHashOf(request) !== torrent) continue;
    s.orders.added.delete(key);
    say(s, { event: 'removed', torrent, name: summaryOf(request).name }, self);
  }
}

function stop(s: State, self: Me): void {
  if (s.orders.stopping) return;
  s.orders.stopping = true;
  for (const t of s.torrents.values()) leave(s, t, self);
  stoppedIfAll(s, self);
}

function leave(s: State, t: Torrent, self: Me): void {
  if (t.order.leaving) return;
  t.order.leaving = true;
  sayGoodbye(s, t, self);
}

function sayGoodbye(s: State, t: Torrent, self: Me): void {
  const { parts: { peers, files, trackers }, open } = t;
  for (const { id } of [peers, ...(files ? [files] : []), ...trackers]) open.add(id);
  self.tell(peers, { type: 'stop' });
  if (files) self.tell(files, { type: 'stop' });
  for (const tracker of trackers) self.tell(tracker, { type: 'stop' });
  bePatient(s, t, self);
}

/** A tick's tag says of which torrent it is, and with whom patience ends. */
function bePatient(s: State, { key }: Torrent, self: Me): void {
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: TRACKERS_MS, tag: `${key} trackers` });
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: ALL_MS, tag: `${key} all` });
}

function closed(s: State, torrent: InfoHash, part: string, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t?.order.leaving) return;
  t.open.delete(part);
  if (t.open.size > 0) return;
  forget(s, torrent, t);
  self.stopChild(t.group);
  const { name, order: { flaw } } = t;
  if (flaw !== undefined) say(s, { event: 'error', reason: flaw, torrent, name }, self);
  else if (!s.orders.stopping) say(s, { event: 'removed', torrent, name }, self);
  stoppedIfAll(s, self);
}

function outOfPatience(s: State, tag: string, self: Me): void {
  for (const [torrent, t] of [...s.torrents]) {
    if (!tag.startsWith(`${t.key} `)) continue;
    const late = tag.endsWith('all') ? [...t.open] : t.parts.trackers.map(({ id }) => id);
    for (const part of late) closed(s, torrent, part, self);
  }
}

function stoppedIfAll(s: State, self: Me): void {
  if (s.orders.stopping && s.torrents.size === 0) say(s, { event: 'stopped' }, self);
}

function say(s: State, event: ClientEvent, self: Me): void {
  self.tell(s.console, { type: 'event', event });
}

// WHO HAS STARTED AGAIN

function guidedIsNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const { parts: { peers }, order } of s.torrents.values()) {
    if (peers.id !== who.id) continue;
    if (isHalted(order)) self.tell(peers, { type: 'pause' });
    if (order.leaving) self.tell(peers, { type: 'stop' });
  }
}

function filesAreNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const { parts: { files }, order } of s.torrents.values()) {
    if (order.leaving && files?.id === who.id) self.tell(files, { type: 'stop' });
  }
}

function trackerIsNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const { parts: { trackers }, order } of s.torrents.values()) {
    if (!order.leaving) continue;
    for (const tracker of trackers) if (tracker.id === who.id) self.tell(tracker, { type: 'stop' });
  }
}

function timerIsNew(s: State, self: Me): void {
  for (const t of s.torrents.values()) if (t.order.leaving) bePatient(s, t, self);
}

/** In case it fell over the end. */
const consoleIsNew = stoppedIfAll;

// ACTOR ------------------------------------------------------------------------------
export const torrentMgr = defineProcess({
  declaration, init, step, childFailed,
  lost: (m: TorrentMgrMsg) => m.type === 'incoming' && m.incoming.connection.close(),
  reminds: {
    Timer: timerIsNew, Console: consoleIsNew, PeerMgr: guidedIsNew, Metadata: guidedIsNew, Files: filesAreNew, Tracker: trackerIsNew,
  },
});
