/**
 * TorrentMgr's halts: a torrent has no peers while the user pauses it, or its disk is in trouble.
 */
import type { InfoHash } from '../base/brand.js';
import { say, type Added, type Me, type State, type Torrent } from './torrent-mgr-state.js';

/** All, where none is named. */
export const named = ({ torrents }: State, torrent: InfoHash | undefined): readonly (readonly [InfoHash, Torrent])[] =>
  [...torrents].filter(([other]) => torrent === undefined || other === torrent);

/** Its files cannot be read or written: it waits until they can. Peers are of no use meanwhile. */
export function trouble(s: State, torrent: InfoHash, reason: string, self: Me): void {
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

export function mended(s: State, torrent: InfoHash, self: Me): void {
  const t = s.torrents.get(torrent);
  if (!t?.order.ailing) return;
  t.order.ailing = false;
  if (!t.order.paused) goOn(s, torrent, t, self);
}

export function pause(s: State, torrent: InfoHash, t: Torrent, self: Me): void {
  if (t.order.paused) return;
  if (!isHalted(t.order)) self.tell(t.parts.peers, { type: 'pause' });
  t.order.paused = true;
  say(s, { event: 'paused', torrent, name: t.name }, self);
}

export function resume(s: State, torrent: InfoHash, t: Torrent, self: Me): void {
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

export const isHalted = ({ paused, ailing }: Added): boolean => paused || ailing;
