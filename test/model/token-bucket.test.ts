import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from '../../src/model/token-bucket.js';

describe('TokenBucket', () => {
  it('starts empty, fills to a burst and no further', () => {
    const bucket = new TokenBucket({ rate: 10_000 }, 0);
    assert.equal(bucket.level, 0);
    bucket.refill(100);
    assert.equal(bucket.level, 1000);
    bucket.refill(60_000);
    assert.equal(bucket.level, 2000);
    assert.equal(bucket.take(3000), 2000);
    assert.equal(bucket.take(1), 0);
  });

  it('without a limit grants everything', () => {
    const bucket = new TokenBucket({ rate: null }, 0);
    assert.equal(bucket.take(1e12), 1e12);
    assert.equal(bucket.level, Infinity);
    assert.equal(bucket.msUntil(1e12, 0), 0);
  });

  it('has no standing credit when a limit is set, and keeps no more than the new burst', () => {
    const bucket = new TokenBucket({ rate: null }, 0);
    bucket.setRate(100_000, 5000);
    assert.equal(bucket.level, 0);
    bucket.setRate(1000, 6000);
    assert.equal(bucket.level, 200);
    bucket.setRate(0, 6000);
    assert.equal(bucket.msUntil(2, 6000), 0, 'a full burst is there');
    bucket.take(1000);
    assert.equal(bucket.msUntil(1, 6000), Infinity);
  });

  it('says when enough will be there', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e8 }), fc.nat(1e6), fc.nat(500), (rate, n, pause) => {
      const bucket = new TokenBucket({ rate }, 0);
      const wait = bucket.msUntil(n, pause);
      const due = Math.min(n, bucket.burst);
      bucket.refill(pause + wait);
      assert.ok(bucket.level >= due);
      if (wait === 0) return;
      const early = new TokenBucket({ rate }, 0);
      early.refill(pause + wait - 1);
      assert.ok(early.level < due);
    }));
  });

  it('ignores a clock that goes back', () => {
    const bucket = new TokenBucket({ rate: 1000 }, 1000);
    bucket.refill(1100);
    bucket.refill(500);
    bucket.refill(1100);
    assert.equal(bucket.level, 100);
  });

  it('grants within 1 % over any 10 s of steady demand, however irregular the refills', () => {
    const rates = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 50, max: 1e9 }));
    const gaps = fc.array(fc.integer({ min: 5, max: 100 }), { minLength: 3, maxLength: 50 });
    fc.assert(fc.property(rates, gaps, fc.nat(20_000), (rate, cycle, from) => {
      const bucket = new TokenBucket({ rate }, 0);
      let inWindow = 0;
      for (let now = 0, i = 0; now <= from + 10_000; i++) {
        now += cycle[i % cycle.length]!;
        bucket.refill(now);
        const granted = bucket.take(1e12);
        if (now > from && now <= from + 10_000) inWindow += granted;
      }
      // A window's edge lies up to a gap (100 ms, 1 % of it) away from a refill; and a byte is not divided.
      assert.ok(Math.abs(inWindow - rate * 10) <= rate * 10 * 0.01 + 1, `${inWindow} of ${rate * 10}`);
    }));
  });

  it('does not drift over a day of fractions', () => {
    const bucket = new TokenBucket({ rate: 333 }, 0);
    let granted = 0;
    for (let now = 7; now <= 86_400_000 / 10; now += 7) {
      bucket.refill(now);
      granted += bucket.take(100);
    }
    assert.ok(Math.abs(granted - 333 * 8640) <= 3);
  });
});
