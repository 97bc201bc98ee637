/**
 * Limiter, with a clock moved by hand: what it grants over seconds and within one, to one waiter and to many. Waiters
 * behave as Sender and Receiver do: they ask for a block, and for the next once that is granted whole.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey, type PeerKey } from '../../src/base/brand.js';
import type { Millis } from '../../src/base/units.js';
import type { Direction, Limit } from '../../src/client.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { child, defineProcess, type Self } from '../../src/kernel/process.js';
import { declare } from '../../src/kernel/topology.js';
import type { Cancel } from '../../src/ports/clock.js';
import type { ChokeMsg } from '../../src/process/choke-mgr.js';
import { limiter, type Credit, type LimiterMsg } from '../../src/process/limiter.js';
import { timer } from '../../src/process/timer.js';
import { ManualClock } from './manual-clock.js';

const BLOCK = 16_384;
const KB = 1000;
const MB = 1000 * KB;

// A WAITER

const declaration = declare({
  name: 'Sender', scope: 'peer', doc: 'always wants more', tells: { Limiter: ['want', 'leave'] },
});
/** For so many blocks; the next block is wanted when one is granted whole. */
type Order = { readonly type: 'ask'; readonly blocks?: number } | { readonly type: 'go' };
interface Waiter {
  readonly peer: PeerKey;
  readonly log: Log;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  /** Of the block asked for. */
  left: number;
  gone: boolean;
}
/** What a waiter was told. */
interface Log {
  bytes: number;
  readonly grants: { readonly at: number; readonly bytes: number }[];
  revoked: number;
}

const waiter = defineProcess({
  declaration,
  init: (input: Pick<Waiter, 'peer' | 'log' | 'limiter'>): Waiter => ({ ...input, left: 0, gone: false }),
  step(s: Waiter, m: Credit | Order, self: Self<typeof declaration, Credit | Order>) {
    const replyTo: Mailbox<Credit, 'Sender'> = self.mailbox;
    switch (m.type) {
      case 'ask':
        s.left += BLOCK;
        return self.tell(s.limiter, {
          type: 'want', direction: 'up', bytes: BLOCK * (m.blocks ?? 1), replyTo, peer: s.peer, sent: s.log.bytes,
        });
      case 'go':
        s.gone = true;
        return self.tell(s.limiter, { type: 'leave', direction: 'up', replyTo, peer: s.peer });
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
        if (s.left <= 0 && !s.gone) self.post({ type: 'ask' });
    }
  },
});

// A CLIENT WITH NOTHING ELSE IN IT

const chokeMgr = defineProcess({
  declaration: declare({ name: 'ChokeMgr', scope: 'client', doc: 'hears limits', tells: {} }),
  init: (heard: Limit[]) => heard,
  step: (heard, m: ChokeMsg) => { if (m.type === 'linkLimit') heard.push(m.limit); },
});

