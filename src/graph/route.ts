/**
 * The lines of a laid-out graph, as SVG path data. A line leaves its box straight, and enters straight; between two rows of boxes it swings
 * over, past a row it goes straight, so it is never behind a box. Labels are rows too, and a line has a gap at its own. Where several end at
 * one side of a process, each has a place of its own there, in the order of where they come from.
 */
import { tenth, type Area, type Point } from './area.js';
import type { GraphNode } from './model.js';

/** One that goes with the ranks: from a box of a row to one of a later row. */
export interface Course {
  readonly from: string;
  readonly to: string;
  /** Its path begins at `to`. */
  readonly isUp: boolean;
  /** Where it passes the rows between, and others, which do not count. */
  readonly points: readonly Point[];
  readonly labelArea?: Area;
}
export interface Plan {
  /** Of the ranks: rows stand below each other, or (columns) beside each other. */
  readonly direction: 'down' | 'right';
  readonly boxes: readonly (GraphNode & Area)[];
  readonly courses: readonly Course[];
}

/** Of lines at one side of a box, px. */
export const PORT_GAP = 15;
/** From the corner of a box to the first of many lines. */
const CORNER = 9;

/** Along the ranks, px. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}
/** A straight part of a line. */
interface Run extends Stretch {
  /** Where it is across. */
  readonly across: number;
  /** Where the label stands. */
  readonly gap?: Stretch;
}
/** A box. */
interface Span extends Stretch {
  /** Across. */
  readonly middle: number;
  /** Across, of the places at which lines may end. */
  readonly room: number;
}

/** The path of each course, in their order. */
export function route({ direction, boxes, courses }: Plan): string[] {
  const isDown = direction === 'down';
  const along = ({ x, y, width, height }: Area): Stretch => (isDown ? { start: y, end: y + height } : { start: x, end: x + width });
  const across = ({ x, y, width, height }: Area): { middle: number; breadth: number } =>
    (isDown ? { middle: x + width / 2, breadth: width } : { middle: y + height / 2, breadth: height });
  const spans = new Map(boxes.map((box): [string, Span] => {
    const { middle, breadth } = across(box);
    return [box.id, { ...along(box), middle, room: box.kind === 'process' ? breadth - 2 * CORNER : 0 }];
  }));
  const rows = rowsOf([...spans.values(), ...courses.flatMap(({ labelArea }) => labelArea ?? []).map(along)]);
  const passages = courses.map(({ from, to, points, labelArea }): Run[] => {
    const gap = labelArea && along(labelArea);
    const between = rows.filter((row) => row.start >= spans.get(from)!.end && row.end <= spans.get(to)!.start);
    return between.flatMap((row): Run[] => {
      const point = points.find(({ x, y }) => isWithin(isDown ? y : x, row));
      if (!point) return [];
      return [{ ...row, across: isDown ? point.x : point.y, ...(gap && isWithin(gap.start, row) && { gap }) }];
    });
  });
  const leaving = ports(courses.map(({ from, to }, i) => ({ box: from, towards: passages[i]![0]?.across ?? spans.get(to)!.middle })), spans);
  const entering = ports(courses.map(({ from, to }, i) => ({ box: to, towards: passages[i]!.at(-1)?.across ?? spans.get(from)!.middle })), spans);
  return courses.map(({ from, to, isUp }, i) => {
    const [start, end] = [spans.get(from)!.end, spans.get(to)!.start];
    const runs = [{ start, end: start, across: leaving[i]! }, ...passages[i]!, { start: end, end, across: entering[i]! }];
    return draw(isUp ? backwards(runs) : runs, (a, b) => (isDown ? `${tenth(b)} ${tenth(a)}` : `${tenth(a)} ${tenth(b)}`));
  });
}

const isWithin = (n: number, { start, end }: Stretch): boolean => start <= n && n <= end;

/** What overlaps, seen along the ranks, is one row. In order. */
function rowsOf(stretches: readonly Stretch[]): Stretch[] {
  const rows: { start: number; end: number }[] = [];
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    const last = rows.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else rows.push({ start, end });
  }
  return rows;
}

interface End {
  readonly box: string;
  /** Across, of where the line goes on. */
  readonly towards: number;
}

/** Where each line ends, across. */
function ports(ends: readonly End[], spans: ReadonlyMap<string, Span>): number[] {
  return ends.map((end) => {
    const { middle, room } = spans.get(end.box)!;
    const side = ends.filter(({ box }) => box === end.box).toSorted((a, b) => a.towards - b.towards);
    const gap = Math.min(PORT_GAP, room / Math.max(1, side.length - 1));
    return middle + (side.indexOf(end) - (side.length - 1) / 2) * gap;
  });
}

const turn = ({ start, end }: Stretch): Stretch => ({ start: end, end: start });
const backwards = (runs: readonly Run[]): Run[] => runs.toReversed().map((run) => ({ ...run, ...turn(run), ...(run.gap && { gap: turn(run.gap) }) }));

function draw(runs: readonly Run[], at: (along: number, across: number) => string): string {
  return runs.map(({ start, end, across, gap }, i) => {
    const before = runs[i - 1];
    if (!before) return `M${at(start, across)}`;
    const half = (before.end + start) / 2;
    const swing = `C${at(half, before.across)} ${at(half, across)} ${at(start, across)}`;
    return `${swing}${gap ? `L${at(gap.start, across)}M${at(gap.end, across)}` : ''}${end === start ? '' : `L${at(end, across)}`}`;
  }).join('');
}
