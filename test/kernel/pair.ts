/** Pinger and Ponger: two processes that answer each other, under one supervisor, with a log of what they do. Pinger crashes at 'boom'. */
import assert from 'node:assert/strict';
import { Kernel, type KernelOptions } from '../../src/kernel/kernel.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { child, defineProcess, type AnyProcess, type Plan, type Self } from '../../src/kernel/process.js';
import { declare } from '../../src/kernel/topology.js';

type PingMsg = { readonly type: 'ping'; readonly n: number } | { readonly type: 'boom' } | { readonly type: 'open' };
type PongMsg = { readonly type: 'pong'; readonly n: number };

export const pinger = declare({ name: 'Pinger', scope: 'client', doc: '', tells: { Ponger: ['pong'] } });
export const ponger = declare({ name: 'Ponger', scope: 'client', doc: '', tells: { Pinger: ['ping'] } });

export interface Log { readonly lines: string[] }

function makePinger(log: Log, peer: () => Mailbox<PongMsg, 'Ponger'>) {
  return defineProcess({
    declaration: pinger,
    init: (_: undefined, self: Self<typeof pinger, PingMsg>) => {
      log.lines.push(`start ${self.id}`);
      return { inStep: false };
    },
    step(s, m: PingMsg, self) {
      assert.equal(s.inStep, false, 'a step is never re-entered');
      s.inStep = true;
      if (m.type === 'boom') throw new Error('boom');
      if (m.type === 'ping') {
        log.lines.push(`ping ${m.n}`);
        if (m.n > 0) self.tell(peer(), { type: 'pong', n: m.n - 1 });
      }
      s.inStep = false;
    },
    end: (_, self) => void log.lines.push(`end ${self.id}`),
  });
}

const makePonger = (log: Log, peer: () => Mailbox<PingMsg, 'Pinger'>) => defineProcess({
  declaration: ponger,
  init: (_: undefined, self: Self<typeof ponger, PongMsg>) => void log.lines.push(`start ${self.id}`),
  step(_, m: PongMsg, self) {
    if (m.n >= 0) self.tell(peer(), { type: 'ping', n: m.n });
  },
});

export function pair(strategy: Plan['strategy'], options: Partial<KernelOptions> = {}) {
  const log: Log = { lines: [] };
  const panics: unknown[] = [];
  const kernel = new Kernel({ now: () => 0, seed: 1, strict: true, onPanic: (e) => panics.push(e), ...options });
  const { mailbox, exports } = kernel.boot('Client', (reserve) => {
    const definitionA: AnyProcess = makePinger(log, () => b);
    const definitionB: AnyProcess = makePonger(log, () => a);
    const a = reserve(definitionA) as Mailbox<PingMsg, 'Pinger'>;
    const b = reserve(definitionB) as Mailbox<PongMsg, 'Ponger'>;
    const children = [child(definitionA, a, () => undefined), child(definitionB, b, () => undefined)];
    return { plan: { strategy, children, restarts: { most: 2, withinMs: 1000 } }, exports: { a, b } };
  });
  return { kernel, log, panics, root: mailbox, ...exports };
}
