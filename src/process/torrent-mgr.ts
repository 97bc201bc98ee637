/**
 * TorrentMgr: the torrents of this client, each a group of processes of its own.
 * Hears:  the composition root (add, remove, pause, resume, prioritize, stop), Console (pause, resume, prioritize, listFiles,
 *         listPeers, stop), Listener (listening, incoming),
 *         Files (trouble, mended, closed), PeerMgr (closed), Metadata (metainfo, closed), Tracker (closed), Status (completeness, seeded),
 *         Api (add, look), Watch (add), Timer (tick).
 * Tells:  PeerMgr or Metadata (incoming, pause, resume, stop), Files (prioritize, listFiles, look, retry, stop), Tracker (stop),
 *         Status (listPeers, look), PieceMgr (look), Api (torrentsSeen, answered), Console (event), Timer (register).
 * Owns:   the set of torrents, and who of them may go on. A torrent beyond rescue ends with its reason, and the others go on.
 */
import type { InfoHash, TorrentKey } from '../base/brand.js';
import { describe } from '../base/result.js';
import { infoHashOf, summaryOf, type AnyRequest } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Failure } from '../kernel/process.js';
import { Turns } from '../model/turns.js';
import type { TorrentEntry } from '../ports/picture.js';
import type { Incoming } from './listener.js';
import { listFiles, prioritize } from './torrent-mgr-files.js';
import { arrange, heard, pauseNamed, resumeNamed } from './torrent-mgr-halting.js';
import { closed, farewell, forget, leave, outOfPatience, remove, sayGoodbye, stop, stoppedIfAll, timerIsNew } from './torrent-mgr-leaving.js';
import {
  declaration, say, type Added, type Me, type Orders, type State, type Torrent, type TorrentMgrInput, type TorrentMgrMsg,
} from './torrent-mgr-state.js';

export type { TorrentMgrInput, TorrentMgrMsg, TorrentParts } from './torrent-mgr-state.js';

// CORE -------------------------------------------------------------------------------
function init(input: TorrentMgrInput, self: Me): State {
  const orders = self.kept as Orders | undefined ?? { added: new Map(), port: undefined, stopping: false };
  self.keep(orders);
  const s: State = { orders, torrents: new Map(), turns: turnsOf(orders, input.maxActive), ...input };
  if (orders.port === undefined) return s;
  // After a crash: the torrents have ended with us.
  for (const order of orders.added.values()) open(s, order, self);
  arrange(s, s.torrents.values(), self);
  if (orders.stopping) stoppedIfAll(s, self);
  return s;
}

/** After a crash, too: those that had a turn have it. */
function turnsOf({ added }: Orders, most: number): Turns<InfoHash> {
  const turns = new Turns<InfoHash>(most);
  for (const torrent of added.keys()) turns.join(torrent);
  for (const [torrent, { hasTurn }] of added) if (hasTurn) turns.want(torrent, true);
  return turns;
}

function step(s: State, m: TorrentMgrMsg, self: Me): void {
  switch (m.type) {
    case 'add': return add(s, m.key, m.request, self);
    case 'remove': return remove(s, m, self);
    case 'listening': return listening(s, m.port, self);
    case 'incoming': return incoming(s, m.incoming, self);
    case 'metainfo': return known(s, m, self);
    case 'trouble':
    case 'mended':
    case 'completeness':
    case 'seeded': return heard(s, m, self);
    case 'closed': return closed(s, m, self);
    case 'pause': return pauseNamed(s, m.torrent, self);
    case 'resume': return resumeNamed(s, m.torrent, self);
    case 'listPeers':
      for (const t of s.torrents.values()) self.tell(t.parts.status, { type: 'listPeers' });
      return;
    case 'prioritize': return prioritize(s, m, self);
    case 'listFiles': return listFiles(s, m.torrent, self);
    case 'stop': return stop(s, self);
    case 'look': return look(s, m, self);
    case 'tick': return outOfPatience(s, m.tag, self);
  }
}

function add(s: State, key: TorrentKey, request: AnyRequest, self: Me): void {
  const { added, port, stopping } = s.orders;
  if (stopping) return;
  const torrent = infoHashOf(request);
  if (added.has(torrent)) return;
  const order: Added = {
    key, request, paused: false, ailing: false, complete: false, hasTurn: false, phase: 'running', leaving: false, withData: false,
  };
  added.set(torrent, order);
  s.turns.join(torrent);
  if (port !== undefined) arrange(s, [start(s, order, self)], self);
}

