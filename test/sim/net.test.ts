/** The virtual net by itself: what links, delays, pauses and closes do to bytes on their way. Times are of the virtual clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fork } from '../../src/base/random.js';
import { BLOCK_BYTES } from '../../src/base/units.js';
import { turn } from '../../src/edge/turn.js';
import type { Connection } from '../../src/ports/net.js';
import type { Link } from '../../src/sim/net/host.js';
import { VirtualNet, type NetConditions, type Resident } from '../../src/sim/net/virtual-net.js';
import { VirtualClock } from '../../src/sim/virtual-clock.js';

class Lab {
  readonly clock = new VirtualClock({ turn });
  readonly #net: VirtualNet;
  #joined = 0;

  constructor(conditions: Partial<NetConditions> = {}) {
    this.#net = new VirtualNet({
      clock: this.clock, random: fork(1, 'net'), conditions: { slowStart: false, breakAfter: Infinity, ...conditions },
    });
  }

  host(link: Partial<Link> = {}, behindNat = false): Resident {
    return this.#net.join(`10.0.0.${++this.#joined}`, { up: 1e6, down: 1e6, delay: 10, ...link }, behindNat);
  }

  /** Both ends, the dialler's first. */
  async meet(from: Resident, to: Resident): Promise<readonly [Connection, Connection]> {
    let accepted: Connection | undefined;
    const listening = to.net.listen({ port: 1 }, (c) => { accepted = c; });
    await this.clock.run(this.clock.now());
    await listening;
    const dialled = from.net.dial({ host: to.host.address, port: 1 }, 10_000);
    await this.clock.run(this.clock.now() + 1000);
    return [await dialled, accepted!];
  }

  async meetings(count: number, who: () => [Resident, Resident]): Promise<(readonly [Connection, Connection])[]> {
    const meetings = [];
    while (meetings.length < count) meetings.push(await this.meet(...who()));
    return meetings;
  }
}

/** What is read: when, and how much. */
function reading(clock: VirtualClock, c: Connection): { at: number; bytes: number; ended: string | undefined } {
  const seen = { at: 0, bytes: 0, ended: undefined as string | undefined };
  c.reader.read({
    data: (data) => Object.assign(seen, { at: clock.now(), bytes: seen.bytes + data.length }),
    end: (reason) => Object.assign(seen, { ended: reason }),
  });
  return seen;
}

const block = new Uint8Array(BLOCK_BYTES);
const send = (c: Connection, blocks: number): void => {
  for (let i = 0; i < blocks; i++) c.writer.write([block], () => undefined);
};
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 0.02 * expected, `found ${found}, expected about ${expected}`);

test('a transfer takes its size over the slower of the two links, and the way', async () => {
  const lab = new Lab();
  const [a, b] = await lab.meet(lab.host({ up: 100_000 }), lab.host());
  const start = lab.clock.now();
  const seen = reading(lab.clock, b);
  send(a, 61); // 1 MB
  await lab.clock.run(60_000);
  assert.equal(seen.bytes, 61 * BLOCK_BYTES);
  near(seen.at - start, 61 * BLOCK_BYTES / 100_000 * 1000 + 20);
});

test('flows share a link equally: up at the sender, down at the receiver', async () => {
  const lab = new Lab();
  const server = lab.host({ up: 100_000 });
  const ups = await lab.meetings(4, () => [server, lab.host()]);
  const seen = ups.map(([, theirs]) => reading(lab.clock, theirs));
  for (const [ours] of ups) send(ours, 100);
  await lab.clock.run(lab.clock.now() + 40_000);
  for (const { bytes } of seen) near(bytes, 1_000_000);

  const sink = lab.host({ down: 100_000 });
  const downs = await lab.meetings(4, () => [lab.host(), sink]);
  const read = downs.map(([, theirs]) => reading(lab.clock, theirs));
  for (const [ours] of downs) send(ours, 100);
  await lab.clock.run(lab.clock.now() + 40_000);
  for (const { bytes } of read) assert.ok(Math.abs(bytes - 1_000_000) <= 2 * BLOCK_BYTES, `${bytes}`);
});

test('a slow receiver does not hold up the sender\'s other flows', async () => {
  const lab = new Lab();
  const server = lab.host({ up: 1e6 });
  const [toSlow, slow] = await lab.meet(server, lab.host({ down: 10_000 }));
  const [toFast, fast] = await lab.meet(server, lab.host());
  const start = lab.clock.now();
  const [s, f] = [reading(lab.clock, slow), reading(lab.clock, fast)];
  send(toSlow, 50);
  send(toFast, 50);
  await lab.clock.run(start + 5000);
  near(f.bytes, 50 * BLOCK_BYTES);
  assert.ok(f.at - start < 1100, `the fast one waited until ${f.at - start}`);
  assert.ok(Math.abs(s.bytes - 50_000) <= BLOCK_BYTES);
});

