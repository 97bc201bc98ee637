/**
 * Checks of one peer with a strategy of its own among many with mainline's. The client does not obey the caps and weights
 * that these policies ask for (docs/policies.md), so only their choices of whom to serve are tried here.
 */
import { timeOf } from '../report/summary.js';
import { median } from '../report/statistics.js';
import type { Check, CheckLab, Finding } from './check.js';

const RUNS = 5;

/** Seconds to completion of the one, of each run, among uplinks with a heavy tail or all like its own. */
async function timesOf(lab: CheckLab, policy: string, alike = false): Promise<number[]> {
  const others = { down: '1M', policy: 'mainline-4' };
  const results = await lab.results({
    size: '16Mi', pieceLength: '128Ki', lasts: 3600, peers: [
      { name: 'seed', has: 1, up: '500K', down: '1M', policy: 'mainline-4' },
      ...(alike ? [{ name: 'alike', count: 20, up: '125K', ...others }] : [
        { name: 'slow', count: 12, up: '20K', ...others }, { name: 'mid', count: 6, up: '60K', ...others },
        { name: 'fast', count: 3, up: '400K', ...others },
      ]),
      { name: 'one', up: '125K', down: '1M' },
    ],
  }, [policy], RUNS);
  return results.map((r) => timeOf(r.peers.at(-1)!));
}
const speedUp = (before: readonly number[], after: readonly number[]): number => median(before.map((t, i) => t / after[i]!))!;

export const oneTyrant: Check = {
  id: 'V17',
  claim: 'one BitTyrant among mainline clients is 1.7 times as fast in the median where uplinks differ much, no faster where they do not',
  source: 'Piatek et al., NSDI 2007 (abstract; the control is ours)',
  async run(lab): Promise<Finding> {
    const gain = speedUp(await timesOf(lab, 'mainline-4'), await timesOf(lab, 'bittyrant'));
    const control = speedUp(await timesOf(lab, 'mainline-4', true), await timesOf(lab, 'bittyrant', true));
    return {
      holds: gain >= 1.3 && gain <= 2.2 && control >= 0.9 && control <= 1.1,
      expected: `1.3 to 2.2 (control 0.9 to 1.1) in the median of ${RUNS} runs`,
      found: `${gain.toFixed(2)} (control ${control.toFixed(2)})`,
    };
  },
};

export const proportional: Check = {
  id: 'V20',
  claim: 'one PropShare is done no later than a mainline or BitTyrant client in its place',
  source: 'Levin, LaCurts, Spring, Bhattacharjee, SIGCOMM 2008 (project page)',
  async run(lab): Promise<Finding> {
    const medians: number[] = [];
    for (const policy of ['propshare', 'mainline-4', 'bittyrant']) medians.push(median(await timesOf(lab, policy))!);
    const [own = Infinity, ...others] = medians;
    return {
      holds: own <= Math.min(...others), expected: `the least median of ${RUNS} runs`,
      found: `propshare ${own.toFixed(0)} s, mainline-4 ${others[0]!.toFixed(0)} s, bittyrant ${others[1]!.toFixed(0)} s`,
    };
  },
};
