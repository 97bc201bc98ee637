/**
 * Meter: a limit and its token bucket, and when what it holds is worth handing out. A limit may be null: then all can be had at once.
 */
import { BLOCK_BYTES, type Bytes, type BytesPerSec, type Level, type Millis } from '../base/units.js';
import { TokenBucket } from './token-bucket.js';

/** Smaller grants than this much of a second are not worth their messages; larger ones would show as bursts. */
const GRANT_MS: Millis = 100;
/** Nor is less than a packet carries: its headers, which no limit counts, would weigh as much as what is in it. */
const PACKET_BYTES: Bytes = 1400;

export class Meter {
  private rate: BytesPerSec | null;
  private readonly bucket: TokenBucket;

  /** `leastBurst`: see TokenBucket. */
  constructor(limit: BytesPerSec | null, now: Millis, leastBurst: Bytes = 2 * PACKET_BYTES) {
    this.rate = limit;
    this.bucket = new TokenBucket({ rate: limit, leastBurst }, now);
  }

  get limit(): BytesPerSec | null {
    return this.rate;
  }

  setLimit(limit: BytesPerSec | null, now: Millis): void {
    this.rate = limit;
    this.bucket.setRate(limit, now);
  }

  refill(now: Millis): void {
    this.bucket.refill(now);
  }

  /** Somebody waits, and nobody did before. After a pause it holds a grant, so that who comes need not wait, and no burst begins. */
  wake(now: Millis): void {
    if (this.rate !== null) this.bucket.wake(BLOCK_BYTES, now);
  }

  take(bytes: Bytes): void {
    this.bucket.take(bytes);
  }

  /** What can be had of what is wanted, as of the last refill; nothing while it is not worth a grant. */
  ripe(wants: Bytes): Bytes {
    const { level } = this.bucket;
    return level >= this.least(wants) ? Math.min(wants, level) : 0;
  }

  /** When that is more than nothing. */
  msUntilRipe(wants: Bytes, now: Millis): Millis {
    return this.bucket.msUntil(this.least(wants), now);
  }

  /** Undefined: no limit. */
  read(now: Millis): Level | undefined {
    if (this.rate === null) return undefined;
    this.refill(now);
    return { limit: this.rate, level: this.bucket.level, burst: this.bucket.burst };
  }

  private least(wants: Bytes): Bytes {
    if (this.rate === null) return 0;
    const worth = Math.max(PACKET_BYTES, Math.min(BLOCK_BYTES, Math.floor(this.rate * GRANT_MS / 1000)));
    return Math.min(wants, worth);
  }
}
