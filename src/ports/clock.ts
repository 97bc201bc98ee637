/** Clock: the time of a run, real or virtual. */
import type { Millis } from '../base/units.js';

export type Cancel = () => void;

export interface Clock {
  /** Monotonic, from an arbitrary start. */
  now(): Millis;
  /** Milliseconds since 1970, for records and for people; never for measuring. */
  wall(): Millis;
  /** Runs once, `delay` from now at the earliest. */
  after(delay: Millis, run: () => void): Cancel;
}
