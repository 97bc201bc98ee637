/** The lines of a picture as points near to each other: where they pass, how long they are, and how often they cross. */
import type { Point } from './area.js';

/** Of a curve. */
const STEPS = 24;

/** Along SVG path data of moves, lines and cubic curves. */
export function walk(path: string): Point[] {
  const points: Point[] = [];
  for (const [, command, numbers] of path.matchAll(/([MLC])([^MLC]+)/g)) {
    const n = numbers!.trim().split(/ |(?=-)/).map(Number);
    const from = points.at(-1);
    const controls = Array.from({ length: n.length / 2 }, (_, i): Point => ({ x: n[2 * i]!, y: n[2 * i + 1]! }));
    if (command === 'M' || !from) points.push(controls[0]!);
    else for (let t = 1; t <= STEPS; t++) points.push(bezier([from, ...controls], t / STEPS));
  }
  return points;
}

/** De Casteljau's. */
function bezier(controls: readonly Point[], t: number): Point {
  const [only] = controls;
  if (controls.length === 1) return only!;
  return bezier(controls.slice(1).map((to, i) => mix(controls[i]!, to, t)), t);
}
const mix = (a: Point, b: Point, t: number): Point => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });

export const lengthOf = (line: readonly Point[]): number =>
  line.slice(1).reduce((sum, { x, y }, i) => sum + Math.hypot(x - line[i]!.x, y - line[i]!.y), 0);

/** How often any two lines cross. */
export function crossings(lines: readonly (readonly Point[])[]): number {
  let count = 0;
  lines.forEach((one, i) => {
    for (const other of lines.slice(i + 1)) {
      for (let k = 1; k < one.length; k++) {
        for (let m = 1; m < other.length; m++) if (cross(one[k - 1]!, one[k]!, other[m - 1]!, other[m]!)) count++;
      }
    }
  });
  return count;
}

const cross = (a: Point, b: Point, c: Point, d: Point): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

/** On which side of the line through a and b the point c is: its sign. */
const side = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
