/**
 * Seeking: when who lacks peers asks the trackers for more, beside their own intervals (BEP 3 allows it). Soon, and ever more rarely while it
 * reaches nobody new: a small swarm of which all are connected is no reason to ask every minute for hours.
 */
import { MINUTE, SECOND, type Millis } from '../base/units.js';

const SOON: Millis = 10 * SECOND;
/** As often as mainline asked when it had few peers. */
const MOST: Millis = 5 * MINUTE;

export class Seeking {
  private wait = SOON;
  private dueAt: Millis = 0;

  /** When to ask next, if peers are lacking. */
  get at(): Millis {
    return this.dueAt;
  }

  asked(now: Millis): void {
    this.dueAt = now + this.wait;
    this.wait = Math.min(MOST, 2 * this.wait);
  }

  /** Somebody has been reached, so there may be more. */
  reached(now: Millis): void {
    this.wait = SOON;
    this.dueAt = Math.min(this.dueAt, now + SOON);
  }
}
