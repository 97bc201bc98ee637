import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gauges } from '../../../src/policy/choke/gauges.js';

const WINDOW = { kind: 'window', ms: 1000, bucketMs: 1000 } as const;

test('rates in the order of the specs, each way', () => {
  const gauges = new Gauges({ rates: [WINDOW, { kind: 'window', ms: 2000, bucketMs: 1000 }] }, 0);
  gauges.add(500, { down: 100, up: 6 });
  assert.deepEqual(gauges.read(1000), { down: [100, 50], up: [6, 3] });
});

test('with a refresh a reading is as old as the last report would be', () => {
  const gauges = new Gauges({ rates: [WINDOW], rateRefreshMs: 5000 }, 0);
  const down = (now: number) => gauges.read(now).down;
  gauges.add(3500, { down: 70, up: 0 });
  assert.deepEqual([down(4000), down(4999)], [[0], [0]]);
  gauges.add(4500, { down: 80, up: 0 });
  assert.deepEqual([down(5000), down(9999)], [[80], [80]]);
  assert.deepEqual(down(10_000), [0]);
});

test('bytes that come when a report is due belong to the next', () => {
  const gauges = new Gauges({ rates: [{ kind: 'decaying', maxMs: 20_000, fudgeMs: 5000 }], rateRefreshMs: 5000 }, 0);
  gauges.add(6000, { down: 1e6, up: 0 });
  assert.deepEqual(gauges.read(9999).down, [0]);
  assert.ok(gauges.read(10_000).down[0]! > 0);
});
