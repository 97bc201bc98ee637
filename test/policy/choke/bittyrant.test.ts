import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB } from '../../../src/base/units.js';
import { bittyrant, type BittyrantState } from '../../../src/policy/choke/bittyrant.js';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { ask, ladder, LINK, peer, torrent } from './views.js';

const giving = (peers: readonly PeerView[]): PeerView[] => peers.map((p) => ({ ...p, peerChoking: false }));
const link = { ...LINK, upLimit: 48 * KIB };
const caps = (peers: readonly PeerView[], over: Parameters<typeof ask<any, BittyrantState>>[2] = {}) =>
  [...ask(bittyrant, peers, { link, ...over }).unchoked].map(([key, { cap }]) => [key as number, cap! / KIB]);

test('buys from who gives most for its price, until the uplink is spent', () => {
  assert.deepEqual(caps(giving(ladder(6))), [[6, 16], [5, 16], [4, 16]]);
});

test('a cheap peer comes before one that gives more at a higher price', () => {
  const state = { 6: { price: 40 * KIB, kindRounds: 0 }, 1: { price: 2 * KIB, kindRounds: 0 } };
  assert.deepEqual(caps(giving(ladder(6)), { state, params: { generous: false } }), [[1, 2], [5, 16], [4, 16]]);
});

test('what is left of the uplink goes to those already served, if generous', () => {
  const two = giving(ladder(2));
  assert.deepEqual(caps(two), [[2, 24], [1, 24]]);
  assert.deepEqual(caps(two, { params: { generous: false } }), [[2, 16], [1, 16]]);
});

test('prices: 20 % up where one takes and gives nothing, 10 % down after three kind rounds, else the same', () => {
  const after = (over: Partial<PeerView>, kindRounds: number) =>
    ask(bittyrant, [peer(1, over)], { state: { 1: { price: 1e5, kindRounds } } }).state[1];
  assert.deepEqual(after({ amChoking: false, peerChoking: true }, 5), { price: 120_000, kindRounds: 0 });
  assert.deepEqual(after({ amChoking: false, peerChoking: false }, 1), { price: 100_000, kindRounds: 2 });
  assert.deepEqual(after({ amChoking: false, peerChoking: false }, 2), { price: 90_000, kindRounds: 3 });
  assert.deepEqual(after({ amChoking: true, peerChoking: true }, 5), { price: 100_000, kindRounds: 0 });
});

test('of a peer that chokes us it is guessed what it would give, by its announcements; a seed expects nothing', () => {
  const { pieceLength } = torrent();
  const busy = peer(1, { haveRate: 1 });
  const first = (rate: number) => caps([busy, ...giving([peer(2, { down: [rate] })])])[0]![0];
  // 256 KiB/s among mainline's 12 slots.
  assert.deepEqual([first(pieceLength / 12 - 1), first(pieceLength / 12 + 1)], [1, 2]);
});

test('without a limit the uplink is the highest seen and a little more', () => {
  const served = (upPeak: number) => caps(giving(ladder(9)), { link: { ...LINK, upPeak }, params: { generous: false } }).length;
  assert.deepEqual([served(0), served(100 * KIB)], [1, 6]);
});
