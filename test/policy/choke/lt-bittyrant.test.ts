import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ltBittyrant, type LtBittyrantState } from '../../../src/policy/choke/lt-bittyrant.js';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { ask, chosen, ladder, LINK, peer, unchokedFor } from './views.js';

/** An uplink that pays for so many peers at the first price. */
const paysFor = (count: number) => ({ ...LINK, upLimit: count * 16_000 });
const state = (prices: LtBittyrantState['prices']): LtBittyrantState => ({ optimistic: [], triedAt: {}, prices });
const ten = ladder(10);

test('the best by bytes received for bytes sent, as far as the uplink pays; a fifth of the slots is optimistic', () => {
  const { regular, optimistic } = chosen(ltBittyrant, ten, { link: paysFor(5) });
  assert.deepEqual(regular, [7, 8, 9, 10]);
  assert.equal(optimistic?.length, 1);
});

test('it is what comes back for a byte that counts, and not what comes', () => {
  const bargains = [[9000, 9000], [100, 10], [5000, 1000], [1, 0]].map(([down, up], i) =>
    peer(i + 1, { ...unchokedFor(30_000), amInterested: false, downLastRound: down!, upLastRound: up! }));
  const best = (slots: number) => chosen(ltBittyrant, bargains, { link: paysFor(slots), params: { optimistic: 1 } }).regular;
  assert.deepEqual([best(2), best(3)], [[2], [2, 3]]);
  const stranger = peer(5, { downLastRound: 100 });
  assert.deepEqual(chosen(ltBittyrant, [...bargains, stranger], { link: paysFor(2) }).regular, [5], 'sent nothing counts as sent one byte');
});

test('of equals, who has waited longest', () => {
  const waiting = [3, 1, 2].map((waited, i) => peer(i + 1, { lastUnchokedAt: 900_000 - waited * 1000 }));
  assert.deepEqual(chosen(ltBittyrant, waiting, { link: paysFor(2) }).regular, [1]);
});

test('cheap peers make room for more of them, dear ones for fewer; each is capped at its price', () => {
  const caps = (prices: LtBittyrantState['prices']): unknown[] =>
    [...ask(ltBittyrant, ten, { link: paysFor(3), state: state(prices) }).unchoked].flatMap(([key, { why, cap }]) => (why === 'regular' ? [[key, cap]] : []));
  assert.deepEqual(caps({}), [[10, 16_000], [9, 16_000]]);
  assert.deepEqual(caps({ 10: 4000, 9: 12_000, 8: 8000 }), [[10, 4000], [9, 12_000], [8, 8000]]);
  assert.deepEqual(caps({ 10: 47_000 }), []);
});

test('prices: 20 % up where we serve and get nothing, 3 % down where we do; while choked, uninteresting, or between rounds the same', () => {
  const after = (over: Partial<PeerView>, trigger: 'tick' | 'optimistic' = 'tick', price = 10_000) =>
    ask(ltBittyrant, [peer(1, over)], { state: state({ 1: price }), trigger }).state.prices[1];
  assert.equal(after({ amChoking: false, peerChoking: true }), 12_000);
  assert.equal(after({ amChoking: false, peerChoking: false }), 9700);
  assert.equal(after({ amChoking: true, peerChoking: false }), 10_000);
  assert.equal(after({ amChoking: false, amInterested: false }), 10_000);
  assert.equal(after({ amChoking: false, peerChoking: true }, 'optimistic'), 10_000);
  assert.equal(after({ amChoking: false, peerChoking: false }, 'tick', 33), 33, 'whole numbers');
  assert.deepEqual(ask(ltBittyrant, [], { state: state({ 1: 5 }) }).state.prices, {}, 'of those that are here');
});

test('between rounds only the optimistic slots move, at the prices of the last round', () => {
  const served = ten.map((p) => (p.key > 8 ? { ...p, amChoking: false } : p));
  const { kept, optimistic } = chosen(ltBittyrant, served, { link: paysFor(5), trigger: 'optimistic' });
  assert.deepEqual([kept, optimistic?.length], [[9, 10], 1]);
  assert.equal(ask(ltBittyrant, served, { link: paysFor(5), trigger: 'interested' }).untouched?.size, 10);
});

test('local peers are outside the slots, and not capped', () => {
  const { unchoked } = ask(ltBittyrant, [peer(1, { local: true })]);
  assert.deepEqual([...unchoked], [[1, { why: 'exempt' }]]);
});
