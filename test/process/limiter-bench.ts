/**
 * A Limiter with nothing else around it, and a clock moved by hand. Its waiters behave as Sender and Receiver do: they ask for a block, and
 * for the next once that is granted whole.
 */
import assert from 'node:assert/strict';
import { infoHash, peerKey, type InfoHash } from '../../src/base/brand.js';
import type { Millis } from '../../src/base/units.js';
import type { Direction, Limit, LimitOf } from '../../src/client.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { child, defineProcess, type Self } from '../../src/kernel/process.js';
import { declare } from '../../src/kernel/topology.js';
import type { UplinkLimits } from '../../src/model/uplink.js';
import type { Cancel } from '../../src/ports/clock.js';
import type { Levels } from '../../src/ports/events.js';
import type { ChokeMsg } from '../../src/process/choke-mgr.js';
import { limiter, type Credit, type LimiterInput, type LimiterMsg, type Mover } from '../../src/process/limiter.js';
import type { StatusMsg } from '../../src/process/status.js';
import { timer } from '../../src/process/timer.js';
import { ManualClock } from './manual-clock.js';

export const BLOCK = 16_384;
export const KB = 1000;
export const MB = 1000 * KB;

// A WAITER

const declaration = declare({
  name: 'Sender', scope: 'peer', doc: 'always wants more', tells: { Limiter: ['want', 'leave'] },
});
/** For so many blocks; the next block is wanted when one is granted whole, until a pause. */
type Order = { readonly type: 'ask'; readonly blocks?: number } | { readonly type: 'pause' } | { readonly type: 'go' };
interface Waiter {
  readonly mover: Mover;
  readonly log: Log;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  /** Of the block asked for. */
  left: number;
  paused: boolean;
}
/** What a waiter was told. */
interface Log {
  bytes: number;
  readonly grants: { readonly at: number; readonly bytes: number }[];
  revoked: number;
}

const waiter = defineProcess({
  declaration,
  init: (input: Pick<Waiter, 'mover' | 'log' | 'limiter'>): Waiter => ({ ...input, left: 0, paused: false }),
  step(s: Waiter, m: Credit | Order, self: Self<typeof declaration, Credit | Order>) {
    const replyTo: Mailbox<Credit, 'Sender'> = self.mailbox;
    switch (m.type) {
      case 'ask':
        s.paused = false;
        s.left += BLOCK;
        return self.tell(s.limiter, {
          type: 'want', direction: 'up', bytes: BLOCK * (m.blocks ?? 1), replyTo, mover: s.mover, sent: s.log.bytes,
        });
      case 'pause':
        s.paused = true;
        return;
      case 'go':
        s.paused = true;
        return self.tell(s.limiter, { type: 'leave', direction: 'up', peer: s.mover.peer });
      case 'revoke':
        s.log.revoked++;
        return;
      case 'grant':
        s.log.grants.push({ at: self.now(), bytes: m.bytes });
        if (m.bytes === Infinity) {
          s.left = 0;
          return;
        }
        s.log.bytes += m.bytes;
        s.left -= m.bytes;
        if (s.left <= 0 && !s.paused) self.post({ type: 'ask' });
    }
  },
});

// A CLIENT WITH NOTHING ELSE IN IT

const chokeMgr = defineProcess({
  declaration: declare({ name: 'ChokeMgr', scope: 'client', doc: 'hears limits', tells: {} }),
  init: (heard: UplinkLimits<InfoHash>[]) => heard,
  step: (heard, m: ChokeMsg) => { if (m.type === 'linkLimit') heard.push(m.limits); },
});

const status = defineProcess({
  declaration: declare({ name: 'Status', scope: 'torrent', doc: 'hears levels', tells: {} }),
  init: (heard: (Levels | undefined)[]) => heard,
  step: (heard, m: StatusMsg) => { if (m.type === 'levels') heard.push(m.levels); },
});

/** Alarms go off only every `grain` ms: a program that is busy with other things. */
export class CoarseClock extends ManualClock {
  private readonly grain: Millis;

