/** Everything that `npm run bench` can run, by name, in the order in which it runs. */
import type { Section } from './report.js';
import { SIDE_BY_SIDE } from './side-by-side/index.js';

export interface BenchOptions {
  /** Smaller and shorter: for CI, where figures only have to appear. */
  readonly quick: boolean;
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

export const PARTS: readonly Part[] = [...SIDE_BY_SIDE];

/** Tools with arguments of their own: `npm run bench -- NAME ARGS...`. */
export interface Tool {
  readonly name: string;
  readonly doc: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

export const TOOLS: readonly Tool[] = [];
