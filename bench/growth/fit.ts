/** The power law that fits a series best: cost = a * size ^ exponent, by least squares over the logarithms. Pure. */
export interface Point {
  readonly size: number;
  readonly cost: number;
}
export interface Fit {
  readonly exponent: number;
  /** Part of the variation that the law explains: 1 is all. */
  readonly r2: number;
}

/** Of two points or more, of different sizes; all figures above zero. */
export function fit(points: readonly Point[]): Fit {
  const xs = points.map(({ size }) => Math.log(size));
  const ys = points.map(({ cost }) => Math.log(cost));
  const [mx, my] = [mean(xs), mean(ys)];
  const sxx = sum(xs.map((x) => (x - mx) ** 2));
  const syy = sum(ys.map((y) => (y - my) ** 2));
  const sxy = sum(xs.map((x, i) => (x - mx) * (ys[i]! - my)));
  return { exponent: sxy / sxx, r2: syy === 0 ? 1 : sxy ** 2 / (sxx * syy) };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
