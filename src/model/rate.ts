/**
 * Rate: three ways in which clients estimate bytes a second; a choking policy names the ones it wants.
 * Constant memory; `add` and `at` are O(1) amortised. Times in ms never go back; one that does counts as the latest.
 * - window: buckets in a ring and the mean over the whole window, rounded down; the bucket of `now` counts as it is.
 *   wgo 10 x 1 s, Transmission 8 x 250 ms.
 * - decaying: the estimator of mainline BitTorrent and Haskell-Torrent, 20 s with 5 s of fudge.
 * - ewma: exponentially weighted with time constant tau, as rain's one-minute average.
 */
import type { Bytes, BytesPerSec, Millis } from '../base/units.js';

export type RateSpec =
  | { readonly kind: 'window'; readonly ms: Millis; readonly bucketMs: Millis }
  | { readonly kind: 'decaying'; readonly maxMs: Millis; readonly fudgeMs: Millis }
  | { readonly kind: 'ewma'; readonly tauMs: Millis };

export interface Rate {
  add(now: Millis, bytes: Bytes): void;
  at(now: Millis): BytesPerSec;
}

export function createRate(spec: RateSpec, now: Millis): Rate {
  switch (spec.kind) {
    case 'window':
      return new WindowRate(spec.ms, spec.bucketMs, now);
    case 'decaying':
      return new DecayingRate(spec.maxMs, spec.fudgeMs, now);
    case 'ewma':
      return new EwmaRate(spec.tauMs, now);
  }
}

class WindowRate implements Rate {
  private readonly buckets: Float64Array;
  private readonly bucketMs: Millis;
  /** Number of the newest bucket, counted from time zero. */
  private newest: number;
  private sum = 0;

  constructor(ms: Millis, bucketMs: Millis, now: Millis) {
    this.buckets = new Float64Array(Math.max(1, Math.round(ms / bucketMs)));
    this.bucketMs = bucketMs;
    this.newest = Math.floor(now / bucketMs);
  }

  add(now: Millis, bytes: Bytes): void {
    this.advance(now);
    this.buckets[this.newest % this.buckets.length]! += bytes;
    this.sum += bytes;
  }

  at(now: Millis): BytesPerSec {
    this.advance(now);
    return Math.floor((this.sum * 1000) / (this.buckets.length * this.bucketMs));
  }

  /** Empties the buckets that have fallen out of the window. */
  private advance(now: Millis): void {
    const target = Math.floor(now / this.bucketMs);
    const size = this.buckets.length;
    for (let b = Math.max(this.newest + 1, target - size + 1); b <= target; b++) {
      this.sum -= this.buckets[b % size]!;
      this.buckets[b % size] = 0;
    }
    this.newest = Math.max(this.newest, target);
  }
}

/**
 * r <- (r * (last - since) + bytes) / (now - since); then since <- max(since, now - maxMs). The fudge lets the first
 * block count as if it had taken that long. Reading is an update with no bytes, as it is in mainline: it lets r sink.
 */
class DecayingRate implements Rate {
  private readonly maxMs: Millis;
  private since: Millis;
  private last: Millis;
  private bytesPerMs = 0;

  constructor(maxMs: Millis, fudgeMs: Millis, now: Millis) {
    this.maxMs = maxMs;
    this.since = now - fudgeMs;
    this.last = this.since;
  }

  add(now: Millis, bytes: Bytes): void {
    const time = Math.max(now, this.last);
    // A spec without fudge would divide by zero at once: nothing is ever faster than one millisecond.
    this.bytesPerMs = (this.bytesPerMs * (this.last - this.since) + bytes) / Math.max(1, time - this.since);
    this.last = time;
    this.since = Math.max(this.since, time - this.maxMs);
  }

  at(now: Millis): BytesPerSec {
    this.add(now, 0);
    return this.bytesPerMs * 1000;
  }
}

class EwmaRate implements Rate {
  private readonly tauMs: Millis;
  private last: Millis;
  private bytesPerMs = 0;

  constructor(tauMs: Millis, now: Millis) {
    this.tauMs = tauMs;
    this.last = now;
  }

  add(now: Millis, bytes: Bytes): void {
    this.decay(now);
    this.bytesPerMs += bytes / this.tauMs;
  }

  at(now: Millis): BytesPerSec {
    this.decay(now);
    return this.bytesPerMs * 1000;
  }

  private decay(now: Millis): void {
    if (now <= this.last) return;
    this.bytesPerMs *= Math.exp((this.last - now) / this.tauMs);
    this.last = now;
  }
}
