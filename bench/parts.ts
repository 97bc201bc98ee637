/** Everything that `npm run bench` can run, by name, in the order in which it runs. */
import * as cost from './cost/index.js';
import * as flame from './flame/index.js';
import * as growth from './growth/index.js';
import * as load from './load/index.js';
import * as micro from './micro/index.js';
import type { Section } from './report.js';
import * as simulate from './simulate/index.js';
import { SIDE_BY_SIDE } from './side-by-side/index.js';

export interface BenchOptions {
  /** Smaller and shorter: for CI, where figures only have to appear. */
  readonly quick: boolean;
  /** Only these; empty: all that there are. */
  readonly clients: readonly string[];
  /** How often each client does each scenario. */
  readonly runs: number;
  /** Size of the content, in MiB, instead of the scenario's own. */
  readonly mib: number | undefined;
}

export interface Part {
  readonly name: string;
  readonly doc: string;
  /** Whether it belongs to `--quick`: short, without root, without any other client. */
  readonly quick: boolean;
  readonly run: (options: BenchOptions) => Promise<Section>;
}

export const PARTS: readonly Part[] = [
  { name: 'micro', doc: 'framing, bitfields, picker, token bucket, mailbox, bencode: nanoseconds each', quick: true, run: micro.run },
  { name: 'growth', doc: 'how the total work grows with peers, pieces and torrents', quick: true, run: growth.run },
  { name: 'cost', doc: 'what watching costs a download: counting, the live page open, a trace', quick: true, run: cost.run },
  { name: 'load', doc: 'a torrent of 100,000 pieces and 50,000 files, until it is loaded: time and memory', quick: true, run: load.run },
  { name: 'simulate', doc: 'simulated swarms as they grow: CPU, messages and events a block', quick: true, run: simulate.run },
  ...SIDE_BY_SIDE,
];

/** Tools with arguments of their own: `npm run bench -- NAME ARGS...`. */
export interface Tool {
  readonly name: string;
  readonly doc: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

export const TOOLS: readonly Tool[] = [
  { name: 'flame', doc: 'draws CPU profiles, or that of a download it makes: CPU by part, and the stacks', run: flame.run },
];
