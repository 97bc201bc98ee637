/** Checks of other strategies than mainline's: one peer with one among many with mainline's, and swarms of nothing else. */
import { MIB } from '../../base/units.js';
import { mean, median } from '../report/statistics.js';
import { timeOf } from '../report/summary.js';
import type { PeerResult, RunResult } from '../result.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';

const MAINLINE = 'mainline-4';
/** Of one peer each. */
const RUNS = 6;
const [LEAST_UP, TAIL, COUNT] = [20_000, 1.2, 30];
/** The middles of so many equal parts of a Pareto distribution: half have less than 36 KB/s, the first more than 600. */
const HEAVY_TAIL = Array.from({ length: COUNT }, (_, i) => Math.round(LEAST_UP * (1 - (i + 0.5) / COUNT) ** (-1 / TAIL)));
/** 1 Mbit/s: more than four in five have. */
const ONE_UP = 125_000;

interface Swarm {
  readonly ups: readonly number[];
  /** Of those, and of one more. */
  readonly policy: readonly string[];
  readonly one?: readonly string[];
  readonly runs: number;
}

/** Peers that come at once and leave when complete, with one seed, which is mainline's. */
const swarms = (lab: CheckLab, { ups, policy, one, runs }: Swarm): Promise<RunResult[]> => {
  const [name, ...params] = policy;
  const link = { down: '1M', limitsUpTo: LIMITS_UP_TO, leaves: 0 };
  return lab.results({
    size: 16 * MIB, pieceLength: '128Ki', lasts: 7200, peers: [
      { ...link, name: 'seed', has: 1, up: '500K', policy: MAINLINE, leaves: 'never' },
      ...ups.map((up, i) => ({ ...link, name: `${i}`, up, policy: name, params })),
      ...(one ? [{ ...link, name: 'one', up: ONE_UP }] : []),
    ],
  }, one ?? policy, runs);
};

const leechers = ({ peers }: RunResult): PeerResult[] => peers.filter((p) => !p.seed);
const timesOfOne = async (lab: CheckLab, policy: string, ups: readonly number[]): Promise<number[]> =>
  (await swarms(lab, { ups, policy: [MAINLINE], one: [policy], runs: RUNS })).map((r) => timeOf(r.peers.at(-1)!));
const speedUp = (before: readonly number[], after: readonly number[]): number => median(before.map((t, i) => t / after[i]!))!;

export const oneTyrant: Check = {
  id: 'V17',
  claim: 'one BitTyrant among mainline clients is 1.7 times as fast in the median where uplinks differ much, no faster where they do not',
  source: 'Piatek et al., NSDI 2007 (abstract; the control is ours)',
  explained: 'of thirty the fast, whose slots grow with their uplinks, unchoke most whatever they get; in a flash crowd nobody is done long '
    + 'before the content is out; and a price of 16 KiB/s is twice what peers cost here, which its rounds of 10 s never find out',
  async run(lab): Promise<Finding> {
    const gain = async (ups: readonly number[]): Promise<number> =>
      speedUp(await timesOfOne(lab, MAINLINE, ups), await timesOfOne(lab, 'bittyrant', ups));
    const [differing, alike] = [await gain(HEAVY_TAIL), await gain(HEAVY_TAIL.map(() => ONE_UP))];
    return {
      holds: differing >= 1.3 && differing <= 2.2 && alike >= 0.9 && alike <= 1.1,
      expected: `1.3 to 2.2 in the median of ${RUNS} runs; 0.9 to 1.1 among its like`,
      found: `${differing.toFixed(2)}; ${alike.toFixed(2)}`,
    };
  },
};

export const allTyrants: Check = {
  id: 'V18',
  claim: 'a swarm of BitTyrants that keep what they need not spend is slower than one of mainline clients; spending it repairs that',
  source: 'Piatek et al., NSDI 2007 (abstract; the questions and answers on its page)',
  async run(lab): Promise<Finding> {
    const meanTime = async (...policy: string[]): Promise<number> =>
      mean((await swarms(lab, { ups: HEAVY_TAIL, policy, runs: 3 })).flatMap(leechers).map(timeOf))!;
    const [mainline, keeping, spending] = [
      await meanTime(MAINLINE), await meanTime('bittyrant', 'generous=no'), await meanTime('bittyrant', 'generous=yes'),
    ];
    return {
      holds: keeping > 1.1 * mainline && spending < keeping,
      expected: 'mean time a tenth longer than with mainline where the rest is kept, less where it is spent',
      found: `mainline-4 ${mainline.toFixed(0)} s; bittyrant ${keeping.toFixed(0)} s, and ${spending.toFixed(0)} s if generous`,
    };
  },
};

export const proportional: Check = {
  id: 'V20',
  claim: 'one PropShare is done no later than a mainline or BitTyrant client in its place',
  source: 'Levin, LaCurts, Spring, Bhattacharjee, SIGCOMM 2008 (project page)',
  explained: 'all three come in with the first of the swarm, in most runs; what they differ by is a tenth of what runs of one policy do',
  async run(lab): Promise<Finding> {
    const medianTime = async (policy: string): Promise<number> => median(await timesOfOne(lab, policy, HEAVY_TAIL))!;
    const [own, mainline, tyrant] = [await medianTime('propshare'), await medianTime(MAINLINE), await medianTime('bittyrant')];
    return {
      holds: own <= Math.min(mainline, tyrant), expected: `the least median of ${RUNS} runs each`,
      found: `propshare ${own.toFixed(0)} s, mainline-4 ${mainline.toFixed(0)} s, bittyrant ${tyrant.toFixed(0)} s`,
    };
  },
};

export const oweNothing: Check = {
  id: 'V21',
  claim: 'where all are FairTorrent, who gives gets back more nearly as much, and who gives much is done sooner',
  source: 'Sherman, Nieh, Stein, CoNEXT 2009 (abstract: up to two orders fairer, 60 to 100 % faster; here only the direction)',
  async run(lab): Promise<Finding> {
    const of = async (policy: string): Promise<{ unfairness: number; time: number }> => {
      const runs = await swarms(lab, { ups: HEAVY_TAIL, policy: [policy], runs: 3 });
      const givers = runs.flatMap((r) => leechers(r).filter((_, i) => HEAVY_TAIL[i]! > mean(HEAVY_TAIL)!));
      return { unfairness: mean(givers.map((p) => Math.abs(p.uploaded / p.downloaded - 1)))!, time: mean(givers.map(timeOf))! };
    };
    const [fair, mainline] = [await of('fairtorrent'), await of(MAINLINE)];
    return {
      holds: fair.unfairness < mainline.unfairness && fair.time < mainline.time,
      expected: 'of those who can give more than the mean, given/got nearer to 1 and a shorter mean time than with mainline',
      found: `off by ${fair.unfairness.toFixed(2)} in the mean, ${fair.time.toFixed(0)} s; with mainline-4 by `
        + `${mainline.unfairness.toFixed(2)}, ${mainline.time.toFixed(0)} s`,
    };
  },
};
