/** Checks of those who give nothing: what they get all the same, and what it costs the others. */
import { timeOf } from '../report/summary.js';
import { median } from '../report/statistics.js';
import type { RunResult } from '../result.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';

const LINK = { up: '50K', down: '400K', limitsUpTo: LIMITS_UP_TO };
const GIVER = { ...LINK, name: 'giver' };
const RIDER = { ...LINK, policy: 'freerider' };
/** Two riders among twenty are too few for one run to tell. */
const SEEDS = 5;
/** Seconds to completion of those with a policy: the median of the runs' medians. */
const time = (runs: readonly RunResult[], policy: 'bep3' | 'freerider'): number =>
  median(runs.map((r) => median(r.peers.filter((p) => p.policy === policy).map(timeOf)) ?? Infinity))!;

export const seedsErode: Check = {
  id: 'V15',
  claim: 'the more seeds, the less a free rider is behind; the more ride, the worse it is for all',
  source: 'derived; Sirivianos, Park, Chen, Yang, IPTPS 2007 (abstract)',
  async run(lab): Promise<Finding> {
    const tenth = await mix(lab, { seeds: 1, riders: 2, givers: 20 });
    const half = await mix(lab, { seeds: 1, riders: 11, givers: 11 });
    const sixSeeds = await mix(lab, { seeds: 6, riders: 2, givers: 20 });
    const [few, many] = [time(tenth, 'bep3'), time(half, 'bep3')];
    const [fewRide, manyRide] = [time(tenth, 'freerider'), time(half, 'freerider')];
    const handicaps = [fewRide / few, time(sixSeeds, 'freerider') / time(sixSeeds, 'bep3')] as const;
    return {
      holds: handicaps[1] < handicaps[0] && many > few && manyRide > fewRide,
      expected: 'a rider\'s handicap smaller with six seeds than with one; both slower with half of all riding than with a tenth',
      found: `handicap ${handicaps.map((h) => h.toFixed(2)).join(', then ')}; givers ${few.toFixed(0)} s, then ${many.toFixed(0)}, `
        + `riders ${fewRide.toFixed(0)} s, then ${manyRide.toFixed(0)}`,
    };
  },
};

/**
 * Seeds serve in turns: by bep3's rule they prefer who takes fastest, and that is a rider, whose downlink has nothing else to do. And
 * nothing for the choked (BEP 6): what givers grant a rider makes up for most of its handicap, which was 1.39 without and 1.11 with. And
 * riders come before the givers as well as after: who comes first is served first by all seeds at once.
 */
const mix = (lab: CheckLab, o: Readonly<Record<'seeds' | 'riders' | 'givers', number>>): Promise<RunResult[]> =>
  lab.results({
    size: '16Mi', pieceLength: '128Ki', peers: [
      { ...LINK, name: 'seed', count: o.seeds, has: 1, up: '200K', policy: 'tit-for-tat', allowedFast: 0 },
      { ...RIDER, name: 'early', count: Math.floor(o.riders / 2) }, { ...GIVER, count: o.givers, leaves: 0, allowedFast: 0 },
      { ...RIDER, name: 'late', count: Math.ceil(o.riders / 2) },
    ],
  }, ['bep3'], SEEDS);

export const withoutGiving: Check = {
  id: 'V16',
  claim: 'a whole file can be had with no upload, even where there is no seed',
  source: 'Locher, Moor, Schmid, Wattenhofer, HotNets 2006 (abstract)',
  async run(lab): Promise<Finding> {
    // A line too thin to give what BEP 6 grants the choked, which no policy can keep back. The others come with half each
    // and leave once they have the whole, so nobody ever seeds.
    const result = await lab.result({
      size: '8Mi', pieceLength: '64Ki', lasts: 2400,
      peers: [{ ...RIDER, name: 'rider', up: 1000 }, { ...GIVER, count: 60, has: 0.5, arrives: { every: 8 }, leaves: 0 }],
    }, ['bep3']);
    const rider = result.peers[0]!;
    return {
      holds: rider.completed !== null && rider.uploaded < 0.05 * result.size, expected: 'complete, less than 5 % uploaded',
      found: rider.completed === null ? 'not complete' :
        `complete after ${rider.completed.toFixed(0)} s, ${rider.uploaded} bytes uploaded; `
        + `others who needed half took ${time([result], 'bep3').toFixed(0)} s`,
    };
  },
};