test('a small message passes between the blocks of other flows', async () => {
  const lab = new Lab();
  const server = lab.host({ up: 10_000 });
  const [bulk, other] = await lab.meet(server, lab.host());
  const [small, its] = await lab.meet(server, lab.host());
  reading(lab.clock, other);
  const seen = reading(lab.clock, its);
  send(bulk, 10);
  const start = lab.clock.now();
  small.writer.write([new Uint8Array(50)], () => undefined);
  await lab.clock.run(start + 1000);
  near(seen.at - start, 5 + 20 + 0.05);
});

test('what is paused is kept in order, slows its sender, and is read on resume', async () => {
  const lab = new Lab();
  const [a, b] = await lab.meet(lab.host(), lab.host());
  let taken = 0;
  const got: number[] = [];
  b.reader.read({ data: (d) => { got.push(d[0]!); }, end: () => undefined });
  b.reader.pause();
  for (let i = 0; i < 250; i++) a.writer.write([new Uint8Array(BLOCK_BYTES).fill(i)], () => { taken++; });
  await lab.clock.run(lab.clock.now() + 60_000);
  assert.deepEqual(got, []);
  assert.ok(taken > 0 && taken < 200, `${taken} blocks taken by the transport`);
  b.reader.resume();
  await lab.clock.run(lab.clock.now() + 60_000);
  assert.deepEqual(got, Array.from({ length: 250 }, (_, i) => i));
});

test('a write larger than a segment arrives whole and in order; its done comes once', async () => {
  const lab = new Lab();
  const [a, b] = await lab.meet(lab.host(), lab.host());
  const got: number[] = [];
  b.reader.read({ data: (d) => got.push(...d), end: () => undefined });
  let done = 0;
  const sent = Uint8Array.from({ length: 3 * BLOCK_BYTES + 7 }, (_, i) => i);
  a.writer.write([sent.subarray(0, 13), sent.subarray(13)], () => { done++; });
  await lab.clock.run(lab.clock.now() + 10_000);
  assert.deepEqual(Uint8Array.from(got), sent);
  assert.equal(done, 1);
});

test('a close is heard one way later, once, and the one who closes hears nothing', async () => {
  const lab = new Lab();
  const [a, b] = await lab.meet(lab.host(), lab.host());
  const [mine, theirs] = [reading(lab.clock, a), reading(lab.clock, b)];
  let taken = 0;
  for (let i = 0; i < 3; i++) a.writer.write([block], () => { taken++; });
  a.close();
  assert.equal(taken, 2, 'the first is on the link; the rest is gone, and its writer is told');
  await lab.clock.run(lab.clock.now() + 19);
  assert.equal(theirs.ended, undefined);
  await lab.clock.run(lab.clock.now() + 1000);
  assert.equal(theirs.ended, 'closed by the peer');
  assert.equal(mine.ended, undefined);
});

test('slow start: the first round trips carry little', async () => {
  const time = async (slowStart: boolean): Promise<number> => {
    const lab = new Lab({ slowStart });
    const far = { up: 1e7, down: 1e7, delay: 50 };
    const [a, b] = await lab.meet(lab.host(far), lab.host(far));
    const start = lab.clock.now();
    const seen = reading(lab.clock, b);
    send(a, 61);
    await lab.clock.run(60_000);
    return seen.at - start;
  };
  near(await time(false), 100 + 100);
  const slow = await time(true);
  // 32 KiB, then twice as much each round trip of 200 ms: 1 MB needs five.
  assert.ok(slow > 900 && slow < 1300, `${slow}`);
});

test('nobody reaches a host behind NAT, one that does not listen, or one that is gone', async () => {
  const lab = new Lab();
  const here = lab.host();
  const hidden = lab.host({}, true);
  const deaf = lab.host();
  const gone = lab.host();
  const [a] = await lab.meet(here, gone);
  const seen = reading(lab.clock, a);
  gone.unplug();
  const dials = [hidden, deaf, gone].map((to) => here.net.dial({ host: to.host.address, port: 1 }, 10_000));
  const outcomes = Promise.allSettled(dials);
  await lab.clock.run(lab.clock.now() + 20_000);
  assert.equal(seen.ended, 'closed by the peer');
  assert.deepEqual((await outcomes).map((o) => (o.status === 'rejected' ? (o.reason as Error).message : 'open')),
    ['10.0.0.2: no answer in 10 s', '10.0.0.3: connection refused', '10.0.0.4: no answer in 10 s']);
  const [out] = await lab.meet(hidden, here);
  assert.equal(out.incoming, false);
});

test('connections break by themselves where the scenario says so', async () => {
  const lab = new Lab({ breakAfter: 5000 });
  const [a, b] = await lab.meet(lab.host(), lab.host());
  const [mine, theirs] = [reading(lab.clock, a), reading(lab.clock, b)];
  await lab.clock.run(120_000);
  assert.deepEqual([mine.ended, theirs.ended], ['connection reset', 'connection reset']);
});
