/**
 * TorrentMgr's halts: a torrent has no peers, and its trackers know it, while the user pauses it, its disk is in trouble, it has seeded
 * enough, or other downloads have the turns. Metadata of a link, checks and seeding need no turn.
 */
import type { InfoHash } from '../base/brand.js';
import { infoHashOf } from '../client.js';
import { named, say, type Added, type Me, type Phase, type State, type Torrent, type TorrentMgrMsg } from './torrent-mgr-state.js';

type Halting = Extract<TorrentMgrMsg, { readonly type: 'trouble' | 'mended' | 'completeness' | 'seeded' }>;

export function pauseNamed(s: State, which: InfoHash | undefined, self: Me): void {
  const meant = named(s, which);
  for (const [torrent, { order, name }] of meant) {
    if (order.paused) continue;
    order.paused = true;
    say(s, { event: 'paused', torrent, name }, self);
  }
  arrange(s, meant.map(([, t]) => t), self);
}

export function resumeNamed(s: State, which: InfoHash | undefined, self: Me): void {
  const meant = named(s, which);
  for (const [, { order, parts }] of meant) {
    order.paused = false;
    if (order.ailing && parts.files) self.tell(parts.files, { type: 'retry' });
  }
  arrange(s, meant.map(([, t]) => t), self);
}

/** What a torrent says of itself. */
export function heard(s: State, m: Halting, self: Me): void {
  const t = s.torrents.get(m.torrent);
  if (!t) return;
  switch (m.type) {
    case 'trouble': return trouble(s, t, m, self);
    case 'mended': t.order.ailing = false; break;
    case 'completeness':
      t.order.complete = m.complete;
      break;
    // Its own event says so to people.
    case 'seeded': t.order.paused = true; break;
  }
  arrange(s, [t], self);
}

/** Its files cannot be read or written: it waits until they can. Peers are of no use meanwhile. */
function trouble(s: State, t: Torrent, { torrent, reason }: Halting & { type: 'trouble' }, self: Me): void {
  const { order, name } = t;
  // Nobody will mend it any more.
  if (s.orders.stopping) return say(s, { event: 'error', torrent, name, reason }, self);
  order.ailing = true;
  say(s, { event: 'paused', torrent, name, reason }, self);
  arrange(s, [t], self);
}

/** After whatever changes which of them may go on: turns that are free are given, and each torrent is told where that matters to it. */
export function arrange(s: State, changed: Iterable<Torrent>, self: Me): void {
  const moved = new Set(changed);
  for (const { order } of [...moved]) {
    const begun = s.turns.want(infoHashOf(order.request), wantsTurn(order));
    if (begun !== undefined) moved.add(s.torrents.get(begun)!);
  }
  for (const t of moved) {
    const torrent = infoHashOf(t.order.request);
    t.order.hasTurn = s.turns.has(torrent);
    if (!t.order.leaving) follow(s, torrent, t, self);
  }
}

function follow(s: State, torrent: InfoHash, { order, name, parts }: Torrent, self: Me): void {
  const before = order.phase;
  const phase = phaseOf(order);
  if (phase === before) return;
  order.phase = phase;
  if (phase === 'running') {
    self.tell(parts.peers, { type: 'resume' });
    return say(s, { event: 'resumed', torrent, name }, self);
  }
  if (before === 'running') rest(parts, self);
  if (phase === 'queued') say(s, { event: 'queued', torrent, name }, self);
}

/** Who resumes peers starts trackers, too. */
function rest({ peers, trackers }: Torrent['parts'], self: Me): void {
  self.tell(peers, { type: 'pause' });
  for (const tracker of trackers) self.tell(tracker, { type: 'stop' });
}

const isHalted = ({ paused, ailing }: Added): boolean => paused || ailing;
const isDownload = ({ request, complete }: Added): boolean => 'meta' in request && !complete;
const wantsTurn = (order: Added): boolean => isDownload(order) && !isHalted(order) && !order.leaving;

function phaseOf(order: Added): Phase {
  if (isHalted(order)) return 'halted';
  return isDownload(order) && !order.hasTurn ? 'queued' : 'running';
}
