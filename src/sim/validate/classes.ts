/** Checks of swarms whose uplinks differ: who serves whom, who is done first, who gives more than it gets. */
import { classesOf, ratioOf, timeOf } from '../report/summary.js';
import { mean, median } from '../report/statistics.js';
import type { PeerResult, RunResult } from '../result.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';

const SEEDS = 3;
const CLASSES = [{ name: 'slow', up: 20_000 }, { name: 'mid', up: 50_000 }, { name: 'fast', up: 200_000 }];
interface Setting {
  readonly policy: readonly string[];
  readonly seedUp?: string;
  readonly counts?: readonly number[];
  readonly seeds?: number;
}
/** Three classes, which leave at completion, and one seed, which serves in turns whatever the policy of the others. */
const classes = (
  lab: CheckLab, { policy, seedUp = '400K', counts = [10, 10, 10], seeds = SEEDS }: Setting,
): Promise<RunResult[]> => lab.results({
  size: '32Mi', pieceLength: '256Ki', lasts: 3600, peers: [
    { name: 'seed', has: 1, up: seedUp, down: '1M', policy: 'tit-for-tat', limitsUpTo: LIMITS_UP_TO },
    ...CLASSES.map((c, i) => ({ ...c, count: counts[i], down: '1M', leaves: 0, limitsUpTo: LIMITS_UP_TO })),
  ],
}, policy, seeds);

/** Median over the runs of the class's median. */
const ofClass = (runs: readonly RunResult[], name: string, figure: (p: PeerResult) => number): number =>
  median(runs.map((r) => median(r.peers.filter((p) => p.class === name).map(figure))!))!;
const timesOf = (runs: readonly RunResult[]): number[] => CLASSES.map(({ name }) => ofClass(runs, name, timeOf));
const ratiosOf = (runs: readonly RunResult[]): number[] => CLASSES.map(({ name }) => ofClass(runs, name, ratioOf));
const leechers = (runs: readonly RunResult[]): PeerResult[] => runs.flatMap((r) => r.peers.filter((p) => !p.seed));
const list = (values: readonly number[], digits: number): string => values.map((v) => v.toFixed(digits)).join(', ');
const falling = ([a = 0, b = 0, c = 0]: readonly number[]): boolean => a > b && b > c;

/** How much more regular unchoke time a class gives to its own kind than chance would, by the time they were connected. */
function clustering(runs: readonly RunResult[]): number[] {
  return classesOf(runs[0]!).map((name) => median(runs.map(({ pairs }) => {
    const to = pairs.filter((p) => p.from === name && p.to !== 'seed');
    const own = to.find((p) => p.to === name);
    const sum = (f: 'regular' | 'connected'): number => to.reduce((n, p) => n + p[f], 0);
    return own ? own.regular / sum('regular') / (own.connected / sum('connected')) : 0;
  }))!);
}

export const fairness: Check = {
  id: 'V8',
  claim: 'slow peers get more than they give and fast ones less; tit for tat by blocks brings all ratios nearer to 1 than by rate',
  source: 'Bharambe, Herley, Padmanabhan, INFOCOM 2006 (abstract)',
  async run(lab): Promise<Finding> {
    const [rate, blocks] = [await classes(lab, { policy: ['bep3'] }), await classes(lab, { policy: ['block-tft'] })];
    const deviation = (runs: readonly RunResult[]): number => {
      const ratios = leechers(runs).map(ratioOf);
      return Math.sqrt(mean(ratios.map((r) => (r - mean(ratios)!) ** 2))!);
    };
    const [slow = 1, , fast = 1] = ratiosOf(rate);
    return {
      holds: slow < 1 && fast > 1 && deviation(blocks) < 0.9 * deviation(rate),
      expected: 'ratio slow < 1 < fast under bep3; a tenth less deviation under block-tft',
      found: `ratios ${list(ratiosOf(rate), 2)}, under block-tft ${list(ratiosOf(blocks), 2)}; `
        + `deviation ${deviation(rate).toFixed(2)} and ${deviation(blocks).toFixed(2)}`,
    };
  },
};

