import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerKey, torrentKey } from '../../src/base/brand.js';
import { ChokeBoard, type Judgement } from '../../src/process/choke-board.js';
import type { Why } from '../../src/policy/choke/policy.js';
import { peer } from '../policy/choke/views.js';

const TORRENT = infoHash('1'.repeat(40));
const WATCHED = new Map([[torrentKey(1), TORRENT]]);
const board = (): ChokeBoard => {
  const b = new ChokeBoard((key) => (key === 9 ? undefined : `10.0.0.${key}:1`));
  b.watch(WATCHED, () => undefined);
  return b;
};
const judgement = (outcome: Partial<Judgement['outcome']>, trigger: Judgement['occasion']['trigger'] = 'tick'): Judgement => ({
  policy: 'mine', tickMs: 10_000, occasion: { trigger, subjects: [], now: 5 },
  outcome: { peers: [], unchoked: new Map(), orders: [], ...outcome },
});

test('the standing of a peer is what it is after the decision', () => {
  const b = board();
  const why = (key: number, reason: Why) => [peerKey(key), { why: reason }] as const;
  b.note(judgement({
    peers: [
      peer(1, { amChoking: true }), peer(2, { amChoking: false }), peer(3, { amChoking: false }), peer(4, { amChoking: false }),
      peer(5, { amChoking: true }),
    ],
    unchoked: new Map([why(1, 'optimistic'), why(2, 'regular')]),
    orders: [{ peer: peerKey(1), why: 'optimistic' }, { peer: peerKey(4), why: undefined }],
  }));
  const [decision] = b.take();
  assert.deepEqual(decision!.peers.map((p) => `${p.standing}${p.changed ? '!' : ''}`),
    ['optimistic!', 'regular', 'as before', 'choked!', 'choked']);
});

test('rates are what the policy estimates, else what the last round moved', () => {
  const b = board();
  b.note(judgement({ peers: [peer(1, { down: [70.4, 1], up: [3] }), peer(2, { down: [], up: [], downLastRound: 50_000, upLastRound: 200 })] }));
  const [decision] = b.take();
  assert.deepEqual(decision!.peers.map((p) => [p.downloadRate, p.uploadRate]), [[70, 3], [5000, 20]]);
});

test('peers of other torrents, and those that have left, are left out', () => {
  const b = board();
  b.note(judgement({ peers: [peer(1, {}), peer(2, { torrent: torrentKey(2) }), peer(9, {})] }));
  assert.deepEqual(b.take().map((d) => [d.torrent, d.peers.map((p) => p.peer)]), [[TORRENT, [1]]]);
});

test('between rounds only what changed something is noted', () => {
  const b = board();
  const peers = [peer(1, {})];
  b.note(judgement({ peers }, 'joined'));
  assert.deepEqual(b.take(), []);
  b.note(judgement({ peers, orders: [{ peer: peerKey(1), why: undefined }] }, 'joined'));
  assert.deepEqual(b.take().map((d) => d.trigger), ['joined']);
});

test('notes that nobody fetches are bounded: the oldest go', () => {
  const b = board();
  for (let now = 1; now <= 500; now++) {
    b.note({ ...judgement({ peers: [peer(1, {})] }), occasion: { trigger: 'tick', subjects: [], now } });
  }
  const noted = b.take();
  assert.deepEqual([noted.length, noted[0]!.at, noted.at(-1)!.at], [200, 301, 500]);
});