/** Alarms go off only every `grain` ms: a program that is busy with other things. */
class CoarseClock extends ManualClock {
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

interface Bench {
  readonly clock: ManualClock;
  readonly logs: readonly Log[];
  readonly heard: readonly Limit[];
  total(): number;
  ask(i: number, blocks?: number): void;
  share(i: number, share: { readonly cap?: number; readonly weight?: number; readonly claim?: number }): void;
  leave(i: number): void;
  setLimit(direction: Direction, limit: Limit): void;
  timers(): number;
}

function bench(o: { limit: Limit; waiters: number; clock?: ManualClock }): Bench {
  const { clock = new ManualClock() } = o;
  const logs = Array.from({ length: o.waiters }, (): Log => ({ bytes: 0, grants: [], revoked: 0 }));
  const heard: Limit[] = [];
  const kernel = new Kernel({ now: () => clock.now(), seed: 1, strict: true, onPanic: (e) => { throw e; } });
  const { exports } = kernel.boot('Client', (reserve) => {
    const boxes = { timer: reserve(timer), chokeMgr: reserve(chokeMgr), limiter: reserve(limiter) };
    const waiters = logs.map((_, i) => reserve(waiter, `waiter-${i}`));
    return {
      exports: { ...boxes, waiters },
      plan: {
        strategy: 'all-or-nothing',
        children: [
          child(timer, boxes.timer, () => ({ clock })),
          child(chokeMgr, boxes.chokeMgr, () => heard),
          child(limiter, boxes.limiter, () => ({ limits: { up: o.limit, down: null }, ...boxes })),
          ...waiters.map((w, i) => child(waiter, w, () => ({ peer: peerKey(i), log: logs[i]!, limiter: boxes.limiter }))),
        ],
      },
    };
  });
  return {
    clock, logs, heard,
    total: () => logs.reduce((sum, l) => sum + l.bytes, 0),
    ask: (i, blocks = 1) => kernel.send(exports.waiters[i]!, { type: 'ask', blocks }),
    share: (i, { cap, weight = 1, claim }) => kernel.send(exports.limiter, { type: 'share', peer: peerKey(i), cap, weight, claim }),
    leave: (i) => kernel.send(exports.waiters[i]!, { type: 'go' }),
    setLimit: (direction, limit) => kernel.send(exports.limiter, { type: 'setLimit', direction, limit }),
    timers: () => clock.pending,
  };
}

const everybodyAsks = (b: Bench): void => b.logs.forEach((_, i) => b.ask(i));

/** The most that was granted within any `ms`. */
function densest(b: Bench, ms: number): number {
  const grants = b.logs.flatMap((l) => l.grants).sort((x, y) => x.at - y.at);
  let most = 0;
  let sum = 0;
  for (let first = 0, last = 0; last < grants.length; last++) {
    sum += grants[last]!.bytes;
    while (grants[last]!.at - grants[first]!.at >= ms) sum -= grants[first++]!.bytes;
    most = Math.max(most, sum);
  }
  return most;
}

for (const rate of [20 * KB, 50 * MB]) {
  for (const waiters of [1, 50]) {
    test(`${rate / KB} KB/s for ${waiters}: within 2 % over 10 s and a fifth over 1 s, fair within a block`, () => {
      const b = bench({ limit: rate, waiters });
      everybodyAsks(b);
      for (let window = 0; window < 3; window++) {
        const before = b.total();
        b.clock.advance(10_000);
        const granted = b.total() - before;
        assert.ok(Math.abs(granted - 10 * rate) <= 0.02 * 10 * rate, `${granted} bytes in 10 s at ${rate}`);
      }
      assert.ok(densest(b, 1000) <= 1.2 * rate, `${densest(b, 1000)} bytes in a second at ${rate}`);
      const shares = b.logs.map((l) => l.bytes);
      const [least, most] = [Math.min(...shares), Math.max(...shares)];
      assert.ok(most - least <= BLOCK, `shares from ${least} to ${most}`);
    });
  }
}

test('a limit starts with nothing in hand: its first second obeys it too', () => {
  const b = bench({ limit: 20 * KB, waiters: 3 });
  everybodyAsks(b);
  b.clock.advance(1000);
  assert.ok(b.total() <= 20 * KB && b.total() >= 19 * KB, `${b.total()}`);
});

test('after an idle hour a burst is still small', () => {
  const b = bench({ limit: 1 * MB, waiters: 1 });
  b.clock.advance(3_600_000);
  b.ask(0);
  b.clock.advance(1000);
  assert.ok(b.total() <= 1.2 * MB, `${b.total()}`);
});

test('a tick that comes late costs nothing: the bucket covers a hold-up of 100 ms', () => {
  const b = bench({ limit: 1 * MB, waiters: 5, clock: new CoarseClock(100) });
  everybodyAsks(b);
  b.clock.advance(10_000);
  assert.ok(Math.abs(b.total() - 10 * MB) <= 0.02 * 10 * MB, `${b.total()}`);
});

test('the same limit set 20 times a second loses no credit', () => {
  const b = bench({ limit: 200 * KB, waiters: 4 });
  everybodyAsks(b);
  for (let i = 0; i < 200; i++) {
    b.clock.advance(50);
    b.setLimit('up', 200 * KB);
  }
  assert.ok(Math.abs(b.total() - 2 * MB) <= 0.02 * 2 * MB, `${b.total()}`);
});

test('a limit that swings 20 times a second gives what each of its values gives, and forgets nobody', () => {
  const b = bench({ limit: 100 * KB, waiters: 7 });
  everybodyAsks(b);
  for (let i = 0; i < 200; i++) {
    b.setLimit('up', i % 2 === 0 ? 100 * KB : 300 * KB);
    b.clock.advance(50);
  }
  assert.ok(Math.abs(b.total() - 2 * MB) <= 0.02 * 2 * MB, `${b.total()}`);
  const shares = b.logs.map((l) => l.bytes);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= BLOCK);
});

