import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromSeed, type Random } from '../../src/base/random.js';
import { backoffMs } from '../../src/model/backoff.js';

const always = (unit: number): Random => ({ u32: () => 0, below: () => 0, unit: () => unit });

describe('backoffMs', () => {
  it('doubles up to the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 2000].map((n) => backoffMs({ baseMs: 1000, capMs: 20_000 }, n, always(1)));
    assert.deepEqual(ceilings, [1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  it('draws from the upper half, and all of it', () => {
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, failures) => {
      const delay = backoffMs({ baseMs: 100, capMs: 60_000 }, failures, fromSeed(seed));
      const ceiling = Math.min(60_000, 100 * 2 ** (failures - 1));
      assert.ok(delay >= ceiling / 2 && delay <= ceiling);
    }));
    assert.equal(backoffMs({ baseMs: 1000, capMs: 1000 }, 1, always(0)), 500);
  });
});
