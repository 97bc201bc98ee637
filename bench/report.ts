/**
 * What a part of the benchmarks hands back, and how it is printed: a table with a title and remarks below it. Pure.
 * Cells are text; `json` is the same thing for programs, with every figure at its full precision.
 */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  /** As many cells as columns. */
  readonly rows: readonly (readonly string[])[];
  /** Remarks, a line each: goals met or not, what failed, what was left out and why. */
  readonly notes?: readonly string[];
  /** Something failed that should have worked: the run then ends with exit code 1. A goal not met is no failure. */
  readonly failed?: boolean;
  readonly json: unknown;
}

/** Columns are as wide as their widest cell; the first is text and goes left, the others are figures and go right. */
export function render({ title, columns, rows, notes = [] }: Section): string {
  const widths = columns.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    widths.map((width, i) => i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width)).join('  ').trimEnd();
  const table = rows.length === 0 ? [] : [line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
  return [title, '='.repeat(title.length), ...table, ...notes].join('\n');
}
