/** Rounds of CPU times -> a table: the median of each, and of its ratio to the one it is compared with, in the same round. Pure. */
import type { Section } from '../report.js';
import { median, summary } from '../stats.js';
import { WATCHINGS, type WatchingName } from './watched.js';

/** CPU time in ms. */
export type Round = ReadonlyMap<WatchingName, number>;

interface Context {
  readonly mib: number;
  readonly notes: readonly string[];
}

/** Of those without a goal. */
const USUAL: WatchingName = 'counting';

export function tell(rounds: readonly Round[], { mib, notes }: Context): Section {
  const found = WATCHINGS.map(({ name, goal }) => {
    const over = goal?.over ?? USUAL;
    const times = rounds.map((round) => round.get(name)!);
    return { name, over, times, ratios: rounds.map((round) => round.get(name)! / round.get(over)!), goal };
  });
  return {
    title: `cost: CPU of a download that is watched (${mib} MiB, ${rounds.length} rounds)`,
    columns: ['watched by', 'CPU s', 'over', 'ratio'],
    rows: found.map(({ name, over, times, ratios }) => [name, spread(times.map((ms) => ms / 1000), 2), name === 'nothing' ? '' : over,
      name === 'nothing' ? '' : spread(ratios, 3)]),
    notes: [
      ...found.flatMap(({ name, goal, over, ratios }) => {
        if (!goal) return [];
        const more = median(ratios) - 1;
        return [`goal ${more <= goal.most ? 'met' : 'NOT MET'}  ${name}: at most ${percent(goal.most)} over ${over}, is ${percent(more)}`];
      }),
      ...notes,
    ],
    json: { mib, rounds: rounds.map((round) => Object.fromEntries(round)) },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function spread(values: readonly number[], digits: number): string {
  const { median: middle, least, most } = summary(values);
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}-${most.toFixed(digits)})`;
}
