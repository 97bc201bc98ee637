/** Checks of a flash crowd: how full its uplinks are, and how seldom anybody has nothing to offer. */
import { KIB, MIB } from '../../base/units.js';
import { mean, median } from '../report/statistics.js';
import type { RunResult } from '../result.js';
import type { Check, CheckLab, Finding } from './check.js';

const UP = 50_000;
const crowd = async (lab: CheckLab, seedUp: number, more: object = {}): Promise<RunResult> => (await lab.results({
  size: 16 * MIB, pieceLength: 64 * KIB,
  peers: [{ name: 'seed', has: 1, up: seedUp, down: '1M' }, { name: 'home', count: 24, up: UP, down: '400K', ...more }],
}, []))[0]!;

/** Mean use of the leechers' uplinks until the first of them completes, without the first `skip` of that time. */
function used({ peers, series, sampleEvery, lasted }: RunResult, skip: number): number {
  const first = Math.min(...peers.map((p) => p.completed ?? lasted));
  const samples = series.find((s) => s.class === 'home')!.used;
  return mean(samples.filter((u, i) => u !== null && i * sampleEvery >= skip * first && (i + 1) * sampleEvery <= first) as number[]) ?? 0;
}
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const effectiveness: Check = {
  id: 'V5',
  claim: 'sharing is effective: eta = 1 - (ln M / M)^k for M pieces and k connections, 1.00 for 256 and 3',
  source: 'Qiu and Srikant, SIGCOMM 2004 (from memory)',
  async run(lab): Promise<Finding> {
    const eta = used(await crowd(lab, 8 * UP), 0.2);
    return { holds: eta >= 0.98, expected: 'uplinks at least 98 % used, after the first fifth', found: percent(eta) };
  },
};

export const uplinksInUse: Check = {
  id: 'V6',
  claim: 'a flash crowd uses its uplinks nearly wholly if the seed is strong, and less if it is as weak as one of them',
  source: 'Bharambe, Herley, Padmanabhan, INFOCOM 2006 (abstract; 90 % from memory)',
  async run(lab): Promise<Finding> {
    const [strong, weak] = [used(await crowd(lab, 8 * UP), 0), used(await crowd(lab, UP), 0)];
    return {
      holds: strong >= 0.9 && weak < strong, expected: 'at least 90 % from the very start with a strong seed, less with a weak one',
      found: `${percent(strong)} with eight times a leecher's uplink, ${percent(weak)} with once`,
    };
  },
};

export const entropy: Check = {
  id: 'V13',
  claim: 'leechers are nearly always interested in one another once a copy is out: in the median at least 90 % of the time',
  source: 'Legout, Urvoy-Keller, Michiardi, IMC 2006 (slides; the number is ours)',
  async run(lab): Promise<Finding> {
    const interest = (r: RunResult): number => median(r.peers.flatMap((p) => (p.seed ? [] : p.interested ?? []))) ?? 0;
    const [later, start] = [interest(await crowd(lab, 8 * UP, { has: 0.2 })), interest(await crowd(lab, UP))];
    return {
      holds: later >= 0.9, expected: 'at least 90 % where each begins with another fifth',
      found: `${percent(later)}; ${percent(start)} from nothing with a weak seed`,
    };
  },
};
