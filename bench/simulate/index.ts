/**
 * What a simulated swarm costs, as it grows: by peers, each of whom is connected to all others, and by the size of the content. A run is
 * what `simulate run` does: whole clients, every message between their processes, every block.
 */
import { parseScenario } from '../../src/sim/scenarios/parse.js';
import { describe } from '../../src/base/result.js';
import { BLOCK_BYTES, MIB, type Bytes } from '../../src/base/units.js';
import { titForTat } from '../../src/policy/choke/tit-for-tat.js';
import type { ChokePolicy } from '../../src/policy/choke/policy.js';
import { Observer } from '../../src/sim/observer.js';
import { peerSeconds } from '../../src/sim/report/summary.js';
import { simulate } from '../../src/sim/swarm.js';
import type { Section } from '../report.js';

export interface SwarmShape {
  readonly leechers: number;
  readonly size: Bytes;
}
export interface SwarmCost {
  readonly blocks: number;
  readonly messages: number;
  readonly events: number;
  readonly peerSeconds: number;
}

const SHAPES: readonly SwarmShape[] = [
  ...[12, 25, 50, 100].map((leechers) => ({ leechers, size: 16 * MIB })),
  ...[32, 64].map((size) => ({ leechers: 25, size: size * MIB })),
];
const SHAPES_QUICK: readonly SwarmShape[] = [{ leechers: 6, size: 2 * MIB }, { leechers: 12, size: 2 * MIB }, { leechers: 6, size: 4 * MIB }];
/** With pieces of this length 100 MiB are 400. */
const PIECE_BYTES = MIB / 4;

export async function run({ quick }: { readonly quick: boolean }): Promise<Section> {
  const shapes = quick ? SHAPES_QUICK : SHAPES;
  // The compiler's work belongs to none.
  await costOf(SHAPES_QUICK[0]!);
  const costs = [];
  for (const shape of shapes) {
    const begun = process.cpuUsage();
    const cost = await costOf(shape);
    const { user, system } = process.cpuUsage(begun);
    costs.push({ ...shape, ...cost, cpuMs: (user + system) / 1000 });
  }
  return {
    title: 'Simulated swarms', columns: ['leechers, MiB', 'CPU s', 'us a block', 'messages a block', 'events a block', 'peer-seconds a CPU-second'],
    rows: costs.map(({ leechers, size, cpuMs, blocks, messages, events, peerSeconds: lived }) => [
      `${leechers}, ${size / MIB}`, (cpuMs / 1000).toFixed(1), (cpuMs * 1000 / blocks).toFixed(0), (messages / blocks).toFixed(1),
      (events / blocks).toFixed(1), (lived / cpuMs * 1000).toFixed(0),
    ]),
    notes: ['One seed with 4 MB/s up; leechers with 1 MB/s up and 5 MB/s down; pieces of 256 KiB; tit-for-tat.'],
    json: costs,
  };
}

/** The same every time but for the CPU it takes. */
export async function costOf({ leechers, size }: SwarmShape): Promise<SwarmCost> {
  const scenario = parseScenario({ name: 'bench', size, pieceLength: PIECE_BYTES, peers: [
    { name: 'seed', has: 1, up: '4M', down: '10M' }, { name: 'leecher', count: leechers, up: '1M', down: '5M' },
  ] });
  if (!scenario.ok) throw new Error(describe(scenario.error));
  const observer = new Observer();
  const policy = { policy: titForTat as unknown as ChokePolicy, params: titForTat.defaults };
  const { members, clock } = await simulate({ scenario: scenario.value, policy, seed: 1 }, { turn: () => new Promise((done) => { setImmediate(done); }) },
    observer.watch);
  const messages = members.flatMap(({ client }) => client?.kernel.edges() ?? []).reduce((n, { count }) => n + count, 0);
  return { blocks: leechers * size / BLOCK_BYTES, messages, events: clock.events, peerSeconds: peerSeconds(observer.result()) };
}
