/**
 * Checks of the fluid model of a swarm in its steady state (Qiu and Srikant). Peers come at the rate lambda for F bytes, give u bytes/s
 * each, and seed on for 1/gamma in the mean. What is taken equals what is given: lambda F = (eta x + y) u + Us, where x leechers, y =
 * lambda/gamma seeds and some that never leave, of the rate Us together, are there. Effectiveness, eta, is the part of u that leechers
 * give. Who comes takes T = x/lambda.
 *
 * Only ratios of sizes, rates and times are in the model. So the sizes here are such that a run can be afforded, and still so large that
 * a first piece, before which nobody has anything to give, is a small part of T. A run begins with as many as the model says are
 * there, and one T later is looked at. How many come and how long they stay is chance, as the model's are: what is found is held
 * against the balance of those who came.
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
  /** 1/gamma, as a part of the time that a file takes an uplink. */
  readonly seeding: number;
  /** Seeds that never leave: Us, in uplinks. */
  readonly origin: number;
  /** How many others one knows at most. */
  readonly knows: number;
  /** For how many T it is looked at. */
  readonly turnovers: number;
}
interface Steady {
  /** In uplinks: what comes asks for so much. */
  readonly asked: number;
  readonly leechers: number;
  readonly seeds: number;
  /** lambda/gamma. */
  readonly expectedSeeds: number;
  /** T in seconds. */
  readonly time: number;
}

async function steady(lab: CheckLab, { size, leechers, seeding, origin, knows, turnovers }: Course): Promise<Steady> {
  const full = size / UP;
  const stays = seeding * full;
  const lambda = (leechers + origin) / (full - stays);
  const time = leechers / lambda;
  const [from, to] = [time, (1 + turnovers) * time];
  const link = { up: LINK, down: 10 * LINK, limitsUpTo: LIMITS_UP_TO, maxPeers: knows };
  const peer = { ...link, leaves: stays === 0 ? 0 : { about: stays } };
  const [seeds, quarter] = [Math.round(lambda * stays), Math.round(leechers / 4)];
  const { peers, lasted } = await lab.result({
    size, pieceLength: 64 * KIB, lasts: Math.ceil(to + 2 * time), peers: [
      ...(origin > 0 ? [{ ...link, name: 'origin', count: origin, has: 1 }] : []),
      ...(seeds > 0 ? [{ name: 'seed', count: seeds, has: 1, ...peer }] : []),
      ...[0, 0.25, 0.5, 0.75].map((has) => ({ name: `early-${has}`, count: quarter, has, ...peer })),
      { name: 'peer', count: Math.ceil(lambda * (to + time)), arrives: { every: 1 / lambda }, ...peer },
    ],
  }, ['bep3']);
  const came = peers.filter((p) => p.class === 'peer' && p.arrived >= from && p.arrived < to);
  /** How many there were in the mean, each from `begin` to `end`. */
  const there = (begin: (p: PeerResult) => number, end: (p: PeerResult) => number): number =>
    peers.reduce((n, p) => n + (p.class === 'origin' ? 0 : Math.max(0, Math.min(to, end(p)) - Math.max(from, begin(p)))), 0) / (to - from);
  const complete = (p: PeerResult): number => (p.seed ? p.arrived : p.completed ?? lasted);
  const cameAt = came.length / (to - from);
  return {
    asked: cameAt * full - origin, expectedSeeds: cameAt * stays, time: mean(came.map(timeOf))!,
    leechers: there((p) => p.arrived, complete), seeds: there(complete, (p) => p.left ?? lasted),
  };
}

const within = (share: number, found: number, expected: number): boolean => Math.abs(found - expected) <= share * expected;

export const seedsThatStay: Check = {
  id: 'V4a',
  claim: 'steady state, each seeds on for half of the time a file takes an uplink: as many seeds as leechers, who give all they can',
  source: SOURCE,
  explained: 'seeds and leechers together leave 6 or 7 % of their limits unused; the model, in which seeds give all, has leechers bear that alone',
  async run(lab): Promise<Finding> {
    const { asked, leechers, seeds, expectedSeeds, time } = await steady(lab, {
      size: 16 * MIB, leechers: 24, seeding: 0.5, origin: 0, knows: 40, turnovers: 4,
    });
    const expected = asked - seeds;
    return {
      holds: within(0.1, leechers, expected) && within(0.2, seeds, expectedSeeds),
      expected: `${expectedSeeds.toFixed(1)} seeds within 20 %, and beside those that were there ${expected.toFixed(1)} leechers within 10 %`,
      found: `${seeds.toFixed(1)} seeds, ${leechers.toFixed(1)} leechers, for ${time.toFixed(0)} s each`,
    };
  },
};

export const seedsThatLeave: Check = {
  id: 'V4b',
  claim: 'steady state, all leave at once but two seeds, of the rate Us together: x = (lambda F - Us)/u',
  source: SOURCE,
  async run(lab): Promise<Finding> {
    const { asked, leechers } = await steady(lab, { size: 16 * MIB, leechers: 24, seeding: 0, origin: 2, knows: 40, turnovers: 3 });
    return {
      holds: within(0.1, leechers, asked), expected: `${asked.toFixed(1)} leechers within 10 %`,
      found: `${leechers.toFixed(1)}: an effectiveness of ${(asked / leechers).toFixed(2)}`,
    };
  },
};

/**
 * All that is said of one is the same in each swarm: how many it knows, and how many seeds there are for it. That few leechers know
 * all there are changes little. The mean of sixty, as many as are looked at in the least swarms, differs from run to run by 1 %.
 */
export const whateverTheRate: Check = {
  id: 'V4c',
  claim: 'how long one takes does not depend on how many come: four and sixteen times the arrivals change it by less than 5 %',
  source: 'Qiu and Srikant, SIGCOMM 2004 (abstract)',
  async run(lab): Promise<Finding> {
    const times: number[] = [];
    for (const [leechers, turnovers] of [[8, 8], [32, 2], [128, 1]] as const) {
      times.push((await steady(lab, { size: 4 * MIB, leechers, seeding: 0, origin: leechers / 8, knows: 15, turnovers })).time);
    }
    const [first = 0] = times;
    return {
      holds: times.every((time) => within(0.05, time, first)), expected: 'with 8, 32 and 128 leechers the same, within 5 %',
      found: `${times.map((time) => time.toFixed(1)).join(', ')} s`,
    };
  },
};
