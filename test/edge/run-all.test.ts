import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAll } from '../../src/edge/run-all.js';

test('all jobs are done, so many at once and no more', async () => {
  const done = new Set<number>();
  let [now, most] = [0, 0];
  await runAll({ count: 10, most: 3 }, (i, end) => {
    most = Math.max(most, ++now);
    setImmediate(() => {
      now--;
      done.add(i);
      end();
    });
  });
  assert.deepEqual([done.size, now, most], [10, 0, 3]);
});

test('of none, or of fewer than may run at once', async () => {
  await runAll({ count: 0, most: 3 }, () => assert.fail('there is no job'));
  const begun: number[] = [];
  await runAll({ count: 2, most: 3 }, (i, end) => {
    begun.push(i);
    setImmediate(end);
  });
  assert.deepEqual(begun, [0, 1]);
});
