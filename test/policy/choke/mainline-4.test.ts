import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { KIB } from '../../../src/base/units.js';
import { mainline4, type Mainline4State } from '../../../src/policy/choke/mainline-4.js';
import { ask, byWhy, chosen, ladder, LINK, NOW, peer, play, torrent, torrents, unchokedFor } from './views.js';

/** A list in the order of keys, and a round in which it is not turned. */
const memory = (chain: readonly number[], over: Partial<Mainline4State> = {}): Mainline4State =>
  ({ chain: chain.map(peerKey), count: 0, served: [], unchokesSince: 0, unchokedIn: {}, ...over });
const six = ladder(6);
const line = [1, 2, 3, 4, 5, 6];
const four = { slots: 4 };

test('leeching: the best three of four, and the first other in the list', () => {
  assert.deepEqual(chosen(mainline4, six, { params: four, state: memory(line) }), { regular: [4, 5, 6], optimistic: [1] });
  assert.deepEqual(chosen(mainline4, six, { params: four, state: memory([6, 3, 1, 2, 4, 5]) }).optimistic, [3]);
});

test('slots follow the upload limit', () => {
  const regular = (upLimit: number | null) => chosen(mainline4, ladder(12), { link: { ...LINK, upLimit } }).regular?.length;
  assert.deepEqual([regular(null), regular(20 * KIB), regular(100 * KIB)], [6, 3, 6]);
});

test('who has sent nothing for 30 s wins no slot, and with fewer than two winners more are optimistic', () => {
  const silent = six.map((p) => ({ ...p, lastPieceAt: NOW - 30_001 }));
  assert.deepEqual(chosen(mainline4, silent, { params: four, state: memory(line) }), { optimistic: [1, 2] });
  assert.deepEqual(chosen(mainline4, [...silent.slice(0, 5), six[5]!], { params: four, state: memory(line) }),
    { regular: [6], optimistic: [1] });
});

test('idle peers before the optimistic one in the list are unchoked for nothing, those behind it are not', () => {
  const idle = [7, 8].map((k) => peer(k, { peerInterested: false }));
  const state = memory([7, 1, 8, 2, 3, 4, 5, 6]);
  assert.deepEqual(chosen(mainline4, [...six, ...idle], { params: four, state }), { regular: [4, 5, 6], optimistic: [1], idle: [7] });
});

test('every third round the list is turned to the first that is interested and choked', () => {
  const tried = play({ policy: mainline4, params: four, peers: six, rounds: 9 }).map((r) => byWhy(r.unchoked).optimistic![0]);
  // Rounds count from 1, so the turns are at the third, the sixth and the ninth.
  assert.deepEqual([tried[1], tried[3], tried[4], tried[6], tried[7]], [tried[0], tried[2], tried[2], tried[5], tried[5]]);
  assert.deepEqual([...new Set(tried)].sort(), [1, 2, 3]);
});

test('between rounds only what happens to an unchoked peer counts', () => {
  const first = ask(mainline4, six, { params: four, state: memory(line) });
  const asked = (subject: number, amChoking: boolean, trigger: 'interested' | 'left') => {
    const peers = six.filter((p) => trigger !== 'left' || p.key !== subject).map((p) => (p.key === subject ? { ...p, amChoking } : p));
    return ask(mainline4, peers, { params: four, state: first.state, trigger, subjects: [peerKey(subject)] });
  };
  assert.equal(asked(2, true, 'interested').untouched?.size, 6);
  assert.equal(asked(2, true, 'left').untouched?.size, 5);
  assert.deepEqual(byWhy(asked(6, false, 'left').unchoked), { regular: [3, 4, 5], optimistic: [1] });
  assert.equal(asked(6, false, 'interested').untouched, undefined);
});

const seeding = { of: { seeding: true }, params: four } as const;

test('seeding: those unchoked last are kept, of the older ones the fastest', () => {
  const holders = six.slice(0, 4).map((p) => ({ ...p, ...unchokedFor(60_000) }));
  const peers = [...holders, ...six.slice(4)];
  const state = memory(line, { count: 9, unchokedIn: { 1: 5, 2: 5, 3: 5, 4: 9 } });
  // Count becomes 10, of which one is forced out: 4 is recent, and 3 takes least of the others.
  assert.deepEqual(chosen(mainline4, peers, { ...seeding, state }), { kept: [1, 2, 4], regular: [3] });
  assert.deepEqual(chosen(mainline4, peers, { ...seeding, state: { ...state, chain: [6, 5, 3, 2, 1, 4].map(peerKey) } }),
    { kept: [1, 2, 4], regular: [6] });
});

test('seeding: of four slots one changes in two of three rounds; all that ask for more are served for equally long', () => {
  const counts = new Map<number, number>();
  const rounds = play({ policy: mainline4, params: four, peers: ladder(8, { queuedFromPeer: 3 }), rounds: 241,
    torrents: torrents(torrent({ seeding: true })) });
  for (const { unchoked } of rounds.slice(1)) {
    assert.equal(unchoked.size, 4);
    for (const key of unchoked.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const served = [...counts.values()];
  assert.equal(served.length, 8);
  assert.ok(Math.max(...served) - Math.min(...served) <= 6, String(served));
});

test('which part is used can be told', () => {
  const state = memory(line);
  assert.deepEqual(chosen(mainline4, six, { params: { ...four, part: 'seed' }, state }), { regular: [1, 2, 3, 4] });
  assert.deepEqual(chosen(mainline4, six, { params: { ...four, part: 'leech' }, of: { seeding: true }, state }).regular, [4, 5, 6]);
});
