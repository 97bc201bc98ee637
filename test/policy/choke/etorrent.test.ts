import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { KIB } from '../../../src/base/units.js';
import { etorrent, type EtorrentState } from '../../../src/policy/choke/etorrent.js';
import { ask, chosen, ladder, LINK, NOW, peer } from './views.js';

const six = ladder(6);
const memory = (chain: readonly number[], rounds = 1): EtorrentState => ({ chain: chain.map(peerKey), rounds });
const line = [1, 2, 3, 4, 5, 6];
const four = { slots: 4 };

test('the fastest of the side that has takers, and one optimistic by the chain', () => {
  assert.deepEqual(chosen(etorrent, six, { params: four, state: memory(line) }), { regular: [3, 4, 5, 6], optimistic: [1] });
  assert.deepEqual(chosen(etorrent, six, { params: four, state: memory(line), of: { seeding: true } }),
    { regular: [1, 2, 3, 4], optimistic: [5] });
});

test('slots that nobody wins are optimistic', () => {
  const silent = six.map((p) => ({ ...p, lastPieceAt: NOW - 30_001 }));
  assert.deepEqual(chosen(etorrent, silent, { params: four, state: memory(line) }), { optimistic: [1, 2, 3, 4] });
});

test('in the walk remote seeds are choked, and idle peers unchoked until the optimistic slots are used up', () => {
  const idle = [7, 8].map((k) => peer(k, { peerInterested: false }));
  const peers = [...six, ...idle, peer(9, { peerIsSeed: true })];
  assert.deepEqual(chosen(etorrent, peers, { params: four, state: memory([9, 7, 1, 8, 2, 3, 4, 5, 6]) }),
    { regular: [3, 4, 5, 6], idle: [7], optimistic: [1] });
});

test('the slots follow the limit with a curve of its own', () => {
  const count = (kib: number) => chosen(etorrent, ladder(20), { link: { ...LINK, upLimit: kib * KIB } }).regular?.length;
  assert.deepEqual([count(8), count(20), count(100)], [2, 4, 9]);
});

test('the chain is turned at the first tick and every third, to the first that chokes us; not by events', () => {
  const peers = six.map((p) => ({ ...p, peerChoking: p.key >= 3 }));
  const head = (rounds: number, trigger: 'tick' | 'joined') => ask(etorrent, peers, { state: memory(line, rounds), trigger }).state;
  assert.deepEqual([0, 1, 2, 3].map((n) => head(n, 'tick').chain[0]), [3, 1, 1, 3]);
  assert.deepEqual(head(0, 'joined'), memory(line, 0));
});