/** The first time it begins all that waited for it; another port is for those that come later. */
function listening(s: State, port: number, self: Me): void {
  const first = s.orders.port === undefined;
  s.orders.port = port;
  if (!first || s.orders.stopping) return;
  arrange(s, [...s.orders.added.values()].map((order) => start(s, order, self)), self);
}

function start(s: State, order: Added, self: Me): Torrent {
  const { request } = order;
  if ('meta' in request) say(s, { event: 'started', ...summaryOf(request), folder: request.folder }, self);
  return open(s, order, self);
}

function open(s: State, order: Added, self: Me): Torrent {
  const { key, request } = order;
  // It will say so if it still is.
  order.ailing = false;
  const { torrent, name } = summaryOf(request);
  const group = 'meta' in request ? 'Torrent' : 'Magnet';
  const files = 'meta' in request ? request.meta.files.reduce((n, { padding }) => n + (padding ? 0 : 1), 0) : 0;
  const { mailbox, exports } = self.supervise(`${group}-${key}`, s.plan(key, request, s.orders.port ?? 0));
  const opened: Torrent = { name, files, order, group: mailbox, parts: exports, open: new Set(), erased: undefined };
  s.torrents.set(torrent, opened);
  if (order.phase !== 'running') self.tell(exports.peers, { type: 'pause' });
  if (order.leaving) sayGoodbye(s, opened, self);
  return opened;
}

/** The magnet link has become a torrent, and its group makes room for that of the torrent. */
function known(s: State, { torrent, metainfo, peers, banned }: TorrentMgrMsg & { type: 'metainfo' }, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t || t.order.leaving || 'meta' in t.order.request) return;
  const next = metainfo.ok ? t.order.request.whenKnown(metainfo.value) : `not a valid torrent: ${describe(metainfo.error)}`;
  if (typeof next === 'string') {
    t.order.flaw = next;
    return leave(s, t, self);
  }
  self.stopChild(t.group);
  t.order.request = { ...next, peers: [...next.peers, ...peers], banned };
  arrange(s, [start(s, t.order, self)], self);
}

function incoming(s: State, arrival: Incoming, self: Me): void {
  const torrent = s.torrents.get(arrival.handshake.infoHash);
  if (torrent && !torrent.order.leaving) self.tell(torrent.parts.peers, { type: 'incoming', incoming: arrival });
  else arrival.connection.close();
}

function look(s: State, { closely, pieces, files, replyTo }: TorrentMgrMsg & { type: 'look' }, self: Me): void {
  self.tell(replyTo, { type: 'torrentsSeen', torrents: [...s.torrents.values()].map(entryOf) });
  for (const [torrent, { parts }] of s.torrents) {
    const near = closely.has(torrent);
    self.tell(parts.status, { type: 'look', closely: near, replyTo });
    if (near && pieces && parts.pieceMgr) self.tell(parts.pieceMgr, { type: 'look', torrent, replyTo });
  }
  for (const { torrent, find, from } of files) {
    const box = s.torrents.get(torrent)?.parts.files;
    if (box) self.tell(box, { type: 'look', find, from, replyTo });
  }
}

const entryOf = ({ order: { request, phase, leaving }, files }: Torrent): TorrentEntry => ({
  ...summaryOf(request), files, ...('meta' in request && { folder: request.folder }),
  paused: phase === 'halted', queued: phase === 'queued', leaving,
});

function childFailed(s: State, failure: Failure, self: Me): void {
  for (const [torrent, t] of s.torrents) {
    if (t.group.id !== failure.id) continue;
    say(s, { event: 'error', reason: `gave up: ${String(failure.error)}`, torrent, name: t.name }, self);
    forget(s, torrent, self);
  }
  stoppedIfAll(s, self);
}

// WHO HAS STARTED AGAIN

function guidedIsNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const { parts: { peers }, order } of s.torrents.values()) {
    if (peers.id !== who.id) continue;
    if (order.phase !== 'running') self.tell(peers, { type: 'pause' });
    if (order.leaving) self.tell(peers, { type: 'stop' });
  }
}

function filesAreNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const t of s.torrents.values()) {
    const { parts: { files }, order } = t;
    if (order.leaving && files?.id === who.id) self.tell(files, farewell(s, t));
  }
}

function trackerIsNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const { parts: { trackers }, order } of s.torrents.values()) {
    if (order.phase === 'running' && !order.leaving) continue;
    for (const tracker of trackers) if (tracker.id === who.id) self.tell(tracker, { type: 'stop' });
  }
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
