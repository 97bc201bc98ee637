/**
 * Timeouts: how long a peer may be silent while it owes us blocks before they are asked of others. Measured from the
 * last block or, if later, from the request: a block that waits behind others of a slow but steady peer is not late.
 * The estimate is that of TCP (RFC 6298), over the gaps between blocks: smoothed mean plus four mean deviations.
 * Bounds as in libtorrent: two seconds, since clocks are read once a second; a minute, since then the peer is snubbed.
 */
import type { Millis } from '../../base/units.js';

export const MIN_REQUEST_TIMEOUT_MS: Millis = 2_000;
export const MAX_REQUEST_TIMEOUT_MS: Millis = 60_000;
/** "Over a minute without a single piece of data" (BEP 3, Cohen 2003); wgo has the same. */
export const SNUBBED_AFTER_MS: Millis = 60_000;
/** RFC 6298, 2.3: a sample moves the mean by an eighth of the difference, the deviation by a quarter. */
const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;

export class RequestTimes {
  private mean: Millis = 0;
  private deviation: Millis = 0;
  private samples = 0;

  /** `gapMs`: from the block before (or from the request, if none was outstanding then) to this block. */
  observe(gapMs: Millis): void {
    if (this.samples++ === 0) {
      this.mean = gapMs;
      this.deviation = gapMs / 2;
      return;
    }
    this.deviation += DEVIATION_GAIN * (Math.abs(gapMs - this.mean) - this.deviation);
    this.mean += MEAN_GAIN * (gapMs - this.mean);
  }

  /** A peer of whom nothing is known has all the time there is. */
  get timeoutMs(): Millis {
    if (this.samples === 0) return MAX_REQUEST_TIMEOUT_MS;
    const expected = this.mean + 4 * this.deviation;
    return Math.min(MAX_REQUEST_TIMEOUT_MS, Math.max(MIN_REQUEST_TIMEOUT_MS, expected));
  }
}

export interface Debt {
  /** Since when the peer has owed us a block without a break, or null if it owes none. */
  readonly owingSince: Millis | null;
  /** When it last sent one. */
  readonly lastBlockAt: Millis | null;
}

/** How long it has sent no block while it owed us some. */
export const silence = ({ owingSince, lastBlockAt }: Debt, now: Millis): Millis =>
  (owingSince === null ? 0 : now - Math.max(owingSince, lastBlockAt ?? owingSince));
