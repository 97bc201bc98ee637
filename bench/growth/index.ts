/**
 * How the total work of a client grows with peers, pieces and torrents, each doubled some times while the others stay: messages between
 * processes, steps of the code, and CPU time. An exponent of 1 is linear; what costs more than linear is a defect. Steps and messages are
 * the work itself, and exact; time also tells of what no step shows, and of caches: where it grows and they do not, a step takes longer.
 */
import type { Section } from '../report.js';
import { fit, type Fit } from './fit.js';
import { stepsOf } from './steps.js';
import { PIECE_BYTES, World, type WorldShape } from './world.js';

/** Of messages and steps: a queue in order of time takes a logarithm more. */
const MOST_WORK = 1.05;
/** Noise and caches are worth this much. */
const MOST_TIME = 1.15;

export interface Series {
  readonly what: string;
  /** The smallest size. */
  readonly from: number;
  readonly of: (size: number) => WorldShape;
}
interface Cost {
  readonly size: number;
  /** CPU time of the process, in ms. */
  readonly cpu: number;
  readonly messages: number;
  readonly steps: number;
}
interface Growth {
  readonly what: string;
  readonly costs: readonly Cost[];
  readonly cpu: Fit;
  readonly messages: Fit;
  readonly steps: Fit;
}

/** A minute has six rounds of choking, downloads and quiet. */
const LASTS = 60_000;
const PIECES = 1024;
export const SERIES: readonly Series[] = [
  // So slow a download meets all peers, and each hears of most pieces.
  { what: 'peers', from: 32, of: (peers) => ({ torrents: 1, peers, pieces: PIECES, lasts: LASTS, down: PIECES * PIECE_BYTES / 30 }) },
  { what: 'pieces', from: 512, of: (pieces) => ({ torrents: 1, peers: 8, pieces }) },
  { what: 'torrents', from: 16, of: (torrents) => ({ torrents, peers: 4, pieces: 32, lasts: LASTS }) },
];
const DOUBLINGS = 4;
const DOUBLINGS_QUICK = 2;
const TRIES = 3;

export async function run({ quick }: { readonly quick: boolean }): Promise<Section> {
  const growths: Growth[] = [];
  for (const series of SERIES) growths.push(await growthOf(series, quick));
  return {
    title: 'Growth of the total work',
    columns: ['doubled', 'from', 'to', 'CPU ms', 'CPU us each', 'exponent', 'R2', 'messages each', 'exponent', 'steps each', 'exponent'],
    rows: growths.map(row),
    notes: growths.map(verdict),
    json: growths,
  };
}

async function growthOf({ what, of, from }: Series, quick: boolean): Promise<Growth> {
  const sizes = Array.from({ length: 1 + (quick ? DOUBLINGS_QUICK : DOUBLINGS) }, (_, i) => from * 2 ** i);
  // The compiler's work belongs to no size.
  await new World(of(from * 2)).run();
  const steps = await stepsOf(sizes.map(of));
  const costs: Cost[] = [];
  for (const [i, size] of sizes.entries()) costs.push({ size, steps: steps[i]!, ...await costOf(of(size), quick ? 1 : TRIES) });
  return {
    what, costs,
    cpu: fit(costs.map(({ size, cpu }) => ({ size, cost: cpu }))),
    messages: fit(costs.map(({ size, messages }) => ({ size, cost: messages }))),
    steps: fit(costs.map((cost) => ({ size: cost.size, cost: cost.steps }))),
  };
}

export function verdict({ what, cpu, messages, steps }: Pick<Growth, 'what' | 'cpu' | 'messages' | 'steps'>): string {
  const work = Math.max(messages.exponent, steps.exponent);
  if (work > MOST_WORK) return `DEFECT: with more ${what} the work grows as size ^ ${work.toFixed(2)}; at most ${MOST_WORK} is linear.`;
  if (cpu.exponent <= MOST_TIME) return `With more ${what} neither work nor time grows faster than they do.`;
  return `With more ${what} the work is linear, but not the time that a step of it takes: size ^ ${cpu.exponent.toFixed(2)} is over ${MOST_TIME}. `
    + 'That is caches and the collector, or a built-in function that is given ever more.';
}

/** The least of some tries, for whatever disturbs only adds. */
async function costOf(shape: WorldShape, tries: number): Promise<Pick<Cost, 'cpu' | 'messages'>> {
  let cpu = Infinity;
  let messages = 0;
  for (let i = 0; i < tries; i++) {
    const world = new World(shape);
    const begun = process.cpuUsage();
    ({ messages } = await world.run());
    const { user, system } = process.cpuUsage(begun);
    cpu = Math.min(cpu, (user + system) / 1000);
  }
  return { cpu, messages };
}

function row({ what, costs, cpu, messages, steps }: Growth): string[] {
  const [first, last] = [costs[0]!, costs.at(-1)!];
  const each = (of: (c: Cost) => number): string => `${(of(first) / first.size).toFixed(0)} .. ${(of(last) / last.size).toFixed(0)}`;
  return [what, `${first.size}`, `${last.size}`, `${first.cpu.toFixed(0)} .. ${last.cpu.toFixed(0)}`, each((c) => c.cpu * 1000),
    cpu.exponent.toFixed(2), cpu.r2.toFixed(3), each((c) => c.messages), messages.exponent.toFixed(2),
    each((c) => c.steps), steps.exponent.toFixed(2)];
}
