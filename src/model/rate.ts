/**
 * Rate: three ways in which clients estimate bytes a second; a choking policy names the ones it wants.
 * Constant memory; `add` and `at` are O(1) amortised. Times in ms never go back; one that does counts as the latest.
 * - window: buckets in a ring; the mean over the last full ones, rounded down. The bucket that is still filling does
 *   not count, or every reading would depend on how full it is. wgo 10 x 1 s, Transmission 8 x 250 ms.
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
  /** The full buckets of the window, and the one that is filling. */
  private readonly buckets: Bytes[];
  private readonly bucketMs: Millis;
  /** Number of the bucket that is filling, counted from time zero. */
  private filling: number;
  /** Of the full ones. */
  private sum: Bytes = 0;

  constructor(ms: Millis, bucketMs: Millis, now: Millis) {
    // A typed array of so few is thrice as large.
    this.buckets = new Array<Bytes>(1 + Math.max(1, Math.round(ms / bucketMs))).fill(0);
    this.bucketMs = bucketMs;
    this.filling = Math.floor(now / bucketMs);
  }

  add(now: Millis, bytes: Bytes): void {
    this.advance(now);
    this.buckets[this.filling % this.buckets.length]! += bytes;
  }

  at(now: Millis): BytesPerSec {
    this.advance(now);
    return Math.floor((this.sum * 1000) / ((this.buckets.length - 1) * this.bucketMs));
  }

  private advance(now: Millis): void {
    const target = Math.floor(now / this.bucketMs);
    const size = this.buckets.length;
    if (target - this.filling >= size) {
      this.buckets.fill(0);
      this.sum = 0;
      this.filling = target;
    }
    while (this.filling < target) {
      this.sum += this.buckets[this.filling % size]!;
      this.filling++;
      this.sum -= this.buckets[this.filling % size]!;
      this.buckets[this.filling % size] = 0;
    }
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