test('no limit: one grant each, without end, and then silence', () => {
  const b = bench({ limit: null, waiters: 3 });
  everybodyAsks(b);
  b.clock.advance(60_000);
  for (const log of b.logs) assert.deepEqual(log.grants, [{ at: 0, bytes: Infinity }]);
  assert.equal(b.timers(), 0);
});

test('a limit that is lifted wakes everybody; one that is set ends what was endless', () => {
  const b = bench({ limit: 1 * KB, waiters: 5 });
  everybodyAsks(b);
  b.clock.advance(100);
  b.setLimit('up', null);
  for (const log of b.logs) assert.equal(log.grants.at(-1)?.bytes, Infinity);
  b.setLimit('up', 50 * KB);
  b.setLimit('up', 50 * KB);
  assert.deepEqual(b.logs.map((l) => l.revoked), [1, 1, 1, 1, 1]);
  const before = b.total();
  everybodyAsks(b);
  b.clock.advance(10_000);
  assert.ok(Math.abs(b.total() - before - 500 * KB) <= 0.02 * 500 * KB, `${b.total() - before}`);
});

test('a lower limit slows those who wait already, a higher one does not let them wait for the old', () => {
  const b = bench({ limit: 100, waiters: 1 });
  b.ask(0);
  b.clock.advance(10);
  b.setLimit('up', 1 * MB);
  b.clock.advance(1000);
  assert.ok(b.total() > 0.9 * MB, `${b.total()}`);
  b.setLimit('up', 1 * KB);
  const before = b.total();
  b.clock.advance(10_000);
  assert.ok(b.total() - before <= 11 * KB, `${b.total() - before}`);
});

test('who leaves gets nothing more, and its share goes to the others', () => {
  const b = bench({ limit: 100 * KB, waiters: 2 });
  everybodyAsks(b);
  b.clock.advance(1000);
  b.leave(0);
  const [gone, stays] = b.logs.map((l) => l.bytes) as [number, number];
  b.clock.advance(10_000);
  assert.equal(b.logs[0]!.bytes, gone);
  assert.ok(Math.abs(b.logs[1]!.bytes - stays - 1 * MB) <= 0.02 * MB);
  b.leave(1);
  b.clock.advance(1000);
  assert.equal(b.timers(), 0);
});

test('who left is not told of a limit that ends its endless credit', () => {
  const b = bench({ limit: null, waiters: 2 });
  everybodyAsks(b);
  b.leave(0);
  b.setLimit('up', 1 * KB);
  assert.deepEqual(b.logs.map((l) => l.revoked), [0, 1]);
});

test('ChokeMgr hears of the uplink only', () => {
  const b = bench({ limit: 20 * KB, waiters: 0 });
  b.setLimit('down', 5 * KB);
  b.setLimit('up', 30 * KB);
  b.setLimit('up', null);
  assert.deepEqual(b.heard, [20 * KB, 30 * KB, null]);
});

// SHARES OF THE UPLINK

/** As Senders do: with a block wanted beyond the one that is next. */
const twoAhead = (b: Bench): void => b.logs.forEach((_, i) => b.ask(i, 2));
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 0.02 * expected + 2 * BLOCK, `${found}, not about ${expected}`);

