/**
 * `node build/tools/roll-call.js [TRIES [SEED]]`: looks for an order of the roll call in which the picture of who tells whom is easy to read,
 * and prints each that is better than those before. To be run when a process came or its edges changed; whoever does takes the last line
 * into src/process/index.ts and runs `npm run diagrams`. The layout keeps the order of a list as far as it can, and knows nothing better.
 */
import { fromSeed, shuffled } from '../src/base/random.js';
import { layOut, type Layout } from '../src/graph/layout.js';
import { talks } from '../src/graph/talks.js';
import type { Declaration } from '../src/kernel/topology.js';
import { TOPOLOGY } from '../src/process/index.js';
import { crossings, lengthOf, walk } from '../src/graph/lines.js';

const TRIES = 2000;
/** An order that no change made better for so long is given up, for another by chance. */
const PATIENCE = 45;
/** Of a README, px: what is wider is shown smaller, and is hard to read. */
const WIDTH = 960;

const [tries = TRIES, seed = 1] = process.argv.slice(2).map(Number);
const random = fromSeed(seed);

interface Found {
  readonly order: readonly Declaration[];
  readonly layout: Layout;
  /** Less is better. */
  readonly burden: number;
}

let best = await look(TOPOLOGY);
tell(best);
for (let left = tries; left > 0;) {
  let here = await look(byChance(TOPOLOGY));
  for (let patience = PATIENCE; patience > 0 && left > 0; patience--, left--) {
    const next = await look(moved(here.order));
    if (next.burden < here.burden) patience = PATIENCE;
    if (next.burden <= here.burden) here = next;
  }
  if (here.burden < best.burden) tell(best = here);
}

async function look(order: readonly Declaration[]): Promise<Found> {
  const layout = await layOut(talks(order));
  const lines = layout.edges.map(({ path }) => walk(path));
  const length = lines.reduce((sum, line) => sum + lengthOf(line), 0);
  return { order, layout, burden: 60 * crossings(lines) + length / 20 + layout.height / 3 + 3 * Math.max(0, layout.width - WIDTH) };
}

/** Scopes stay in their order. */
function byChance(order: readonly Declaration[]): readonly Declaration[] {
  const scopes = [...new Set(order.map((d) => d.scope))];
  return scopes.flatMap((scope) => shuffled(order.filter((d) => d.scope === scope), random));
}

/** One takes the place of another of its scope. */
function moved(order: readonly Declaration[]): readonly Declaration[] {
  const one = order[random.below(order.length)]!;
  const places = order.flatMap((d, i) => (d.scope === one.scope && d !== one ? [i] : []));
  return order.filter((d) => d !== one).toSpliced(places[random.below(places.length)]!, 0, one);
}

function tell({ order, layout, burden }: Found): void {
  const count = crossings(layout.edges.map(({ path }) => walk(path)));
  process.stdout.write(`${burden.toFixed(0)}: ${count} crossings, ${layout.width} x ${layout.height}: ${order.map((d) => d.name).join(' ')}\n`);
}
