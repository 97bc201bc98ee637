import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gini, jain, line, mean, median, quantile, spread } from '../../../src/sim/report/statistics.js';

test('quantiles are linear between order statistics', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(quantile([10, 20, 30, 40, 50], 0.25), 20);
  assert.equal(quantile([0, 10], 0.3), 3);
  assert.deepEqual(spread([1, 2, 3, 4, 5]), { median: 3, low: 2, high: 4 });
  assert.equal(mean([1, 2, 6]), 3);
});

test('of nothing there is none', () => {
  for (const f of [median, mean, spread, jain, gini]) assert.equal(f([]), undefined);
});

test('a line through points, and how well it fits', () => {
  assert.deepEqual(line([[0, 1], [1, 3], [2, 5]]), { slope: 2, r2: 1 });
  // By hand: means 1 and 5/3; sums of squares 2 and 14/3, of products 3.
  const { slope, r2 } = line([[0, 0], [1, 2], [2, 3]]);
  assert.ok(Math.abs(slope - 1.5) < 1e-12 && Math.abs(r2 - 27 / 28) < 1e-12, `${slope} ${r2}`);
});

test('indices of evenness', () => {
  assert.equal(jain([5, 5, 5]), 1);
  assert.equal(jain([1, 0, 0, 0]), 0.25);
  assert.equal(gini([5, 5, 5]), 0);
  assert.equal(gini([1, 0, 0, 0]), 0.75);
  // The worked example of 1, 2, 3: 2/9.
  assert.ok(Math.abs(gini([3, 1, 2])! - 2 / 9) < 1e-12);
});
