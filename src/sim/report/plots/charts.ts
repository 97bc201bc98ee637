/** The kinds of plot: lines, dots with their spreads, and a matrix. Pure: data in, SVG out. */
import type { Spread } from '../statistics.js';
import { at, colorOf, framed, label, svg, ticks, WIDTH, type Axis, type Frame } from './svg.js';

export interface Line {
  readonly name: string;
  /** In the order of x. */
  readonly points: readonly (readonly [number, number])[];
  /** Straight between points, or level until the next. */
  readonly steps?: boolean;
}

export const lines = (frame: Frame, all: readonly Line[]): string =>
  framed(frame, all.map((l) => l.name), ({ x, y }) => all.map(({ points, steps }, i) => {
    const path = points.map(([px, py], n) => {
      const [sx, sy] = [at(x(px)), at(y(py))];
      if (n === 0) return `M${sx},${sy}`;
      return steps ? `H${sx}V${sy}` : `L${sx},${sy}`;
    });
    return `<path class="line" stroke="${colorOf(i)}" d="${path.join('')}"/>`;
  }));

export interface Dot {
  readonly name: string;
  /** One for each column of `columns`; undefined: none. */
  readonly values: readonly (Spread | undefined)[];
}

export interface DotPlot {
  readonly axis: Axis;
  readonly columns: readonly string[];
  readonly rows: readonly Dot[];
}

const ROW = 22;
const NAME_WIDTH = 130;

/** One row a name, one dot a column: the median, and a bar over the middle half. */
export function dots(title: string, { axis, columns, rows }: DotPlot): string {
  const many = columns.length > 1;
  const height = 92 + rows.length * ROW + (many ? 20 : 0);
  const bottom = 44 + rows.length * ROW;
  const x = (v: number): number => NAME_WIDTH + (Math.min(v, axis.to) - axis.from) / (axis.to - axis.from) * (WIDTH - NAME_WIDTH - 24);
  const grid = ticks(axis).flatMap((v) => [
    `<line class="rule" x1="${at(x(v))}" x2="${at(x(v))}" y1="38" y2="${bottom}"/>`,
    label(x(v), bottom + 16, (axis.tick ?? String)(v), 'soft mid'),
  ]);
  const drawn = rows.flatMap(({ name, values }, row) => [
    label(NAME_WIDTH - 10, 58 + row * ROW, name, 'end'),
    ...values.flatMap((value, i) => {
      if (!value || !Number.isFinite(value.median)) return [];
      const y = 54 + row * ROW + (many ? (i - (columns.length - 1) / 2) * 4 : 0);
      const color = colorOf(i);
      const bar = `x1="${at(x(value.low))}" x2="${at(x(value.high))}" y1="${at(y)}" y2="${at(y)}"`;
      return [
        `<line stroke="${color}" stroke-width="3" stroke-opacity=".45" ${bar}/>`,
        `<circle cx="${at(x(value.median))}" cy="${at(y)}" r="4" fill="${color}"/>`,
      ];
    }),
  ]);
  const legend = !many ? [] : columns.flatMap((name, i) => [
    `<circle cx="${NAME_WIDTH + i * 110}" cy="${bottom + 49}" r="4" fill="${colorOf(i)}"/>`,
    label(NAME_WIDTH + 10 + i * 110, bottom + 53, name),
  ]);
  return svg(title, height, [...grid, ...drawn, label(WIDTH - 18, bottom + 34, axis.label, 'soft end'), ...legend]);
}

export interface Matrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** By row and column, 0 to 1; undefined: never met. */
  readonly cell: (row: number, column: number) => number | undefined;
}

const CELL = { height: 34, most: 96 } as const;

/** The darker, the more; the figure is in the cell, in per cent. */
export function matrix(title: string, { rows, columns, cell }: Matrix, note: string): string {
  const width = Math.min(CELL.most, (WIDTH - NAME_WIDTH - 20) / columns.length);
  const heads = columns.map((name, c) => label(NAME_WIDTH + (c + 0.5) * width, 56, name, 'soft mid'));
  const body = rows.flatMap((name, r) => [
    label(NAME_WIDTH - 10, 66 + (r + 0.62) * CELL.height, name, 'end'),
    ...columns.flatMap((_, c) => {
      const value = cell(r, c);
      const [x, y] = [NAME_WIDTH + c * width, 66 + r * CELL.height];
      const shade = value === undefined ? 0 : 0.06 + 0.7 * Math.min(1, value);
      const fill = `fill="${colorOf(0)}" fill-opacity="${shade.toFixed(3)}"`;
      return [
        `<rect x="${at(x)}" y="${y}" width="${at(width - 3)}" height="${CELL.height - 3}" rx="3" ${fill}/>`,
        label(x + (width - 3) / 2, y + 20, value === undefined ? '-' : (value * 100).toFixed(0), 'mid'),
      ];
    }),
  ]);
  const bottom = 66 + rows.length * CELL.height;
  return svg(title, bottom + 30, [...heads, ...body, label(NAME_WIDTH, bottom + 18, note, 'soft')]);
}
