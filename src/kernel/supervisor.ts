/**
 * Supervisor: owns a group of processes and decides what a crash among them means. It has no mail of its own.
 * one-for-one restarts the one that crashed; rest-for-one also those started after it, since they were built on it;
 * all-or-nothing ends the group. More crashes than allowed within the time end the group too: the supervisor crashes, and its owner
 * is told with the error that was too much.
 */
import { defineProcess, type AnyProcess, type Child, type Plan } from './process.js';

const DEFAULT_RESTARTS = { most: 5, withinMs: 10_000 };

export interface SupervisorInput {
  readonly plan: Plan;
  readonly now: () => number;
  readonly start: (children: readonly Child[]) => void;
  /** Those that still run are stopped first. */
  readonly restart: (children: readonly Child[]) => void;
}

interface State extends SupervisorInput {
  /** When the last restarts were. */
  readonly restarts: number[];
}

export function supervisor(name: string, scope: 'client' | 'torrent' | 'peer'): AnyProcess {
  return defineProcess({
    declaration: { name, scope, doc: 'supervises the processes below it', tells: {} },
    group: true,
    init(input: SupervisorInput): State {
      input.start(input.plan.children);
      return { restarts: [], ...input };
    },
    step(): void {
      throw new Error(`${name} is a supervisor: it takes no mail`);
    },
    childFailed(s: State, failure): void {
      const { plan } = s;
      const at = plan.children.findIndex((c) => c.mailbox.id === failure.id);
      if (plan.strategy === 'all-or-nothing' || tooMany(s)) throw failure.error;
      s.restart(plan.strategy === 'one-for-one' ? plan.children.slice(at, at + 1) : plan.children.slice(at));
    },
  });
}

function tooMany(s: State): boolean {
  const { most, withinMs } = s.plan.restarts ?? DEFAULT_RESTARTS;
  const now = s.now();
  while (s.restarts.length > 0 && now - s.restarts[0]! > withinMs) s.restarts.shift();
  s.restarts.push(now);
  return s.restarts.length > most;
}
