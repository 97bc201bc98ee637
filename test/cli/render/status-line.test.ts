/** The board as the terminal shows it: golden lines at several widths, and bounds that hold for all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import pc from 'picocolors';
import { EMPTY_BOARD, phaseOf, post, type Board } from '../../../src/cli/render/board.js';
import { ASCII, statusLines, UNICODE, type Look } from '../../../src/cli/render/status-line.js';
import { columnsOf } from '../../../src/cli/render/text.js';
import { infoHash } from '../../../src/base/brand.js';
import type { ClientEvent } from '../../../src/ports/events.js';
import { of, other, started, stats, STORY } from './events.js';

const look = (width: number, change: Partial<Look> = {}): Look =>
  ({ width, rows: 24, colors: pc.createColors(false), glyphs: UNICODE, ...change });
const board = (...events: readonly ClientEvent[]): Board => events.reduce(post, EMPTY_BOARD);
const phaseIn = (b: Board): string => {
  const row = b.get(of.torrent);
  return row === undefined ? '-' : phaseOf(row);
};
const checked: ClientEvent = { event: 'checked', good: 0, pieces: 2488, resumed: false, ...of };
const one = board(started, checked, stats());
const two = board(started, checked, stats(),
  { event: 'started', bytes: 1.2e9, pieces: 10, folder: '.', ...other },
  { event: 'checking', checked: 5, pieces: 10, good: 5, ...other });

test('one torrent', () => {
  assert.deepEqual(statusLines(one, look(110)), [
    'debian.iso  ━━━━━━━━━━╸──────   63.1 %  412 of 652 MB  ↓ 12.4 MB/s  ↑  310 KB/s  24 peers  9 seeds  ETA 0:20',
  ]);
  assert.deepEqual(statusLines(one, look(80)), [
    'debian.iso  ━━━━━━╸────   63.1 %  ↓ 12.4 MB/s  ↑  310 KB/s  24 peers  ETA 0:20',
  ]);
  assert.deepEqual(statusLines(one, look(70, { glyphs: ASCII })), [
    'debian.iso  =============........   63.1 %  down 12.4 MB/s  ETA 0:20',
  ]);
  assert.deepEqual(statusLines(one, look(50)), ['debian.iso  ━━━━━━━━━━╸──────   63.1 %  ETA 0:20']);
  assert.deepEqual(statusLines(one, look(26)), ['deb…so  ━━━━━───   63.1 %']);
  assert.deepEqual(statusLines(one, look(20)), ['debian.iso   63.1 %']);
});

test('several torrents line up', () => {
  assert.deepEqual(statusLines(two, look(100)), [
    'debian.iso          ━━━━━━━━╸─────   63.1 %  ↓ 12.4 MB/s  ↑  310 KB/s  24 peers  9 seeds  ETA 0:20',
    'A Series Wi…07.mkv  ━━━━━━━───────   50.0 %  ↓     0 B/s  ↑     0 B/s  0 peers            checking',
  ]);
});

test('more torrents than lines', () => {
  const many = board(...Array.from({ length: 30 }, (_, i): ClientEvent => {
    const torrent = infoHash(String(i).padStart(40, '0'));
    return { event: 'started', bytes: 1, pieces: 1, folder: '.', torrent, name: `t${i}` };
  }));
  const lines = statusLines(many, look(80, { rows: 10 }));
  assert.equal(lines.length, 8);
  assert.equal(lines.at(-1), 'and 23 more');
});

test('phases', () => {
  const phases = STORY.map((_, i) => phaseIn(board(...STORY.slice(0, i + 1))));
  assert.deepEqual(phases.filter((p, i) => p !== phases[i - 1]),
    ['-', 'checking', 'downloading', 'paused', 'downloading', 'seeding', 'seeded', 'failed']);
  assert.equal(board(started, { event: 'removed', ...of }).size, 0);
  assert.equal(phaseIn(board(started, checked, stats(), { event: 'stopped' })), 'stopped');
  assert.equal(phaseIn(board(started, { ...checked, good: 2488 }, { event: 'stopped' })), 'complete');
  assert.deepEqual(board(started, checked, stats(), { event: 'stopped' }).get(of.torrent)?.stats.downloadRate, 0);
});

test('what waits for its turn says so, once its check is over; a pause comes before that', () => {
  const queued: ClientEvent = { event: 'queued', ...of };
  assert.equal(phaseIn(board(started, queued)), 'checking');
  assert.equal(phaseIn(board(started, queued, checked)), 'queued');
  assert.equal(phaseIn(board(started, queued, checked, { event: 'paused', ...of })), 'paused');
  assert.equal(phaseIn(board(started, queued, { event: 'resumed', ...of }, checked)), 'downloading');
  assert.deepEqual(statusLines(board(started, queued, checked, stats({ downloadRate: 0, peers: 0, seeds: 0 })), look(80)),
    ['debian.iso  ━━━━━━╸────   63.1 %  ↓     0 B/s  ↑  310 KB/s  0 peers   queued']);
});

test('colours', () => {
  const [line = ''] = statusLines(one, look(80, { colors: pc.createColors(true) }));
  assert.ok(line.includes('\u001b[36m━━━━━━╸\u001b[39m\u001b[2m────\u001b[22m'));
});

test('no line is wider than the terminal, however narrow', () => {
  const number = fc.integer({ min: 0, max: 2 ** 50 });
  const [width, name] = [fc.integer({ min: 10, max: 200 }), fc.string({ unit: 'grapheme' })];
  fc.assert(fc.property(width, number, number, name, (columns, left, speed, called) => {
    const numbers = stats({ left, downloadRate: speed, uploadRate: speed, peers: 12_345 });
    const b = board({ ...started, name: called } as ClientEvent, checked, numbers);
    for (const line of statusLines(b, look(columns))) assert.ok(columnsOf(line) < columns, `${columns}: ${line}`);
  }));
});
