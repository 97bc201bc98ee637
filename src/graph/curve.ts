/** A smooth line: the uniform cubic B-spline along the given points, which starts and ends on the first and the last, as SVG path data. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function curve(points: readonly Point[]): string {
  const [first, second] = points;
  const last = points.at(-1);
  if (!first || !second || !last) throw new Error('a line needs two points');
  if (points.length === 2) return `M${at(first)}L${at(second)}`;
  const bends = points.slice(1).map((b, i) => {
    const a = points[i]!;
    const c = points[i + 2] ?? b;
    return `C${at(mix(a, b, 1 / 3))} ${at(mix(a, b, 2 / 3))} ${at({ x: (a.x + 4 * b.x + c.x) / 6, y: (a.y + 4 * b.y + c.y) / 6 })}`;
  });
  return `M${at(first)}L${at(mix(first, second, 1 / 6))}${bends.join('')}L${at(last)}`;
}

/** A tenth of a pixel is fine enough, and the same on every machine. */
const at = ({ x, y }: Point): string => `${tenth(x)} ${tenth(y)}`;
export const tenth = (n: number): number => Math.round(n * 10) / 10 + 0;

const mix = (a: Point, b: Point, t: number): Point => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
