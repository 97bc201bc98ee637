/** The statistics of the reports: order statistics, and two indices of how evenly something is spread. Pure. */

/** Linear between order statistics (Hyndman-Fan type 7); `q` from 0 to 1. Values may be Infinity. Undefined for none. */
export function quantile(values: readonly number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.ceil(at);
  if (sorted[below] === sorted[above]) return sorted[below]!;
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below);
}

export const median = (values: readonly number[]): number | undefined => quantile(values, 0.5);

export const mean = (values: readonly number[]): number | undefined =>
  (values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length);

/** A median, and the middle half of the values around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values)!, low: quantile(values, 0.25)!, high: quantile(values, 0.75)! };
}

/** Jain's fairness index: 1 where all are equal, 1/n where one has everything. Undefined where there is nothing. */
export function jain(values: readonly number[]): number | undefined {
  const sum = values.reduce((a, b) => a + b, 0);
  const squares = values.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? undefined : sum * sum / (values.length * squares);
}

/** Gini coefficient of values that are not negative: 0 where all are equal, near 1 where one has everything. */
export function gini(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const sum = sorted.reduce((a, b) => a + b, 0);
  if (sum === 0) return undefined;
  const weighted = sorted.reduce((acc, value, i) => acc + (i + 1) * value, 0);
  return 2 * weighted / (sorted.length * sum) - (sorted.length + 1) / sorted.length;
}

/** The straight line through points by least squares, and how much of the variance of `y` it explains (R squared). */
export function line(points: readonly (readonly [x: number, y: number])[]): { readonly slope: number; readonly r2: number } {
  const mx = mean(points.map(([x]) => x)) ?? 0;
  const my = mean(points.map(([, y]) => y)) ?? 0;
  const moment = (of: (dx: number, dy: number) => number): number => points.reduce((n, [x, y]) => n + of(x - mx, y - my), 0);
  const [xx, xy, yy] = [moment((dx) => dx * dx), moment((dx, dy) => dx * dy), moment((_, dy) => dy * dy)];
  return { slope: xy / xx, r2: xy * xy / (xx * yy) };
}
