/**
 * TorrentMgr's goodbyes: peers first, then what is to be saved, then trackers; each says when it is done, and none is waited for for ever.
 */
import type { InfoHash } from '../base/brand.js';
import { SECOND } from '../base/units.js';
import { summaryOf, type TorrentRequest } from '../client.js';
import { sharedFiles, type Placed } from '../model/shared-files.js';
import type { FilesMsg } from './files-state.js';
import { arrange } from './torrent-mgr-halting.js';
import { say, type Me, type State, type Torrent, type TorrentMgrMsg } from './torrent-mgr-state.js';

/** How long a stop waits: for trackers not long, for data on its way to the disk longer. */
const TRACKERS_MS = 4 * SECOND;
const ALL_MS = 60 * SECOND;

export function remove(s: State, { torrent, withData }: TorrentMgrMsg & { type: 'remove' }, self: Me): void {
  const t = s.torrents.get(torrent);
  if (t && !t.order.leaving) t.order.withData = withData;
  if (t) {
    leave(s, t, self);
    return arrange(s, [t], self);
  }
  // It may still wait for the port.
  const order = s.orders.added.get(torrent);
  if (!order) return;
  // Its processes find out what of the disk is its own.
  if (withData) return void Object.assign(order, { withData, leaving: true });
  s.orders.added.delete(torrent);
  s.turns.leave(torrent);
  sayRemoved(s, torrent, { order, erased: undefined }, self);
}

export function stop(s: State, self: Me): void {
  if (s.orders.stopping) return;
  s.orders.stopping = true;
  for (const t of s.torrents.values()) leave(s, t, self);
  stoppedIfAll(s, self);
}

export function leave(s: State, t: Torrent, self: Me): void {
  if (t.order.leaving) return;
  t.order.leaving = true;
  sayGoodbye(s, t, self);
}

export function sayGoodbye(s: State, t: Torrent, self: Me): void {
  const { parts: { peers, files, trackers }, open } = t;
  for (const { id } of [peers, ...(files ? [files] : []), ...trackers]) open.add(id);
  self.tell(peers, { type: 'stop' });
  if (files) self.tell(files, farewell(s, t));
  for (const tracker of trackers) self.tell(tracker, { type: 'stop' });
  bePatient(s, t, self);
}

/** What Files is told at the end; of its data, what other torrents have too stays. */
export function farewell({ orders: { added } }: State, { order: { request, withData } }: Torrent): FilesMsg & { type: 'stop' } {
  if (!withData || !('meta' in request)) return { type: 'stop', withData };
  const staying = [...added.values()].flatMap((other) =>
    ('meta' in other.request && !(other.leaving && other.withData) ? [placed(other.request)] : []));
  const spare = sharedFiles(placed(request), staying);
  return { type: 'stop', withData, ...(spare.length > 0 && { spare }) };
}

const placed = ({ folder, meta: { files } }: TorrentRequest): Placed => ({ folder, files });

/** A tick's tag says of which torrent it is, and with whom patience ends. */
function bePatient(s: State, { order: { key } }: Torrent, self: Me): void {
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: TRACKERS_MS, tag: `${key} trackers` });
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: ALL_MS, tag: `${key} all` });
}

export function closed(s: State, { torrent, part, erased }: Omit<TorrentMgrMsg & { type: 'closed' }, 'type'>, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t?.order.leaving) return;
  t.erased ??= erased;
  t.open.delete(part);
  if (t.open.size > 0) return;
  forget(s, torrent, self);
  self.stopChild(t.group);
  const { name, order: { flaw } } = t;
  if (flaw !== undefined) say(s, { event: 'error', reason: flaw, torrent, name }, self);
  else if (!s.orders.stopping || t.order.withData) sayRemoved(s, torrent, t, self);
  stoppedIfAll(s, self);
}

/** A link has no files. */
function sayRemoved(s: State, torrent: InfoHash, { order, erased }: Pick<Torrent, 'order' | 'erased'>, self: Me): void {
  const { request, withData } = order;
  const { name } = summaryOf(request);
  const folder = 'meta' in request ? { folder: request.folder } : {};
  if (!withData || !('meta' in request)) return say(s, { event: 'removed', torrent, name, ...folder }, self);
  const { files = 0, bytes = 0, left = 0, shared = 0, trouble } = erased ?? {};
  const reason = erased ? trouble && `${trouble.file}: ${trouble.detail}` : 'the disk did not do it in time';
  const deleted = { files, bytes, left, ...(shared > 0 && { shared }) };
  say(s, { event: 'removed', torrent, name, ...folder, deleted, ...(reason !== undefined && { reason }) }, self);
}

export function outOfPatience(s: State, tag: string, self: Me): void {
  for (const [torrent, t] of [...s.torrents]) {
    if (!tag.startsWith(`${t.order.key} `)) continue;
    const late = tag.endsWith('all') ? [...t.open] : t.parts.trackers.map(({ id }) => id);
    for (const part of late) closed(s, { torrent, part }, self);
  }
}

export function stoppedIfAll(s: State, self: Me): void {
  if (s.orders.stopping && s.torrents.size === 0) say(s, { event: 'stopped' }, self);
}

export function forget(s: State, torrent: InfoHash, self: Me): void {
  s.torrents.delete(torrent);
  s.orders.added.delete(torrent);
  const next = s.turns.leave(torrent);
  if (next !== undefined) arrange(s, [s.torrents.get(next)!], self);
}

export function timerIsNew(s: State, self: Me): void {
  for (const t of s.torrents.values()) if (t.order.leaving) bePatient(s, t, self);
}
