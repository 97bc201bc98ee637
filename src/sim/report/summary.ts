/**
 * Summary: from the results of runs to the figures of a report: one line a policy, over all its seeds. Every figure is
 * worked out a run at a time, and then its median over the runs and their middle half are told; of one run alone the
 * spread is that of its peers. Pure. Times in seconds; who never completes takes for ever.
 */
import type { PeerResult, RunResult } from '../result.js';
import { gini, jain, mean, median, spread, type Spread } from './statistics.js';

export interface ClassFigures {
  readonly class: string;
  /** From arrival to completion. */
  readonly time: Spread | undefined;
  /** Uploaded over downloaded. */
  readonly ratio: Spread | undefined;
  /** Of the uplink, while it had something to download. */
  readonly used: Spread | undefined;
  readonly peers: number;
  readonly completed: number;
}

export interface PolicyFigures {
  readonly policy: string;
  readonly runs: number;
  readonly classes: readonly ClassFigures[];
  /** Of all who downloaded, whatever their class. */
  readonly all: ClassFigures;
  /** Of the completion times: how alike peers fare. */
  readonly jain: Spread | undefined;
  /** Of what peers uploaded: how unevenly the work is spread. */
  readonly gini: Spread | undefined;
  readonly optimisticReturned: Spread | undefined;
  readonly chokeChanges: Spread | undefined;
  readonly entropy: Spread | undefined;
}

/** In the order in which the policies first come. */
export function summarize(results: readonly RunResult[]): PolicyFigures[] {
  const policies = [...new Set(results.map((r) => r.policy))];
  return policies.map((policy) => figuresOf(policy, results.filter((r) => r.policy === policy)));
}

/** Classes of those who download. */
export const classesOf = ({ peers }: RunResult): string[] => [...new Set(peers.filter((p) => !p.seed).map((p) => p.class))];

export const timeOf = ({ arrived, completed }: PeerResult): number => (completed === null ? Infinity : completed - arrived);
export const ratioOf = ({ uploaded, downloaded }: PeerResult): number => uploaded / Math.max(1, downloaded);

/** How long its peers took part, together. */
export const peerSeconds = ({ peers, lasted }: RunResult): number =>
  peers.reduce((n, { left, arrived }) => n + Math.max(0, (left ?? lasted) - arrived), 0);

function figuresOf(policy: string, runs: readonly RunResult[]): PolicyFigures {
  const over = (figure: (run: RunResult) => number | undefined): Spread | undefined =>
    spread(runs.map(figure).filter((value) => value !== undefined));
  return {
    policy, runs: runs.length,
    classes: classesOf(runs[0]!).map((name) => classFigures(name, runs, (p) => p.class === name)),
    all: classFigures('all', runs, () => true),
    jain: over((run) => jain(leechers(run).map(timeOf).filter(Number.isFinite))),
    gini: over((run) => gini(leechers(run).map((p) => p.uploaded))),
    optimisticReturned: over(({ optimistic: { tried, returned } }) => (tried === 0 ? undefined : returned / tried)),
    chokeChanges: over((run) => run.chokeChanges),
    entropy: over((run) => median(leechers(run).flatMap((p) => p.interested ?? []))),
  };
}

const leechers = ({ peers }: RunResult): PeerResult[] => peers.filter((p) => !p.seed);

function classFigures(name: string, runs: readonly RunResult[], belongs: (p: PeerResult) => boolean): ClassFigures {
  const members = runs.map((run) => leechers(run).filter(belongs));
  /** Over the runs' medians; of one run, over its peers. */
  const over = (figure: (p: PeerResult) => number): Spread | undefined =>
    spread(members.length === 1 ? members[0]!.map(figure) : members.flatMap((peers) => median(peers.map(figure)) ?? []));
  const all = members.flat();
  return {
    class: name, time: over(timeOf), ratio: over(ratioOf), used: spread(runs.flatMap((run) => usedBy(run, name) ?? [])),
    peers: all.length, completed: all.filter((p) => p.completed !== null).length,
  };
}

/** Mean use of the uplinks of a class (`all`: of all but seeds) until half of its peers have completed. */
function usedBy(run: RunResult, name: string): number | undefined {
  const names = name === 'all' ? classesOf(run) : [name];
  const half = median(leechers(run).filter((p) => names.includes(p.class)).map((p) => p.completed ?? run.lasted)) ?? 0;
  const series = run.series.filter((s) => names.includes(s.class));
  return mean(series.flatMap(({ used }) => used.filter((u, i) => u !== null && (i + 1) * run.sampleEvery <= half)) as number[]);
}
