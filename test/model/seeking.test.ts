import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../src/base/units.js';
import { Seeking } from '../../src/model/seeking.js';

test('asks at once, then twice as late each time, up to five minutes', () => {
  const seeking = new Seeking();
  const waits: number[] = [];
  for (let now = seeking.at; now < 20 * MINUTE; now = seeking.at) {
    seeking.asked(now);
    waits.push((seeking.at - now) / SECOND);
  }
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 300, 300, 300]);
});

test('begins anew when somebody has been reached, and puts nothing off for it', () => {
  const seeking = new Seeking();
  for (const now of [0, 10_000, 30_000]) seeking.asked(now);
  seeking.reached(65_000);
  assert.equal(seeking.at, 70_000);
  seeking.asked(70_000);
  seeking.reached(71_000);
  assert.equal(seeking.at, 80_000);
  for (const now of [80_000, 100_000, 140_000]) seeking.asked(now);
  seeking.reached(150_000);
  assert.equal(seeking.at, 160_000);
});
