import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromSeed } from '../../../src/base/random.js';
import { rank } from '../../../src/policy/choke/rank.js';
import { peer } from './views.js';

const six = [1, 2, 3, 4, 5, 6].map((k) => peer(k, { down: [k % 2] }));
const byRate = (seed: number, peers = six): number[] =>
  rank(peers, (a, b) => b.down[0]! - a.down[0]!, fromSeed(seed)).map((p) => p.key);

test('rank: the comparator first, then chance', () => {
  const orders = Array.from({ length: 20 }, (_, seed) => byRate(seed));
  for (const order of orders) {
    assert.deepEqual(order.slice(0, 3).sort(), [1, 3, 5]);
    assert.deepEqual(order.slice(3).sort(), [2, 4, 6]);
  }
  assert.ok(new Set(orders.map(String)).size > 10);
});

test('rank: the order given does not matter, and is left alone', () => {
  const reversed = [...six].reverse();
  for (let seed = 0; seed < 20; seed++) assert.deepEqual(byRate(seed, reversed), byRate(seed));
  assert.equal(reversed[0]!.key, 6);
});
