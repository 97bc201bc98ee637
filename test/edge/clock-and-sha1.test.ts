/** The two smallest edges: the clock and SHA-1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, toUtf8 } from '../../src/base/bytes.js';
import { nodeClock } from '../../src/edge/clock.js';
import { nodeSha1 } from '../../src/edge/sha1.js';

test('a timer runs once, in a later turn, and not before its time', async () => {
  const clock = nodeClock();
  const due = clock.now() + 5;
  let runs = 0;
  await new Promise<void>((resolve) => {
    clock.after(5, () => {
      runs++;
      resolve();
    });
    assert.equal(runs, 0);
  });
  assert.ok(clock.now() >= due);
  assert.equal(runs, 1);
});

test('a cancelled timer does not run, and a very long one does not run at once', async () => {
  const clock = nodeClock();
  const cancelled = clock.after(0, () => assert.fail('cancelled'));
  const long = clock.after(40 * 86_400_000, () => assert.fail('40 days are not over'));
  cancelled();
  await new Promise<void>((resolve) => clock.after(5, resolve));
  long();
});

test('the wall clock counts from 1970', () => {
  assert.ok(Math.abs(nodeClock().wall() - Date.now()) < 60_000);
});

test('SHA-1 of the standard examples', () => {
  assert.equal(toHex(nodeSha1(toUtf8('abc'))), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  assert.equal(toHex(nodeSha1(new Uint8Array(0))), 'da39a3ee5e6b4b0d3255bfef95601890afd80709');
});
