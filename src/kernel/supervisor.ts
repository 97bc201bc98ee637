/**
 * Supervisor: owns a group of processes and decides what a crash among them means. It has no mail of its own.
 * one-for-one restarts the one that crashed; rest-for-one also those started after it, since they were built on it;
 * all-or-nothing ends the group. More crashes than allowed within the time end the group too: the supervisor crashes, and its owner
 * is told with the error that was too much.
 */
import { defineProcess, type AnyProcess, type Child, type Plan } from './process.js';
import type { Scope } from './topology.js';

const DEFAULT_RESTARTS = { most: 5, withinMs: 10_000 };

/** What a supervisor needs of the kernel; the same for all. */
export interface Nursery {
  readonly now: () => number;
  readonly start: (children: readonly Child[]) => void;
  /** Those that still run are stopped first. */
  readonly restart: (children: readonly Child[]) => void;
}
export interface SupervisorInput {
  readonly plan: Plan;
  readonly nursery: Nursery;
}

interface State {
  readonly plan: Plan;
  readonly nursery: Nursery;
  /** When the last restarts were. */
  readonly restarts: number[];
}

/** One definition for all groups of a kind: of peers there are many. */
export function supervisor(name: string, scope: Scope): AnyProcess {
  const known = supervisors.get(name) ?? define(name, scope);
  supervisors.set(name, known);
  return known;
}

const supervisors = new Map<string, AnyProcess>();

function define(name: string, scope: Scope): AnyProcess {
  return defineProcess({
    declaration: { name, scope, doc: 'supervises the processes below it', tells: {} },
    group: true,
    init({ plan, nursery }: SupervisorInput): State {
      nursery.start(plan.children);
      // What a group that never restarts was made from is let go: for a peer that is a good part of its memory.
      const kept = plan.strategy === 'all-or-nothing' ? { ...plan, children: [] } : plan;
      return { plan: kept, nursery, restarts: [] };
    },
    step(): void {
      throw new Error(`${name} is a supervisor: it takes no mail`);
    },
    childFailed(s: State, failure): void {
      const { plan } = s;
      if (plan.strategy === 'all-or-nothing' || tooMany(s)) throw failure.error;
      const at = plan.children.findIndex((c) => c.mailbox.id === failure.id);
      s.nursery.restart(plan.strategy === 'one-for-one' ? plan.children.slice(at, at + 1) : plan.children.slice(at));
    },
  });
}

function tooMany(s: State): boolean {
  const { most, withinMs } = s.plan.restarts ?? DEFAULT_RESTARTS;
  const now = s.nursery.now();
  while (s.restarts.length > 0 && now - s.restarts[0]! > withinMs) s.restarts.shift();
  s.restarts.push(now);
  return s.restarts.length > most;
}
