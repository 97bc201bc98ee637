/**
 * The figures of a report: which plots there are, and what each shows of the runs. Where several policies are compared
 * a plot has a colour for each; where there is only one, for each class of peers. Pure.
 */
import type { PairResult, RunResult } from '../../result.js';
import { mean, type Spread } from '../statistics.js';
import { classesOf, summarize, timeOf, type PolicyFigures } from '../summary.js';
import { dots, lines, matrix, type Line } from './charts.js';

export interface Figure {
  /** For a file name. */
  readonly id: string;
  /** What to see in it. */
  readonly caption: string;
  readonly svg: string;
}

const percent = (v: number): string => `${Math.round(v * 100)} %`;

export function figuresOf(results: readonly RunResult[]): Figure[] {
  const groups = summarize(results);
  const classes = classesOf(results[0]!);
  return [
    ...completion(results, groups, classes),
    utilisation(results, groups),
    byClass('time', groups, classes, { title: 'Time to complete, by class', label: 'seconds', of: (c) => c.time }),
    byClass('ratio', groups, classes, { title: 'Uploaded over downloaded, by class', label: 'share ratio', of: (c) => c.ratio }),
    ...groups.map((g) => unchoked(g.policy, results)),
    index('evenness', groups, {
      title: 'Jain index of completion times', to: 1, of: (g) => g.jain, caption: '1: all fare alike.',
    }),
    index('burden', groups, {
      title: 'Gini coefficient of bytes uploaded', to: 1, of: (g) => g.gini, caption: '0: all give alike.',
    }),
    index('optimistic', groups, {
      title: 'Optimistic unchokes that were returned', to: 1, of: (g) => g.optimisticReturned,
      caption: 'By leechers, before the unchoke ended.',
    }),
    index('changes', groups, {
      title: 'Choke bits that changed, a connection and minute', of: (g) => g.chokeChanges, caption: 'Less is calmer.',
    }),
    index('entropy', groups, {
      title: 'Interest in the leechers one is connected to', to: 1, of: (g) => g.entropy,
      caption: 'Near 1: everybody always has something for everybody, as rarest first should see to.',
    }),
  ];
}

// TIMES --------------------------------------------------------------------------------

function completion(results: readonly RunResult[], groups: readonly PolicyFigures[], classes: readonly string[]): Figure[] {
  const last = Math.max(1, ...results.flatMap((r) => r.peers.map(timeOf)).filter(Number.isFinite));
  const figure = (id: string, title: string, drawn: readonly Line[]): Figure => ({
    id, caption: 'Share of peers that had completed within this time of their arrival, over all runs.',
    svg: lines({ title, x: { label: 'seconds', from: 0, to: last }, y: { label: 'completed', from: 0, to: 1, tick: percent } }, drawn),
  });
  const line = (name: string, policy: string, kind: string): Line => {
    const peers = results.filter((r) => r.policy === policy).flatMap((r) => r.peers).filter((p) => p.class === kind);
    return { name, steps: true, points: cdf(peers.map(timeOf), last) };
  };
  const [only] = groups;
  if (groups.length === 1) return [figure('completion', 'Completion', classes.map((kind) => line(kind, only!.policy, kind)))];
  return classes.map((kind) => figure(`completion-${kind}`, `Completion: ${kind}`, groups.map((g) => line(g.policy, g.policy, kind))));
}

/** Of values up to `last`; those beyond it count in the whole. */
export function cdf(values: readonly number[], last: number): (readonly [number, number])[] {
  const sorted = values.filter((v) => v <= last).sort((a, b) => a - b);
  const steps = sorted.map((v, i) => [v, (i + 1) / values.length] as const);
  return [[0, 0], ...steps, [last, sorted.length / Math.max(1, values.length)]];
}

function utilisation(results: readonly RunResult[], groups: readonly PolicyFigures[]): Figure {
  const several = groups.length > 1;
  const names = several ? groups.map((g) => g.policy) : classesOf(results[0]!);
  const longest = Math.max(...results.map((r) => r.lasted));
  const drawn = names.map((name): Line => {
    const every = results[0]!.sampleEvery;
    const series = results.flatMap((r) => r.series.filter((s) =>
      (several ? r.policy === name && classesOf(r).includes(s.class) : s.class === name)));
    const length = Math.max(0, ...series.map((s) => s.used.length));
    const points = Array.from({ length }, (_, i) => [(i + 1) * every, mean(series.flatMap((s) => s.used[i] ?? []))] as const);
    return { name, points: points.filter((p): p is readonly [number, number] => p[1] !== undefined) };
  });
  return {
    id: 'utilisation', caption: 'Share of the leechers\' uplinks in use, the mean over all runs.',
    svg: lines({
      title: 'Uplinks in use', x: { label: 'seconds', from: 0, to: longest }, y: { label: 'used', from: 0, to: 1, tick: percent },
    }, drawn),
  };
}

// A POLICY A ROW -----------------------------------------------------------------------

interface Column {
  readonly title: string;
  readonly label: string;
  readonly of: (c: PolicyFigures['all']) => Spread | undefined;
}

function byClass(id: string, groups: readonly PolicyFigures[], classes: readonly string[], { title, label, of }: Column): Figure {
  const rows = groups.map((g) => ({ name: g.policy, values: g.classes.map(of) }));
  const caption = 'Medians; bars span the middle half of runs (of one run: of peers). No dot: half never completed.';
  const axis = { label, from: 0, to: highest(rows.flatMap((r) => r.values)) };
  return { id, caption, svg: dots(title, { columns: classes, rows, axis }) };
}

interface Index {
  readonly title: string;
  readonly of: (g: PolicyFigures) => Spread | undefined;
  readonly to?: number;
  readonly caption: string;
}

function index(id: string, groups: readonly PolicyFigures[], { title, of, to, caption }: Index): Figure {
  const rows = groups.map((g) => ({ name: g.policy, values: [of(g)] }));
  const axis = { label: '', from: 0, to: to ?? highest(rows.flatMap((r) => r.values)) };
  return { id, caption, svg: dots(title, { columns: [''], rows, axis }) };
}

const highest = (values: readonly (Spread | undefined)[]): number =>
  1.05 * Math.max(1e-9, ...values.flatMap((v) => (v && Number.isFinite(v.high) ? v.high : [])));

// WHO UNCHOKED WHOM --------------------------------------------------------------------

function unchoked(policy: string, results: readonly RunResult[]): Figure {
  const runs = results.filter((r) => r.policy === policy);
  const names = [...new Set(runs[0]!.peers.map((p) => p.class))];
  const sums = (from: string, to: string): PairResult[] =>
    runs.flatMap((r) => r.pairs.filter((p) => p.from === from && p.to === to));
  const total = (pairs: readonly PairResult[], of: (p: PairResult) => number): number => pairs.reduce((n, p) => n + of(p), 0);
  const cell = (row: number, column: number): number | undefined => {
    const pairs = sums(names[row]!, names[column]!);
    const connected = total(pairs, (p) => p.connected);
    return connected === 0 ? undefined : total(pairs, (p) => p.regular + p.optimistic) / connected;
  };
  return {
    id: `unchoked-${policy.replace(/[^A-Za-z0-9._-]+/g, '-')}`,
    caption: 'Per cent of the time connected in which a peer of the row unchoked one of the column.',
    svg: matrix(`Who unchoked whom: ${policy}`, { rows: names, columns: names, cell }, 'per cent of the time connected'),
  };
}
