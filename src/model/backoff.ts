/**
 * Backoff: how long to wait after the n-th failure in a row. The ceiling doubles from `baseMs` up to `capMs`; the
 * delay is drawn from its upper half, so that peers or trackers that failed together do not come back together, and
 * nobody comes back at once.
 */
import type { Random } from '../base/random.js';
import type { Millis } from '../base/units.js';

export interface BackoffSpec {
  readonly baseMs: Millis;
  readonly capMs: Millis;
}

/** `failures` counts from 1; the result is a whole number of ms. */
export function backoffMs({ baseMs, capMs }: BackoffSpec, failures: number, random: Random): Millis {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(ceiling * (0.5 + random.unit() / 2));
}
