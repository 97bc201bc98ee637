/**
 * Trials of several clients -> one table: the median of each figure with its least and most, ratios against one of the
 * clients, and each goal with what was reached. Pure. A trial that failed has no figures and is a remark; a client none of
 * whose trials succeeded has an empty line, and goals that need it are unknown, never met.
 */
import type { Section } from '../report.js';
import { median, summary } from '../stats.js';

/** By the key of its metric. */
export type Sample = Readonly<Record<string, number>>;

export interface Trial {
  readonly client: string;
  /** From 1 on. */
  readonly run: number;
  readonly outcome: Sample | { readonly error: string };
}

export interface Goal {
  readonly most: number;
  /** The client whose median is the unit of `most`; without, `most` is in the metric's own. */
  readonly of?: string;
}

export interface Metric {
  readonly key: string;
  readonly head: string;
  readonly show: (value: number) => string;
  /** For actorrent. */
  readonly goal?: Goal;
}

export interface Comparison {
  readonly title: string;
  readonly metrics: readonly Metric[];
  /** In the order of the table. */
  readonly clients: readonly string[];
  /** The others are shown as multiples of it. */
  readonly baseline?: string;
  readonly trials: readonly Trial[];
  readonly notes: readonly string[];
}

const US = 'actorrent';

export function compare({ title, metrics, clients, baseline, trials, notes }: Comparison): Section {
  const values = (client: string, { key }: Metric): readonly number[] => trials.flatMap((t) =>
    t.client === client && isSample(t.outcome) && t.outcome[key] !== undefined ? [t.outcome[key]] : []);
  const middle = (client: string, metric: Metric): number => median(values(client, metric));
  const rated = baseline === undefined ? [] : metrics.filter((m) => m.goal?.of !== undefined);

  const rows = clients.map((client) => {
    const good = trials.filter((t) => t.client === client && isSample(t.outcome)).length;
    return [
      client, String(good),
      ...metrics.map((m) => spread(values(client, m), m.show)),
      ...rated.map((m) => multiple(middle(client, m) / middle(baseline!, m))),
    ];
  });
  const goals = metrics.flatMap((m) => m.goal === undefined ? [] : [reached(m, m.goal, (client) => middle(client, m))]);
  const failures = trials.flatMap(({ client, run, outcome }) =>
    isSample(outcome) ? [] : [{ client, run, error: outcome.error }]);
  return {
    title,
    columns: ['client', 'runs', ...metrics.map((m) => m.head), ...rated.map((m) => `${m.head.split(' ')[0]}/${baseline}`)],
    rows,
    notes: [
      ...goals.map((g) => g.line), ...notes,
      ...failures.map(({ client, run, error }) => `FAILED: ${client}, run ${run}: ${error}`),
    ],
    failed: failures.length > 0,
    json: {
      title, trials,
      medians: Object.fromEntries(clients.map((client) =>
        [client, Object.fromEntries(metrics.map((m) => [m.key, middle(client, m)]))])),
      goals: goals.map((g) => g.json),
    },
  };
}

const isSample = (outcome: Trial['outcome']): outcome is Sample => typeof outcome.error !== 'string';

function spread(values: readonly number[], show: Metric['show']): string {
  if (values.length === 0) return '-';
  const { median: middle, least, most } = summary(values);
  return values.length === 1 ? show(middle) : `${show(middle)} (${show(least)}-${show(most)})`;
}

const multiple = (ratio: number): string => Number.isNaN(ratio) ? '-' : ratio.toFixed(2);

interface Reached {
  readonly line: string;
  readonly json: object;
}

function reached({ key, head, show }: Metric, { most, of }: Goal, middle: (client: string) => number): Reached {
  const value = of === undefined ? middle(US) : middle(US) / middle(of);
  const met = Number.isNaN(value) ? undefined : value <= most;
  const word = met === undefined ? 'unknown' : met ? 'met' : 'NOT MET';
  const figure = of === undefined ? show(value) : multiple(value);
  const wanted = of === undefined ? show(most) : `${most} of ${of}'s`;
  return {
    line: `goal ${word.padEnd(7)}  ${head}: at most ${wanted}, is ${met === undefined ? 'not known' : figure}`,
    json: { metric: key, most, ...(of !== undefined && { of }), value: met === undefined ? null : value, met: met ?? null },
  };
}