for (const limit of [20 * KB, 1 * MB]) {
  test(`a limit of ${limit / KB} KB/s is divided by weight`, () => {
    const b = bench({ limit, waiters: 4 });
    [0.6, 0.3, 0.08, 0.02].forEach((weight, i) => b.share(i, { weight }));
    twoAhead(b);
    b.clock.advance(600_000);
    [0.6, 0.3, 0.08, 0.02].forEach((weight, i) => near(b.logs[i]!.bytes, weight * limit * 600));
  });
}

test('a weight can be told before its peer asks, and be taken back', () => {
  const b = bench({ limit: 100 * KB, waiters: 2 });
  b.share(0, { weight: 3 });
  twoAhead(b);
  b.clock.advance(40_000);
  near(b.logs[0]!.bytes, 3 * MB);
  b.share(0, {});
  b.clock.advance(40_000);
  near(b.logs[0]!.bytes, 5 * MB);
});

test('a peer with a cap has no more, and what it leaves is for the others', () => {
  const b = bench({ limit: 100 * KB, waiters: 2 });
  b.share(0, { cap: 10 * KB });
  twoAhead(b);
  b.clock.advance(100_000);
  near(b.logs[0]!.bytes, 1 * MB);
  near(b.logs[1]!.bytes, 9 * MB);
  b.share(0, { cap: 20 * KB });
  b.clock.advance(100_000);
  near(b.logs[0]!.bytes, 3 * MB);
});

test('a cap holds without a limit too, and ends credit that was endless', () => {
  const b = bench({ limit: null, waiters: 2 });
  b.share(0, { cap: 10 * KB });
  twoAhead(b);
  b.clock.advance(100_000);
  near(b.logs[0]!.bytes, 1 * MB);
  assert.deepEqual(b.logs[1]!.grants, [{ at: 0, bytes: Infinity }]);
  b.share(1, { cap: 5 * KB });
  assert.deepEqual(b.logs.map((l) => l.revoked), [0, 1]);
  b.ask(1);
  b.clock.advance(100_000);
  near(b.logs[1]!.bytes, 0.5 * MB);
  b.share(0, {});
  assert.equal(b.logs[0]!.grants.at(-1)?.bytes, Infinity);
});

test('a limit that is lifted gives a capped peer what it waits for, and no more', () => {
  const b = bench({ limit: 1 * KB, waiters: 1 });
  b.share(0, { cap: 50 * KB });
  b.ask(0);
  b.clock.advance(1000);
  b.setLimit('up', null);
  b.clock.advance(100_000);
  near(b.total(), 5 * MB);
});

test('a cap of nothing stops a peer until there is another', () => {
  const b = bench({ limit: null, waiters: 1 });
  b.share(0, { cap: 0 });
  b.ask(0);
  b.clock.advance(60_000);
  assert.deepEqual([b.total(), b.timers()], [0, 0]);
  b.share(0, { cap: 10 * KB });
  b.clock.advance(100_000);
  near(b.total(), 1 * MB);
});

test('of peers with a claim, each block goes to whom most is owed, and those who wait hear of new claims', () => {
  const b = bench({ limit: 100 * KB, waiters: 3 });
  b.logs.forEach((_, i) => b.share(i, { claim: 0 }));
  b.share(2, { claim: 1 * MB });
  twoAhead(b);
  b.clock.advance(10_000);
  near(b.logs[2]!.bytes, 1 * MB);
  b.share(0, { claim: 0.5 * MB });
  b.clock.advance(5000);
  near(b.logs[0]!.bytes, 0.5 * MB);
  b.clock.advance(9000);
  [0.8, 0.3, 1.3].forEach((megabytes, i) => near(b.logs[i]!.bytes, megabytes * MB));
});

test('what a peer had while there was no limit counts towards its claim', () => {
  const b = bench({ limit: null, waiters: 2 });
  b.share(0, { claim: 1 * MB });
  b.share(1, { claim: 1 * MB });
  b.setLimit('up', 100 * KB);
  b.logs[0]!.bytes = 0.6 * MB;
  twoAhead(b);
  b.clock.advance(6000);
  near(b.logs[0]!.bytes, 0.6 * MB);
  near(b.logs[1]!.bytes, 0.6 * MB);
  b.clock.advance(2000);
  for (const log of b.logs) near(log.bytes, 0.7 * MB);
});
