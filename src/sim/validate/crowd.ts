/** Checks of a flash crowd: how full its uplinks are, and how seldom anybody has nothing to offer. */
import { KIB, MIB } from '../../base/units.js';
import type { PickOrder } from '../../policy/pick/selection.js';
import { mean, median } from '../report/statistics.js';
import type { RunResult } from '../result.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';

const LINK = 50_000;
/** Twenty-four alike and a seed that gives so many times what each does. */
const crowd = (lab: CheckLab, strength: number, more: object = {}, seed = 1): Promise<RunResult> => lab.result({
  size: 16 * MIB, pieceLength: 64 * KIB,
  peers: [
    { name: 'seed', has: 1, up: strength * LINK, down: '1M', limitsUpTo: LIMITS_UP_TO },
    { name: 'home', count: 24, up: LINK, down: 8 * LINK, limitsUpTo: LIMITS_UP_TO, ...more },
  ],
}, [], seed);

/** Mean use of what the leechers may give from the part `skip` of the time until `end` on. */
function used({ series, sampleEvery }: RunResult, end: number, skip = 0): number {
  const samples = series.find((s) => s.class === 'home')!.used;
  return mean(samples.filter((u, i) => u !== null && i * sampleEvery >= skip * end && (i + 1) * sampleEvery <= end) as number[])! / LIMITS_UP_TO;
}
const done = ({ peers, lasted }: RunResult): number[] => peers.flatMap((p) => (p.seed ? [] : p.completed ?? lasted));
const untilFirst = (r: RunResult): number => Math.min(...done(r));
const untilLast = (r: RunResult): number => Math.max(...done(r));
const untilHalf = (r: RunResult): number => median(done(r))!;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const effectiveness: Check = {
  id: 'V5',
  claim: 'sharing is effective: eta = 1 - (ln M / M)^k for M pieces and k connections, 1.00 for 256 and 3',
  source: 'Qiu and Srikant, SIGCOMM 2004 (from memory)',
  async run(lab): Promise<Finding> {
    const run = await crowd(lab, 8);
    const eta = used(run, untilFirst(run), 0.2);
    return { holds: eta >= 0.98, expected: 'uplinks at least 98 % used, after the first fifth', found: percent(eta) };
  },
};

export const uplinksInUse: Check = {
  id: 'V6',
  claim: 'a flash crowd uses its uplinks nearly wholly if the seed is strong, and less if it is as weak as one of them',
  source: 'Bharambe, Herley, Padmanabhan, INFOCOM 2006 (abstract; 90 % from memory)',
  async run(lab): Promise<Finding> {
    const use = async (strength: number): Promise<number> => {
      const run = await crowd(lab, strength);
      return used(run, untilFirst(run));
    };
    const [strong, weak] = [await use(8), await use(1)];
    return {
      holds: strong >= 0.9 && weak < strong, expected: 'at least 90 % from the very start with a strong seed, less with a weak one',
      found: `${percent(strong)} with eight times a leecher's uplink, ${percent(weak)} with once`,
    };
  },
};

export const rarestOrAny: Check = {
  id: 'V7',
  claim: 'with a scarce seed, picking at random leaves uplinks idler than rarest first and has a longer tail of last blocks',
  source: 'Bharambe, Herley, Padmanabhan, INFOCOM 2006 (abstract, memory)',
  async run(lab): Promise<Finding> {
    const seeds = 10;
    const of = async (picks: PickOrder): Promise<RunResult[]> => {
      const runs: RunResult[] = [];
      for (let seed = 1; seed <= seeds; seed++) runs.push(await crowd(lab, 2, { picks, leaves: 0 }, seed));
      return runs;
    };
    const [rarest, random] = [await of('rarest'), await of('random')];
    const idler = rarest.filter((run, i) => used(random[i]!, untilHalf(random[i]!)) < used(run, untilHalf(run))).length;
    const later = rarest.filter((run, i) => untilLast(random[i]!) > untilLast(run)).length;
    const told = (runs: readonly RunResult[]): string =>
      `${percent(median(runs.map((r) => used(r, untilHalf(r))))!)}, ${median(runs.map(untilLast))!.toFixed(0)} s`;
    return {
      holds: idler >= 0.9 * seeds && later >= 0.9 * seeds,
      expected: 'in nine of ten runs less of the uplinks used until half are done, and the last done later',
      found: `in ${idler}, and in ${later}; medians: rarest first ${told(rarest)}, random ${told(random)}`,
    };
  },
};

export const entropy: Check = {
  id: 'V13',
  claim: 'leechers are nearly always interested in one another once a copy is out: in the median at least 90 % of the time',
  source: 'Legout, Urvoy-Keller, Michiardi, IMC 2006 (slides; the number is ours)',
  async run(lab): Promise<Finding> {
    const interest = (r: RunResult): number => median(r.peers.flatMap((p) => (p.seed ? [] : p.interested ?? []))) ?? 0;
    const [later, start] = [interest(await crowd(lab, 8, { has: 0.2 })), interest(await crowd(lab, 1))];
    return {
      holds: later >= 0.9, expected: 'at least 90 % where each begins with another fifth',
      found: `${percent(later)}; ${percent(start)} from nothing with a weak seed`,
    };
  },
};
