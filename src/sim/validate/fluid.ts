/**
 * Checks of the fluid model of a swarm in its steady state (Qiu and Srikant). Peers come at the rate lambda for F bytes, give u bytes/s
 * each, and seed on for 1/gamma in the mean. With every uplink in use what is taken equals what is given: lambda F = (x + y) u, where
 * x leechers and y = lambda/gamma seeds are there, and T = x/lambda is how long one takes. Effectiveness is the part of u that
 * leechers really give.
 *
 * Only ratios of sizes, rates and times are in the model. So the sizes here are such that a run can be afforded, and still so large that
 * a first piece, before which nobody has anything to give, is a small part of T. A run begins with as many as the model says are
 * there, and one T later is looked at.
 */
import { KIB, MIB } from '../../base/units.js';
import { mean } from '../report/statistics.js';
import { timeOf } from '../report/summary.js';
import type { PeerResult } from '../result.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';

const SOURCE = 'Qiu and Srikant, SIGCOMM 2004 (from memory; this case derived anew)';
const LINK = 50_000;
const UP = LINK * LIMITS_UP_TO;

interface Course {
  readonly size: number;
  /** As the model has it: lambda follows. */
  readonly leechers: number;
  /** What one takes is made up by those who seed on for this part of the time that its file takes an uplink... */
  readonly seeding: number;
  /** ... and by one seed that never leaves, of so many uplinks. */
  readonly origin: number;
  /** For how many T it is looked at. */
  readonly turnovers: number;
}
interface Steady {
  /** In seconds: of the model, for those who really came; and found. */
  readonly expected: number;
  readonly time: number;
  readonly leechers: number;
  readonly seeds: number;
  /** A second. */
  readonly lambda: number;
}

async function steady(lab: CheckLab, { size, leechers, seeding, origin, turnovers }: Course): Promise<Steady> {
  const stays = seeding * size / UP;
  const lambda = (leechers + origin) / (size / UP - stays);
  const [time, rate] = [leechers / lambda, { up: LINK, down: 10 * LINK, limitsUpTo: LIMITS_UP_TO }];
  const peer = { ...rate, leaves: stays === 0 ? 0 : { about: stays } };
  const [seeds, quarter] = [Math.round(lambda * stays), Math.round(leechers / 4)];
  const [from, to] = [time, (1 + turnovers) * time];
  const { peers, lasted } = await lab.result({
    size, pieceLength: 64 * KIB, lasts: Math.ceil(to + 2 * time), peers: [
      ...(origin > 0 ? [{ name: 'origin', has: 1, ...rate, up: origin * LINK }] : []),
      ...(seeds > 0 ? [{ name: 'seed', count: seeds, has: 1, ...peer }] : []),
      ...[0, 0.25, 0.5, 0.75].map((has) => ({ name: `early-${has}`, count: quarter, has, ...peer })),
      { name: 'peer', count: Math.ceil(lambda * (to + time)), arrives: { every: 1 / lambda }, ...peer },
    ],
  }, []);
  const came = peers.filter((p) => p.class === 'peer' && p.arrived >= from && p.arrived < to);
  /** How many there were in the mean, each from `begin` to `end`. */
  const there = (begin: (p: PeerResult) => number, end: (p: PeerResult) => number): number =>
    peers.reduce((n, p) => n + Math.max(0, Math.min(to, end(p)) - Math.max(from, begin(p))), 0) / (to - from);
  const complete = (p: PeerResult): number => (p.seed ? p.arrived : p.completed ?? lasted);
  return {
    expected: size / UP - stays - origin * (to - from) / came.length, time: mean(came.map(timeOf))!, lambda: came.length / (to - from),
    leechers: there((p) => p.arrived, complete), seeds: there(complete, (p) => p.left ?? lasted),
  };
}

const within = (share: number, found: number, expected: number): boolean => Math.abs(found - expected) <= share * expected;

/** Holds the time found against the model's; the rest is told. */
function compared({ expected, time, leechers, seeds, lambda }: Steady): Finding {
  return {
    holds: within(0.1, time, expected), expected: `${expected.toFixed(0)} s, ${(lambda * expected).toFixed(1)} leechers, within 10 %`,
    found: `${time.toFixed(0)} s, ${leechers.toFixed(1)} leechers beside ${seeds.toFixed(1)} seeds: `
      + `an effectiveness of ${(expected / time).toFixed(2)}`,
  };
}

export const seedsThatStay: Check = {
  id: 'V4a',
  claim: 'steady state, each seeds on for half of 1/mu: T = 1/mu - 1/gamma, and as many seeds as leechers',
  source: SOURCE,
  run: async (lab) => compared(await steady(lab, { size: 16 * MIB, leechers: 25.6, seeding: 0.5, origin: 0, turnovers: 3 })),
};

export const seedsThatLeave: Check = {
  id: 'V4b',
  claim: 'steady state, all leave at once but one seed of rate Us: x = (lambda F - Us)/u',
  source: SOURCE,
  run: async (lab) => compared(await steady(lab, { size: 16 * MIB, leechers: 24, seeding: 0, origin: 2, turnovers: 2 })),
};

export const whateverTheRate: Check = {
  id: 'V4c',
  claim: 'T does not depend on how many come: four and sixteen times the arrivals change it by less than 5 %',
  source: 'Qiu and Srikant, SIGCOMM 2004 (abstract)',
  async run(lab): Promise<Finding> {
    const times: number[] = [];
    for (const [leechers, turnovers] of [[20, 5], [80, 2], [320, 1]] as const) {
      times.push((await steady(lab, { size: 8 * MIB, leechers, seeding: 0.5, origin: 0, turnovers })).time);
    }
    const [first = 0] = times;
    return {
      holds: times.every((time) => within(0.05, time, first)), expected: 'with 20, 80 and 320 leechers the same, within 5 %',
      found: `${times.map((time) => time.toFixed(1)).join(', ')} s`,
    };
  },
};
