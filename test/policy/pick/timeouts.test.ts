import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MAX_REQUEST_TIMEOUT_MS, MIN_REQUEST_TIMEOUT_MS, RequestTimes, silence,
} from '../../../src/policy/pick/timeouts.js';

const after = (...gaps: number[]): number => {
  const times = new RequestTimes();
  for (const gap of gaps) times.observe(gap);
  return times.timeoutMs;
};

describe('RequestTimes', () => {
  it('gives an unknown peer all the time, and a fast one two seconds', () => {
    assert.equal(after(), MAX_REQUEST_TIMEOUT_MS);
    assert.equal(after(5, 4, 6, 5), MIN_REQUEST_TIMEOUT_MS);
    assert.equal(after(3_600_000), MAX_REQUEST_TIMEOUT_MS);
  });

  it('is the mean and four deviations (RFC 6298)', () => {
    assert.equal(after(4000), 4000 + 4 * 2000);
    // deviation 2000 + (|8000 - 4000| - 2000) / 4 = 2500, mean 4000 + 4000 / 8 = 4500
    assert.equal(after(4000, 8000), 4500 + 4 * 2500);
  });

  it('tightens on a steady peer and loosens on an erratic one', () => {
    const steady = after(...Array.from({ length: 100 }, () => 3000));
    const erratic = after(...Array.from({ length: 100 }, (_, i) => (i % 2 ? 500 : 5500)));
    assert.ok(steady < 3100, `${steady}`);
    assert.ok(erratic > 9000, `${erratic}`);
  });
});

describe('silence', () => {
  for (const [why, owingSince, lastBlockAt, now, expected] of [
    ['owes nothing', null, 0, 1e9, 0],
    ['has sent nothing', 1000, null, 60_000, 59_000],
    ['sent a block since', 0, 30_000, 60_000, 30_000],
    ['sent its last block before it was asked again', 50_000, 1000, 62_000, 12_000],
  ] as const) {
    it(`${expected} ms: ${why}`, () => assert.equal(silence({ owingSince, lastBlockAt }, now), expected));
  }
});
