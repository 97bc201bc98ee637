/** What the console's `graph` prints: a line a process, with how often it told whom so far. Pure; made of what the kernel shows to onlookers. */
import { count } from '../base/format.js';
import type { Kernel } from '../kernel/kernel.js';

export type Observed = Pick<Kernel, 'processes' | 'edges'>;

interface Row {
  /** How many live. */
  of: number;
  waiting: number;
  heard: number;
  restarts: number;
}

/** Of a usual terminal. */
const WIDTH = 79;
const COLUMNS = ['process', 'of', 'waiting', 'heard'] as const;
const TELLS = 'tells';
const GAP = '  ';

/** In the order in which they started, supervisors left out; behind `tells`, the most comes first. Restarts are a column if there are any. */
export function graphLines(kernel: Observed): readonly string[] {
  const rows = [...rowsOf(kernel)];
  const crashed = rows.some(([, { restarts }]) => restarts > 0);
  const cells: readonly (readonly string[])[] = [
    [...COLUMNS, ...(crashed ? ['restarts'] : [])],
    ...rows.map(([name, r]) => [name, ...[r.of, r.waiting, r.heard, ...(crashed ? [r.restarts] : [])].map(count)]),
  ];
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(GAP) + GAP;
  const indent = line(cells[0]!).length;
  return cells.flatMap((row, i) => {
    const [first = '', ...more] = i === 0 ? [TELLS] : wrap(toldBy(row[0]!, kernel), Math.max(WIDTH - indent, 24));
    return [`${line(row)}${first}`.trimEnd(), ...more.map((rest) => ' '.repeat(indent) + rest)];
  });
}

function rowsOf(kernel: Observed): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const { process, group, depth, handled, restarts } of kernel.processes()) {
    if (group) continue;
    const row = rows.get(process) ?? { of: 0, waiting: 0, heard: 0, restarts: 0 };
    rows.set(process, row);
    row.of++;
    row.waiting += depth;
    row.heard += handled;
    row.restarts += restarts;
  }
  return rows;
}

/** `Files 12`, the most first. */
function toldBy(name: string, kernel: Observed): string[] {
  const told = new Map<string, number>();
  for (const { from, to, count: n } of kernel.edges()) if (from === name) told.set(to, (told.get(to) ?? 0) + n);
  return [...told].sort(([, a], [, b]) => b - a).map(([to, n]) => `${to} ${count(n)}`);
}

/** Items on lines no wider than this, with commas between. */
function wrap(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  items.forEach((item, i) => {
    const text = i < items.length - 1 ? `${item},` : item;
    const longer = lines.length === 0 ? text : `${lines.at(-1)} ${text}`;
    if (lines.length === 0 || longer.length > width) lines.push(text);
    else lines[lines.length - 1] = longer;
  });
  return lines;
}
