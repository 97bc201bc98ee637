import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRate, type RateSpec } from '../../src/model/rate.js';

const WINDOW: RateSpec = { kind: 'window', ms: 10_000, bucketMs: 1000 };
const DECAYING: RateSpec = { kind: 'decaying', maxMs: 20_000, fudgeMs: 5000 };
const EWMA: RateSpec = { kind: 'ewma', tauMs: 60_000 };

const close = (found: number, expected: number, share = 1e-9): void =>
  assert.ok(Math.abs(found - expected) <= share * Math.abs(expected), `${found} is not ${expected}`);

describe('window rate', () => {
  it('is the mean over the whole window, rounded down, of the buckets that are full', () => {
    const rate = createRate(WINDOW, 0);
    rate.add(0, 15);
    rate.add(500, 20_000);
    assert.equal(rate.at(999), 0);
    assert.equal(rate.at(1000), 2001);
  });

  it('forgets a bucket when it is a window old', () => {
    const rate = createRate(WINDOW, 0);
    rate.add(300, 10_000);
    assert.equal(rate.at(10_999), 1000);
    assert.equal(rate.at(11_000), 0);
  });

  it('agrees with a list of everything that came', () => {
    const step = fc.tuple(fc.nat(4000), fc.nat(100_000));
    fc.assert(fc.property(fc.array(step), (steps) => {
      const rate = createRate(WINDOW, 0);
      const all: { readonly bucket: number; readonly bytes: number }[] = [];
      let now = 0;
      for (const [gap, bytes] of steps) {
        now += gap;
        rate.add(now, bytes);
        const bucket = Math.floor(now / 1000);
        all.push({ bucket, bytes });
        const sum = all.filter((e) => e.bucket >= bucket - 10 && e.bucket < bucket).reduce((n, e) => n + e.bytes, 0);
        assert.equal(rate.at(now), Math.floor(sum / 10));
      }
    }));
  });

  it('survives a pause of years at once', () => {
    const rate = createRate({ kind: 'window', ms: 2000, bucketMs: 250 }, 0);
    rate.add(0, 999);
    assert.equal(rate.at(1e12), 0);
    rate.add(1e12, 2000);
    assert.equal(rate.at(1e12 + 250), 1000);
  });
});

describe('decaying rate', () => {
  it('spreads the first bytes over the fudge, and then over the time since', () => {
    const rate = createRate(DECAYING, 100_000);
    rate.add(100_000, 5000);
    assert.equal(rate.at(100_000), 1000);
    assert.equal(rate.at(105_000), 500);
  });

  it('follows r <- (r (last - since) + bytes) / (now - since), step by step', () => {
    const rate = createRate(DECAYING, 0);
    rate.add(10_000, 30_000); // 30000 / 15 s
    close(rate.at(10_000), 2000);
    rate.add(20_000, 10_000); // (2000 * 15 + 10000) / 25 s, and since moves to 0
    close(rate.at(20_000), 1600);
    rate.add(30_000, 0); // 1600 * 20 / 30 s, and since moves to 10
    close(rate.at(30_000), 1600 * 20 / 30);
  });

  it('sinks by reads alone, towards zero', () => {
    const rate = createRate(DECAYING, 0);
    rate.add(1000, 1e6);
    let last = rate.at(1000);
    for (let now = 2000; now <= 300_000; now += 1000) {
      const next = rate.at(now);
      assert.ok(next < last);
      last = next;
    }
    assert.ok(last < 1);
  });

  it('does not divide by zero without fudge', () => {
    const rate = createRate({ kind: 'decaying', maxMs: 1000, fudgeMs: 0 }, 5);
    rate.add(5, 10);
    assert.ok(Number.isFinite(rate.at(5)));
  });
});

describe('ewma rate', () => {
  it('halves in tau ln 2 of silence', () => {
    const rate = createRate(EWMA, 0);
    rate.add(0, 60_000);
    close(rate.at(0), 1000);
    close(rate.at(60_000 * Math.LN2), 500);
  });

  it('does not change by being read', () => {
    const [read, unread] = [createRate(EWMA, 0), createRate(EWMA, 0)];
    read.add(0, 5000);
    unread.add(0, 5000);
    for (let now = 0; now < 30_000; now += 700) read.at(now);
    close(read.at(30_000), unread.at(30_000));
  });
});

describe('every rate', () => {
  for (const spec of [WINDOW, DECAYING, EWMA]) {
    it(`${spec.kind} settles at a steady rate`, () => {
      const rate = createRate(spec, 0);
      for (let now = 100; now <= 600_000; now += 100) rate.add(now, 1000);
      close(rate.at(600_000), 10_000, 0.02);
    });

    it(`${spec.kind} takes a clock that stands still or goes back`, () => {
      const rate = createRate(spec, 50_000);
      rate.add(50_000, 1000);
      rate.add(20_000, 1000);
      assert.ok(Number.isFinite(rate.at(10_000)) && rate.at(52_000) > 0);
    });
  }
});
