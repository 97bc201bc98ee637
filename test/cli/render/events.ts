/** A download as the client tells it: what the renderers' tests show. */
import { infoHash, pieceIndex } from '../../../src/base/brand.js';
import type { ClientEvent, Stats } from '../../../src/ports/events.js';

export const of = { torrent: infoHash('a'.repeat(40)), name: 'debian.iso' };
export const other = { torrent: infoHash('b'.repeat(40)), name: 'A Series With A Long Name S01E07.mkv' };

export const STATS: Stats = {
  downloaded: 412e6, uploaded: 31e6, left: 240e6, wanted: 652e6, downloadRate: 12.44e6, uploadRate: 310e3,
  peers: 24, seeds: 9, progress: 412 / 652,
};
export const started: ClientEvent = { event: 'started', bytes: 652e6, pieces: 2488, folder: 'out', ...of };
export const stats = (change: Partial<Stats> = {}): ClientEvent => ({ event: 'stats', ...STATS, ...change, ...of });

export const STORY: readonly ClientEvent[] = [
  { event: 'listening', port: 6881 },
  { event: 'watching', folder: 'in' },
  started,
  { event: 'checking', checked: 622, pieces: 2488, good: 0, ...of },
  { event: 'checked', good: 12, pieces: 2488, resumed: true, ...of },
  { event: 'tracker', url: 'http://t/announce', what: 'announced', peers: 50, seeds: 20, leechers: 1, ...of },
  { event: 'tracker', url: 'http://u/announce', what: 'failed', reason: 'no such host', nextInMs: 60_000, ...of },
  { event: 'peer', what: 'connected', address: '10.0.0.1:6881', client: 'libtorrent 2.0.8', ...of },
  { event: 'choke', address: '10.0.0.1:6881', choked: false, why: 'optimistic', ...of },
  { event: 'shadow', policy: 'wgo', live: 'bep3', same: 7, onlyLive: [{ address: '10.0.0.1:6881', why: 'regular' }],
    onlyShadow: [{ address: '10.0.0.3:6881', why: 'idle' }] },
  { event: 'piece', piece: pieceIndex(7), have: 13, pieces: 2488, ...of },
  stats(),
  { event: 'peer', what: 'banned', address: '10.0.0.2:6881', reason: 'sent bad\u001b[2J pieces', ...of },
  { event: 'paused', reason: 'disk full', ...of },
  { event: 'resumed', ...of },
  { event: 'warning', reason: 'out of the blue' },
  { event: 'answer', lines: ['down limit: none'] },
  { event: 'done', downloaded: 652e6, uploaded: 31e6, elapsedMs: 72_000, ...of },
  { event: 'seeded', uploaded: 652e6, ratio: 1, ...of },
  { event: 'error', reason: 'no space left on device', ...of },
  { event: 'stopped' },
];