  constructor(grain: Millis) {
    super();
    this.grain = grain;
  }

  override after(delay: Millis, run: () => void): Cancel {
    const now = this.now();
    return super.after(Math.ceil((now + delay) / this.grain) * this.grain - now, run);
  }
}

export interface Bench {
  readonly clock: ManualClock;
  readonly logs: readonly Log[];
  readonly heard: readonly UplinkLimits<InfoHash>[];
  total(): number;
  ask(i: number, blocks?: number): void;
  share(i: number, share: { readonly cap?: number; readonly weight?: number; readonly claim?: number }): void;
  pause(i: number): void;
  leave(i: number): void;
  setLimit(direction: Direction, limit: Limit, of?: LimitOf): void;
  weigh(torrent: number): Levels | undefined;
  timers(): number;
}

/** `limit`: of upload, of all. `torrents`: which each waiter belongs to; absent: all to one. */
type Setting = Omit<LimiterInput, 'limits' | 'timer' | 'chokeMgr'>
  & { readonly limit: Limit; readonly waiters: number; readonly torrents?: readonly number[]; readonly hosts?: readonly string[];
    readonly clock?: ManualClock };

export const torrentOf = (n: number): InfoHash => infoHash(String(n).repeat(40));

export function bench(o: Setting): Bench {
  const { clock = new ManualClock() } = o;
  const moverOf = (i: number): Mover => ({ peer: peerKey(i), torrent: torrentOf(o.torrents?.[i] ?? 0), host: o.hosts?.[i] ?? '1.2.3.4' });
  const logs = Array.from({ length: o.waiters }, (): Log => ({ bytes: 0, grants: [], revoked: 0 }));
  const heard: UplinkLimits<InfoHash>[] = [];
  const weighed: (Levels | undefined)[] = [];
  const kernel = new Kernel({ now: () => clock.now(), seed: 1, strict: true, onPanic: (e) => { throw e; } });
  const { exports } = kernel.boot('Client', (reserve) => {
    const boxes = { timer: reserve(timer), chokeMgr: reserve(chokeMgr), limiter: reserve(limiter), status: reserve(status) };
    const waiters = logs.map((_, i) => reserve(waiter, `waiter-${i}`));
    return {
      exports: { ...boxes, waiters },
      plan: {
        strategy: 'all-or-nothing',
        children: [
          child(timer, boxes.timer, () => ({ clock })),
          child(chokeMgr, boxes.chokeMgr, () => heard),
          child(status, boxes.status, () => weighed),
          child(limiter, boxes.limiter, () => ({ ...o, limits: { up: o.limit, down: null }, ...boxes })),
          ...waiters.map((w, i) => child(waiter, w, () => ({ mover: moverOf(i), log: logs[i]!, limiter: boxes.limiter }))),
        ],
      },
    };
  });
  return {
    clock, logs, heard,
    total: () => logs.reduce((sum, l) => sum + l.bytes, 0),
    ask: (i, blocks = 1) => kernel.send(exports.waiters[i]!, { type: 'ask', blocks }),
    share: (i, { cap, weight = 1, claim }) => kernel.send(exports.limiter, { type: 'share', peer: peerKey(i), cap, weight, claim }),
    pause: (i) => kernel.send(exports.waiters[i]!, { type: 'pause' }),
    leave: (i) => kernel.send(exports.waiters[i]!, { type: 'go' }),
    setLimit: (direction, limit, of = 'all') => kernel.send(exports.limiter, { type: 'setLimit', direction, limit, of }),
    weigh(torrent) {
      kernel.send(exports.limiter, { type: 'weigh', torrent: torrentOf(torrent), replyTo: exports.status });
      return weighed.pop();
    },
    timers: () => clock.pending,
  };
}

/** As Senders do: with a block wanted beyond the one that is next. */
export const twoAhead = (b: Bench): void => b.logs.forEach((_, i) => b.ask(i, 2));
export const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 0.02 * expected + 2 * BLOCK, `${found}, not about ${expected}`);
