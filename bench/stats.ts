/** The few statistics that a benchmark of a handful of runs can bear. Pure; all O(n log n). */

/** The middle one, or the mean of the two in the middle. Of nothing: NaN. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Least and most rather than a deviation: with five runs, these say how far to trust the median. */
export const summary = (values: readonly number[]): Summary =>
  ({ median: median(values), least: Math.min(...values), most: Math.max(...values) });
