/**
 * TokenBucket: at most `rate` bytes a second, in bursts of at most `burstMs` worth of that rate; null is no limit.
 * The level is kept in thousandths of a byte: rate (bytes/s) times elapsed ms is a whole number of them, so however
 * irregular the refills are, nothing is rounded away. Only whole bytes are granted; the rest of a byte waits.
 * Invariant: 0 <= level <= burst, and the burst is at least one byte, or `leastBurst`. A bucket starts empty, so that the first
 * seconds of a limit obey it too. `refill` must come at least once per `burstMs`, or what overflows is lost.
 */
import type { Bytes, BytesPerSec, Millis } from '../base/units.js';

/** A grant of 100 ms and the 100 ms that a busy event loop may keep it waiting; short enough that a burst does not show. */
const DEFAULT_BURST_MS: Millis = 200;

export interface TokenBucketSpec {
  readonly rate: BytesPerSec | null;
  readonly burstMs?: Millis;
  /** For who has to wait for others too before it can take: what it earned meanwhile must not overflow. */
  readonly leastBurst?: Bytes;
}

export class TokenBucket {
  private readonly burstMs: Millis;
  private readonly leastBurst: Bytes;
  private rate: BytesPerSec | null;
  private milliBytes = 0;
  private refilledAt: Millis;
  private takenAt: Millis;

  constructor({ rate, burstMs = DEFAULT_BURST_MS, leastBurst = 1 }: TokenBucketSpec, now: Millis) {
    this.rate = rate;
    this.burstMs = burstMs;
    this.leastBurst = leastBurst;
    this.refilledAt = now;
    this.takenAt = now;
  }

  /** What was earned at the old rate is kept, up to the new burst. */
  setRate(rate: BytesPerSec | null, now: Millis): void {
    this.refill(now);
    this.rate = rate;
    this.milliBytes = rate === null ? 0 : Math.min(this.milliBytes, this.burst * 1000);
  }

  refill(now: Millis): void {
    this.milliBytes = this.milliBytesAt(now);
    this.refilledAt = Math.max(this.refilledAt, now);
  }

  /** Somebody wants bytes, and nobody did before: what was earned in a pause of `burstMs` or longer is given up but for `most` bytes. */
  wake(most: Bytes, now: Millis): void {
    if (now - this.takenAt < this.burstMs) return;
    this.refill(now);
    this.milliBytes = Math.min(this.milliBytes, most * 1000);
  }

  /** Takes up to `n` bytes and says how many were granted. */
  take(n: Bytes): Bytes {
    if (this.rate === null) return n;
    const granted = Math.min(n, this.level);
    this.milliBytes -= granted * 1000;
    if (granted > 0) this.takenAt = this.refilledAt;
    return granted;
  }

  /** Whole bytes that could be taken now. */
  get level(): Bytes {
    return this.rate === null ? Infinity : Math.floor(this.milliBytes / 1000);
  }

  /** The most that can ever be taken at once. */
  get burst(): Bytes {
    return this.rate === null ? Infinity : Math.max(this.leastBurst, Math.ceil((this.rate * this.burstMs) / 1000));
  }

  /** How long after `now` `n` bytes (or a full burst, if `n` is more than that) can be taken; rounded up. */
  msUntil(n: Bytes, now: Millis): Millis {
    if (this.rate === null) return 0;
    const lacking = Math.min(n, this.burst) * 1000 - this.milliBytesAt(now);
    return lacking <= 0 ? 0 : Math.ceil(lacking / this.rate);
  }

  private milliBytesAt(now: Millis): number {
    if (this.rate === null) return 0;
    const earned = this.milliBytes + this.rate * Math.max(0, now - this.refilledAt);
    // Only whole bytes overflow: cutting the fraction too would lose up to a byte at each refill of a slow bucket.
    const excess = Math.floor(earned / 1000) - this.burst;
    return excess > 0 ? earned - excess * 1000 : earned;
  }
}
