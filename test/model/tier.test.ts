/** A tier in pure form; how the process uses it is in process/tracker.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromSeed } from '../../src/base/random.js';
import { Tier } from '../../src/model/tier.js';

const once = (): number => 1;

function round(tier: Tier): string[] {
  tier.begin();
  const urls: string[] = [];
  for (let url = tier.next(once); url !== undefined; url = tier.next(once)) urls.push(url);
  return urls;
}

test('every order comes up, and stays', () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    const tier = new Tier(['a', 'b', 'c'], fromSeed(seed));
    const order = round(tier);
    assert.deepEqual(round(tier), order);
    orders.add(order.join(''));
  }
  assert.equal(orders.size, 6);
});

test('who is promoted is first, and the others keep their order', () => {
  const tier = new Tier(['a', 'b', 'c', 'd'], fromSeed(1));
  const [a, b, c, d] = round(tier) as [string, string, string, string];
  tier.promote(c);
  assert.deepEqual(round(tier), [c, a, b, d]);
});

test('a round is spent when all were asked and every way to each has come to an end', () => {
  const tier = new Tier(['a', 'b'], fromSeed(1));
  tier.begin();
  const first = tier.next(() => 2)!;
  assert.deepEqual([tier.through(first), tier.hasNext, tier.isSpent], [false, true, false]);
  const second = tier.next(once)!;
  assert.deepEqual([tier.hasNext, tier.through(second), tier.isSpent], [false, true, false]);
  assert.deepEqual([tier.through(first), tier.isSpent], [true, true]);
  assert.equal(tier.through(first), false);
});

test('who is dropped is asked no more, and nobody is skipped for it', () => {
  const tier = new Tier(['a', 'b', 'c'], fromSeed(1));
  const [a, b, c] = round(tier) as [string, string, string];
  tier.begin();
  tier.next(once);
  tier.drop(a);
  tier.drop('x');
  assert.equal(tier.next(once), b);
  assert.deepEqual(round(tier), [b, c]);
  tier.drop(b);
  tier.drop(c);
  assert.equal(tier.isEmpty, true);
});
