import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isSnubbed, MAX_REQUEST_TIMEOUT_MS, MIN_REQUEST_TIMEOUT_MS, RequestTimes, SNUBBED_AFTER_MS,
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

describe('isSnubbed', () => {
  for (const [why, owingSince, lastBlockAt, now, expected] of [
    ['owes nothing', null, 0, 1e9, false],
    ['owes for less than a minute', 0, null, SNUBBED_AFTER_MS - 1, false],
    ['owes for a minute', 0, null, SNUBBED_AFTER_MS, true],
    ['sent a block since', 0, 30_000, SNUBBED_AFTER_MS, false],
    ['sent its last block before it was asked again', 50_000, 1000, 62_000, false],
  ] as const) {
    it(`${expected}: ${why}`, () => assert.equal(isSnubbed({ owingSince, lastBlockAt, now }), expected));
  }
});
