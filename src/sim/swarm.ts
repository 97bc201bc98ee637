/**
 * Swarm: runs a scenario. Makes the virtual world, lets its members come, and lets time run until nobody is left to
 * complete or the scenario's time is over. Who wants to know more than what is returned watches the members' events.
 */
import { fork, hash32 } from '../base/random.js';
import { SECOND, type Millis } from '../base/units.js';
import type { ChosenPolicy } from '../client.js';
import { Chaos } from '../kernel/chaos.js';
import type { Tap } from '../kernel/tap.js';
import type { ClientEvent } from '../ports/events.js';
import type { LivePage } from '../ports/live-page.js';
import { Member, type Identity, type World } from './member.js';
import { VirtualNet } from './net/virtual-net.js';
import type { PeerClass, Scenario } from './scenarios/scenario.js';
import { torrentOf } from './torrent.js';
import { Trace } from './trace.js';
import { VirtualClock, type ClockOptions } from './virtual-clock.js';
import { VirtualTracker } from './virtual-tracker.js';

export interface Run {
  readonly scenario: Scenario;
  /** For all whose class names no policy of its own. */
  readonly policy: ChosenPolicy;
  readonly seed: number;
  /** A process of one of the clients is killed this often. */
  readonly killEvery?: Millis;
}

export interface Swarm {
  readonly run: Run;
  readonly clock: VirtualClock;
  readonly members: readonly Member[];
  readonly trace: Trace;
  readonly tracker: VirtualTracker;
  readonly chaos: Chaos;
}

export interface Watch {
  /** Everything the clients say. */
  readonly heard?: (member: Member, event: ClientEvent) => void;
  /** The policy that a member really runs: one that watches, say. */
  readonly policyFor?: (identity: Identity, chosen: ChosenPolicy) => ChosenPolicy;
  /** Looks on at all messages of a member. */
  readonly tapFor?: (identity: Identity) => Tap | undefined;
  /** The page of a member that has one. */
  readonly pageFor?: (identity: Identity) => LivePage | undefined;
  /** Called once, before time begins. */
  readonly begin?: (swarm: Swarm) => void;
}

/** Totals are told once a second: what moved last is told of by then. */
const LAST_WORDS: Millis = 1.5 * SECOND;

export async function simulate(run: Run, options: ClockOptions, watch: Watch = {}): Promise<Swarm> {
  const { scenario, seed } = run;
  const clock = new VirtualClock(options);
  const trace = new Trace();
  const chaos = new Chaos(fork(seed, 'chaos'));
  const world: World = {
    seed, clock, meta: torrentOf(scenario), chaos: run.killEvery !== undefined, tapFor: watch.tapFor ?? (() => undefined),
    pageFor: watch.pageFor ?? (() => undefined),
    net: new VirtualNet({
      clock, random: fork(seed, 'net'),
      conditions: { slowStart: scenario.slowStart, breakAfter: scenario.connectionsBreakAfter },
    }),
    tracker: new VirtualTracker({ clock, random: fork(seed, 'tracker'), interval: scenario.announceEvery }),
    heard(member, event) {
      trace.add(clock.now(), member.address, event);
      watch.heard?.(member, event);
      if (event.event === 'done' || event.event === 'stopped') over = members.every((m) => !m.isWaited);
    },
  };
  let over = false;
  const members = membersOf(run, world, watch);
  const swarm: Swarm = { run, clock, members, trace, tracker: world.tracker, chaos };
  watch.begin?.(swarm);
  if (run.killEvery !== undefined) killEvery(run.killEvery, swarm, () => over);
  await clock.run(scenario.lasts, () => over);
  chaos.finish();
  await clock.run(Math.min(scenario.lasts, clock.now() + LAST_WORDS));
  return swarm;
}

function killEvery(every: Millis, swarm: Swarm, over: () => boolean): void {
  swarm.clock.after(every, () => {
    if (over()) return;
    swarm.chaos.strike(swarm.members.flatMap((m) => (m.present && m.client ? [m.client.kernel] : [])));
    killEvery(every, swarm, over);
  });
}

function membersOf({ scenario, policy }: Run, world: World, { policyFor = (_, chosen) => chosen }: Watch): Member[] {
  const members: Member[] = [];
  for (const kind of scenario.classes) {
    for (const arrivesAt of arrivals(kind, hash32(`${world.seed} arrivals of ${kind.name}`))) {
      const identity: Identity = { number: members.length + 1, kind, policy: kind.policy ?? policy, arrivesAt };
      members.push(new Member({ ...identity, policy: policyFor(identity, identity.policy) }, world));
    }
  }
  return members;
}

function arrivals({ count, arrives }: PeerClass, seed: number): Millis[] {
  if (arrives.kind === 'at') return new Array<Millis>(count).fill(arrives.at);
  const random = fork(seed, 'arrivals');
  let at = arrives.from;
  return Array.from({ length: count }, () => (at += -Math.log(1 - random.unit()) * arrives.mean));
}