export const ownKind: Check = {
  id: 'V9',
  claim: 'with a strong seed each class unchokes its own kind more than 1.5 times as much as chance; with a weak one below 1.2',
  source: 'Legout, Liogkas, Kohler, Zhang, SIGMETRICS 2007 (abstract; set-up from memory; thresholds ours)',
  explained: 'fast and middling peers do cluster, and less with a weak seed; slow ones look upwards: at any time two of the faster unchoke '
    + 'each, and outbid all of its own kind for its three regular slots',
  async run(lab): Promise<Finding> {
    const [strong, weak] = [clustering(await classes(lab, { policy: ['bep3'] })),
      clustering(await classes(lab, { policy: ['bep3'], seedUp: '100K' }))];
    return {
      holds: strong.every((c) => c > 1.5) && weak.every((c) => c < 1.2),
      expected: 'slow, mid, fast: each above 1.5 with the strong seed, below 1.2 with the weak',
      found: `${list(strong, 2)} with a seed of 400 KB/s, ${list(weak, 2)} with one of 100 KB/s`,
    };
  },
};

export const incentive: Check = {
  id: 'V10',
  claim: 'who gives more is done sooner, and uplinks are well used',
  source: 'Legout, Liogkas, Kohler, Zhang, SIGMETRICS 2007 (abstract; 90 % from memory)',
  async run(lab): Promise<Finding> {
    const runs = await classes(lab, { policy: ['bep3'] });
    const used = mean(runs.map(useOfUplinks))!;
    return {
      holds: falling(timesOf(runs)) && used > 0.9,
      expected: 'time of slow > mid > fast; more than 90 % of what uplinks may give used until the first completes, after a fifth of that',
      found: `${list(timesOf(runs), 0)} s; ${(100 * used).toFixed(0)} % used`,
    };
  },
};

/** Of all that leechers may give together, from a fifth of the time until the first completes on. */
function useOfUplinks({ peers, series, sampleEvery, lasted }: RunResult): number {
  const end = Math.min(...peers.map((p) => p.completed ?? lasted)) / sampleEvery;
  let [given, could] = [0, 0];
  for (const { name, up } of CLASSES) {
    const { used, present } = series.find((s) => s.class === name)!;
    for (let i = Math.ceil(end / 5); i < Math.floor(end); i++) {
      given += up * present[i]! * used[i]!;
      could += up * present[i]! * LIMITS_UP_TO;
    }
  }
  return given / could;
}

export const altruism: Check = {
  id: 'V19',
  claim: 'where few have most of the capacity, about 80 % get more than they give',
  source: 'lecture slides on BitTyrant (qualitative)',
  async run(lab): Promise<Finding> {
    const runs = await classes(lab, { policy: ['mainline-4'], counts: [12, 12, 6] });
    const peers = leechers(runs);
    const gain = peers.filter((p) => p.downloaded > p.uploaded).length / peers.length;
    const byFast = peers.filter((p) => p.class === 'fast').reduce((n, p) => n + p.uploaded, 0) / peers.reduce((n, p) => n + p.uploaded, 0);
    return {
      holds: gain >= 0.65 && gain <= 0.95, expected: '65 to 95 % get more; the fast fifth has 59 % of the capacity',
      found: `${(100 * gain).toFixed(0)} % get more; the fast gave ${(100 * byFast).toFixed(0)} % of the bytes`,
    };
  },
};

export const wrongWayRound: Check = {
  id: 'V23a',
  claim: 'wgo serves the slowest, by its sort: that removes or inverts the order of V10; with the sort corrected the order is there',
  source: 'a prediction of ours',
  async run(lab): Promise<Finding> {
    const [faithful, fixed] = [timesOf(await classes(lab, { policy: ['wgo'] })), timesOf(await classes(lab, { policy: ['wgo-fixed'] }))];
    return {
      holds: !falling(faithful) && falling(fixed), expected: 'time of slow > mid > fast under wgo-fixed, not under wgo',
      found: `wgo ${list(faithful, 0)} s; wgo-fixed ${list(fixed, 0)} s`,
    };
  },
};

export const churn: Check = {
  id: 'V24',
  claim: 'choke changes a connection and minute: fibrillating far above mainline-4, and that no less than transmission',
  source: 'a prediction of ours',
  async run(lab): Promise<Finding> {
    const changes = async (policy: string): Promise<number> => (await classes(lab, { policy: [policy], seeds: 1 }))[0]!.chokeChanges;
    const [every, mainline, held] = [await changes('fibrillating'), await changes('mainline-4'), await changes('transmission')];
    return {
      holds: every > 2 * mainline && mainline >= held, expected: 'fibrillating > 2 x mainline-4, mainline-4 >= transmission',
      found: list([every, mainline, held], 2),
    };
  },
};
