/** Limiter: what it grants over seconds and within one, to one waiter and to many; what torrents and peers have under limits of their own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Levels } from '../../src/ports/events.js';
import { bench, BLOCK, CoarseClock, KB, MB, near, torrentOf, twoAhead, type Bench } from './limiter-bench.js';

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

for (const [rate, mostASecond] of [[2 * KB, 2], [50 * KB, 13]] as const) {
  test(`${rate / KB} KB/s is handed out at most ${mostASecond} times a second, and no less than a packet at once but the rest of a block`, () => {
    const b = bench({ limit: rate, waiters: 1 });
    everybodyAsks(b);
    b.clock.advance(60_000);
    const { grants } = b.logs[0]!;
    const small = grants.filter(({ bytes }) => bytes < 1400);
    assert.ok(grants.length <= 60 * mostASecond, `${grants.length} grants`);
    assert.ok(small.length <= b.total() / BLOCK, `${small.length} of them less than a packet`);
  });
}

const levels: readonly (readonly [of: string, limits: Pick<Parameters<typeof bench>[0], 'limit' | 'torrentLimits' | 'peerLimits'>])[] = [
  ['the client', { limit: 2 * MB }],
  ['a torrent', { limit: null, torrentLimits: { up: 2 * MB, down: null } }],
  ['a peer', { limit: null, peerLimits: { up: 2 * MB, down: null } }],
];
for (const [of, limits] of levels) {
  test(`after a pause, too, ten seconds bring what the limit of ${of} gives: no burst comes on top`, () => {
    const b = bench({ ...limits, waiters: 1 });
    b.ask(0);
    b.clock.advance(1000);
    b.pause(0);
    b.clock.advance(3_600_000);
    const before = b.total();
    b.ask(0);
    b.clock.advance(10_000);
    const granted = b.total() - before;
    assert.ok(granted >= 0.995 * 20 * MB && granted <= 1.005 * 20 * MB, `${granted}`);
  });
}

for (const waiters of [1, 5]) {
  test(`a tick that comes late costs ${waiters} nothing: the bucket covers a hold-up of 100 ms`, () => {
    const b = bench({ limit: 1 * MB, waiters, clock: new CoarseClock(100) });
    everybodyAsks(b);
    b.clock.advance(10_000);
    assert.ok(Math.abs(b.total() - 10 * MB) <= 0.02 * 10 * MB, `${b.total()}`);
  });
}

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

test('ChokeMgr hears of the uplink only: of the limits of all and of torrents', () => {
  const b = bench({ limit: 20 * KB, waiters: 0 });
  b.setLimit('down', 5 * KB);
  b.setLimit('up', 30 * KB);
  b.setLimit('up', 10 * KB, 'each torrent');
  b.setLimit('up', null, { torrent: torrentOf(1) });
  b.setLimit('down', 5 * KB, { torrent: torrentOf(2) });
  b.setLimit('up', 1 * KB, 'each peer');
  b.setLimit('up', null);
  const none = new Map();
  const one = new Map([[torrentOf(1), null]]);
  assert.deepEqual(b.heard, [
    { all: 20 * KB, eachTorrent: null, torrents: none }, { all: 30 * KB, eachTorrent: null, torrents: none },
    { all: 30 * KB, eachTorrent: 10 * KB, torrents: none }, { all: 30 * KB, eachTorrent: 10 * KB, torrents: one },
    { all: null, eachTorrent: 10 * KB, torrents: one },
  ]);
});

// SHARES OF THE UPLINK
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

// TORRENTS AND PEERS

const sumOf = (b: Bench, waiters: readonly number[]): number => waiters.reduce((sum, i) => sum + b.logs[i]!.bytes, 0);
const TWO = { waiters: 10, torrents: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1] } as const;
const [ONE, NINE] = [[0], [1, 2, 3, 4, 5, 6, 7, 8, 9]];

test('two torrents share a limit evenly, however many peers each has', () => {
  const b = bench({ limit: 200 * KB, ...TWO });
  twoAhead(b);
  b.clock.advance(100_000);
  near(sumOf(b, ONE), 10 * MB);
  near(sumOf(b, NINE), 10 * MB);
  for (const i of NINE) near(b.logs[i]!.bytes, 10 * MB / 9);
});

test('a torrent has no more than its own limit, and what it leaves is for the others', () => {
  const b = bench({ limit: 200 * KB, ...TWO });
  b.setLimit('up', 30 * KB, { torrent: torrentOf(1) });
  twoAhead(b);
  b.clock.advance(100_000);
  near(sumOf(b, NINE), 3 * MB);
  near(sumOf(b, ONE), 17 * MB);
  for (const i of NINE) near(b.logs[i]!.bytes, MB / 3);
  b.setLimit('up', null, { torrent: torrentOf(1) });
  b.clock.advance(100_000);
  near(sumOf(b, NINE), 13 * MB);
});

test('each torrent and each peer has a limit where there is none for all, and one of its own instead', () => {
  const b = bench({ limit: null, ...TWO, torrentLimits: { up: 90 * KB, down: null }, peerLimits: { up: 20 * KB, down: null } });
  twoAhead(b);
  b.clock.advance(100_000);
  near(sumOf(b, ONE), 2 * MB);
  near(sumOf(b, NINE), 9 * MB);
  b.setLimit('up', 18 * KB, { torrent: torrentOf(1) });
  b.setLimit('up', 30 * KB, 'each peer');
  b.clock.advance(100_000);
  near(sumOf(b, ONE), 5 * MB);
  near(sumOf(b, NINE), 10.8 * MB);
  b.setLimit('up', null, 'each peer');
  b.setLimit('up', null, 'each torrent');
  assert.equal(b.logs[0]!.grants.at(-1)?.bytes, Infinity);
  assert.notEqual(b.logs[1]!.grants.at(-1)?.bytes, Infinity);
});

test('a peer has the lesser of its cap and the limit of each', () => {
  const b = bench({ limit: null, waiters: 2, peerLimits: { up: 20 * KB, down: null } });
  b.share(0, { cap: 5 * KB });
  b.share(1, { cap: 50 * KB });
  twoAhead(b);
  b.clock.advance(100_000);
  near(b.logs[0]!.bytes, 0.5 * MB);
  near(b.logs[1]!.bytes, 2 * MB);
});

test('peers nearby have no limit where they are to have none, and take nothing from the others', () => {
  const hosts = ['192.168.1.2', '127.0.0.1', '8.8.8.8'];
  const setting = { limit: 50 * KB, waiters: 3, hosts, torrentLimits: { up: 40 * KB, down: null } };
  const exempt = bench({ ...setting, unlimitedLocal: true });
  twoAhead(exempt);
  exempt.clock.advance(100_000);
  for (const i of [0, 1]) assert.deepEqual(exempt.logs[i]!.grants, [{ at: 0, bytes: Infinity }]);
  near(exempt.logs[2]!.bytes, 4 * MB);
  const held = bench(setting);
  twoAhead(held);
  held.clock.advance(100_000);
  for (const { bytes } of held.logs) near(bytes, 4 * MB / 3);
});

test('limits of all, of torrents and of peers that change 20 times a second give what their values give', () => {
  const b = bench({ limit: 100 * KB, ...TWO });
  twoAhead(b);
  for (let i = 0; i < 400; i++) {
    const even = i % 2 === 0;
    b.setLimit('up', even ? 100 * KB : 300 * KB);
    b.setLimit('up', even ? 40 * KB : 20 * KB, { torrent: torrentOf(1) });
    b.setLimit('up', even ? null : 1 * MB, 'each peer');
    b.setLimit('down', even ? null : 1 * MB, 'each torrent');
    b.clock.advance(50);
  }
  near(b.total(), 4 * MB);
  near(sumOf(b, NINE), 0.6 * MB);
});

test('Status hears of every limit that holds its torrent, and of none where there is none', () => {
  const b = bench({ limit: null, ...TWO });
  assert.equal(b.weigh(0), undefined);
  b.setLimit('up', 100 * KB);
  b.setLimit('up', 30 * KB, { torrent: torrentOf(1) });
  b.setLimit('down', 5 * KB, 'each peer');
  twoAhead(b);
  b.clock.advance(1000);
  const down = { waiting: 0, eachPeer: 5 * KB };
  const shape = (levels: Levels | undefined): unknown => ({ ...levels, up: { ...levels?.up, client: levels?.up?.client?.limit,
    torrent: levels?.up?.torrent?.limit } });
  assert.deepEqual(shape(b.weigh(0)), { up: { waiting: 1, client: 100 * KB, torrent: undefined }, down });
  assert.deepEqual(shape(b.weigh(1)), { up: { waiting: 9, client: 100 * KB, torrent: 30 * KB }, down });
  const { level, burst } = b.weigh(1)!.up!.torrent!;
  assert.ok(level >= 0 && level <= burst && burst === 2 * BLOCK, `${level} of ${burst}`);
});
