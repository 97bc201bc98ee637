/** The summary as a table for a terminal: one line a policy, one column a class. Pure: figures in, lines out. */
import type { PolicyFigures } from './summary.js';
import type { Spread } from './statistics.js';

/** `123 (118-130)`; a dash where there is none or it never comes. */
export function spreadText(s: Spread | undefined, digits = 0): string {
  if (!s || !Number.isFinite(s.median)) return '-';
  const text = (n: number): string => (Number.isFinite(n) ? n.toFixed(digits) : 'never');
  return `${text(s.median)} (${text(s.low)}-${text(s.high)})`;
}

const percentText = (s: Spread | undefined): string => (s ? `${(s.median * 100).toFixed(0)} %` : '-');
const numberText = (s: Spread | undefined, digits: number): string => (s ? s.median.toFixed(digits) : '-');

export const summaryTable = (figures: readonly PolicyFigures[]): string[] => table(summaryRows(figures));

/** The headings, and a row a policy. */
export function summaryRows(figures: readonly PolicyFigures[]): string[][] {
  const classes = figures[0]?.classes.map((c) => c.class) ?? [];
  const head = ['policy', ...(classes.length > 1 ? classes : []), 'all', 'done', 'uplink', 'ratio', 'Jain', 'Gini', 'returned', 'changes'];
  const rows = figures.map((f) => [
    f.policy, ...(classes.length > 1 ? f.classes.map((c) => spreadText(c.time)) : []), spreadText(f.all.time),
    `${f.all.completed}/${f.all.peers}`, percentText(f.all.used), numberText(f.all.ratio, 2), numberText(f.jain, 3),
    numberText(f.gini, 3), percentText(f.optimisticReturned), numberText(f.chokeChanges, 2),
  ]);
  return [head, ...rows];
}

/** Columns as wide as they must be: the first to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ').trimEnd());
}

/** What the columns mean. */
export const LEGEND: readonly string[] = [
  'Times are seconds from arrival to completion: the median, and the middle half of runs (of one run: of peers).',
  'uplink: mean use until half have completed. Jain: of completion times, 1 is all alike. Gini: of bytes uploaded,',
  '0 is all alike. returned: optimistic unchokes that were returned. changes: choke bits a connection and minute.',
];
