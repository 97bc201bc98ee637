/**
 * How a small piece of code is timed: it runs warm, in batches large enough for the clock, and the figure is the median of several
 * samples with the distance of their quartiles. What a batch computes goes into a black hole, so that the compiler cannot leave it out.
 */
import { median } from '../stats.js';

export interface Case {
  readonly name: string;
  /** What one operation is: `block`, `message`. */
  readonly unit: string;
  /** What one operation moves or reads, where a throughput says more. */
  readonly bytes?: number;
  /** Makes a batch; not timed. */
  readonly prepare: () => Batch;
}
export interface Batch {
  readonly operations: number;
  /** Does them all. The result depends on each of them. */
  run(): number;
}
export interface Figure {
  readonly ns: number;
  /** Half the distance of the quartiles, as a part of the median. */
  readonly spread: number;
}
export interface Budget {
  /** For the samples of a case; a third of it more to warm up. */
  readonly ms: number;
  /** A fine clock, in ms. */
  readonly now: () => number;
}

const SAMPLES = 9;

export function measure({ prepare }: Case, { ms, now }: Budget): Figure {
  sample(prepare, { ms: ms / 3, now });
  const samples = Array.from({ length: SAMPLES }, () => sample(prepare, { ms: ms / SAMPLES, now }));
  return figureOf(samples);
}

/** Of nanoseconds an operation, sample by sample. */
export function figureOf(samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = median(sorted);
  const half = Math.ceil(sorted.length / 2);
  return { ns: middle, spread: (median(sorted.slice(-half)) - median(sorted.slice(0, half))) / 2 / middle };
}

/** Nanoseconds an operation, over at least one batch. */
function sample(prepare: () => Batch, { ms, now }: Budget): number {
  let spent = 0;
  let operations = 0;
  do {
    const batch = prepare();
    const begun = now();
    swallow(batch.run());
    spent += now() - begun;
    operations += batch.operations;
  } while (spent < ms);
  return spent * 1e6 / operations;
}

const blackHole = { last: 0 };

export function swallow(result: number): void {
  blackHole.last = result;
}
