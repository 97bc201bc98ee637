import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fork, fromSeed, shuffled } from '../../src/base/random.js';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number): number[] => {
    const r = fromSeed(seed);
    return Array.from({ length: 8 }, () => r.u32());
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test('below(n) stays in range and reaches every value about equally', () => {
  const r = fromSeed(1);
  const seen = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) seen[r.below(10)]!++;
  for (const n of seen) assert.ok(n > 850 && n < 1150, `${n} of 10,000 draws in one of ten buckets`);
});

test('forks of one seed are independent of each other', () => {
  const a = fork(1, 'pick');
  const b = fork(1, 'choke');
  assert.notEqual(a.u32(), b.u32());
});

test('a shuffle keeps every item and leaves its input alone', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const out = shuffled(items, fromSeed(3));
  assert.deepEqual(items, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.notDeepEqual(out, items);
  assert.deepEqual([...out].sort((x, y) => x - y), items);
});
