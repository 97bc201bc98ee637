/**
 * Gauges: the rates of one peer as one policy wants to see them. A policy with `rateRefreshMs` sees readings that are up to so old, as in
 * programs whose peers report now and then; all others see them as they are. Bytes/s, from our side.
 */
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';
import { createRate, type Rate } from '../../model/rate.js';
import type { ChokePolicy } from './policy.js';

export type Wanted = Pick<ChokePolicy, 'rates' | 'rateRefreshMs'>;

export interface Readings {
  readonly down: readonly BytesPerSec[];
  readonly up: readonly BytesPerSec[];
}

export class Gauges {
  private readonly down: readonly Rate[];
  private readonly up: readonly Rate[];
  private readonly refreshMs: Millis;
  private taken: Readings;
  private takenAt: Millis;

  constructor({ rates, rateRefreshMs = 0 }: Wanted, now: Millis) {
    this.down = rates.map((spec) => createRate(spec, now));
    this.up = rates.map((spec) => createRate(spec, now));
    this.refreshMs = rateRefreshMs;
    this.taken = { down: rates.map(() => 0), up: rates.map(() => 0) };
    this.takenAt = now;
  }

  add(now: Millis, moved: { readonly down: Bytes; readonly up: Bytes }): void {
    // A reading that falls due is of the time before these bytes.
    if (this.refreshMs > 0) this.read(now);
    for (const rate of this.down) rate.add(now, moved.down);
    for (const rate of this.up) rate.add(now, moved.up);
  }

  read(now: Millis): Readings {
    const late = now - this.takenAt;
    if (late < this.refreshMs) return this.taken;
    this.takenAt = this.refreshMs === 0 ? now : now - (late % this.refreshMs);
    this.taken = { down: this.down.map((rate) => rate.at(now)), up: this.up.map((rate) => rate.at(now)) };
    return this.taken;
  }
}
