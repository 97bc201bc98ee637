/** Parameters, rate estimators and timing that many policies share, so that they have the same names and bounds everywhere. */
import { SECOND } from '../../base/units.js';
import type { RateSpec } from '../../model/rate.js';
import type { ParamSpec, Timing } from './policy.js';

interface Bounds {
  readonly min: number;
  readonly max: number;
}
export const whole = (initial: number, { min, max }: Bounds, doc: string): ParamSpec<number> =>
  ({ default: initial, min, max, integer: true, doc });

export const slots = (initial: number, doc = 'interested peers unchoked, the optimistic one included'): ParamSpec<number> =>
  whole(initial, { min: 1, max: 500 }, doc);
export const roundMs = (initial = 10 * SECOND): ParamSpec<number> =>
  whole(initial, { min: SECOND, max: 600 * SECOND }, 'length of a round, ms');
export const ouEvery = (doc = 'rounds that an optimistic unchoke lasts'): ParamSpec<number> =>
  whole(3, { min: 1, max: 1000 }, doc);
export const snubbedMs = (initial: number): ParamSpec<number> => whole(initial, { min: SECOND, max: 3600 * SECOND },
  'without a block for so long, a peer cannot win a regular slot, ms');

/** Mainline's estimator over 20 s: the rate of BEP 3 and Cohen's paper. */
export const TWENTY_SECONDS: RateSpec = { kind: 'decaying', maxMs: 20_000, fudgeMs: 5000 };

/** Decides once a round, and whatever happens between rounds waits for the next. */
export const byTimer = (p: { readonly roundMs: number }): Timing => ({ tickMs: p.roundMs, react: [], minHoldMs: 0 });
