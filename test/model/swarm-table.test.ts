/** What a tracker remembers, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId } from '../../src/base/brand.js';
import { fromSeed } from '../../src/base/random.js';
import { SwarmTable, type SwarmAnnounce, type SwarmAnswer, type SwarmLimits } from '../../src/model/swarm-table.js';

const LIMITS: SwarmLimits = { maxSwarms: 3, maxPeers: 4, maxTotal: 6, maxAnswer: 3, expireMs: 100 };
const torrent = (n: number): SwarmAnnounce['torrent'] => infoHash(n.toString(16).padStart(40, '0'));
const peer = (n: number, change: Partial<SwarmAnnounce> = {}): SwarmAnnounce => ({
  torrent: torrent(1), id: peerId(n.toString(16).padStart(40, '0')), endpoint: { host: '10.0.0.1', port: n },
  left: 1, numwant: 50, ...change,
});
interface Tracked {
  readonly table: SwarmTable;
  say(a: SwarmAnnounce, now?: number): SwarmAnswer;
}
const tableOf = (limits: Partial<SwarmLimits> = {}): Tracked => {
  const table = new SwarmTable({ ...LIMITS, ...limits });
  const random = fromSeed(1);
  return { table, say: (a, now = 0) => table.announce(a, now, random) };
};
const ports = (answer: SwarmAnswer): readonly number[] => answer.peers.map((p) => p.port).sort();

test('peers are told of each other, not of themselves', () => {
  const { say } = tableOf();
  assert.deepEqual(say(peer(1)), { seeds: 0, leechers: 1, downloaded: 0, peers: [] });
  assert.deepEqual(ports(say(peer(2))), [1]);
  assert.deepEqual(ports(say(peer(1))), [2]);
  assert.deepEqual(say(peer(3, { numwant: 0 })).peers, []);
  assert.deepEqual(ports(say(peer(4, { torrent: torrent(2) }))), []);
});

test('a seed is not told of seeds', () => {
  const { say } = tableOf();
  say(peer(1, { left: 0 }));
  say(peer(2));
  assert.deepEqual(ports(say(peer(3, { left: 0 }))), [2]);
  assert.deepEqual(ports(say(peer(2))), [1, 3]);
});

test('completions count once, stops take back', () => {
  const { say, table } = tableOf();
  say(peer(1));
  assert.equal(say(peer(1, { left: 0, event: 'completed' })).downloaded, 1);
  assert.equal(say(peer(1, { left: 0, event: 'completed' })).downloaded, 1);
  assert.deepEqual(say(peer(1, { left: 0, event: 'stopped' })), { seeds: 0, leechers: 0, downloaded: 1, peers: [] });
  assert.deepEqual(table.counts(torrent(1), 0), { seeds: 0, leechers: 0, downloaded: 1 });
  assert.equal(table.counts(torrent(9), 0), undefined);
});

test('who announces over both families is found over both, is not told of itself, and completes once', () => {
  const { say } = tableOf();
  const six = { endpoint: { host: '2001:db8::1', port: 1 } };
  say(peer(1));
  assert.deepEqual(say(peer(1, six)), { seeds: 0, leechers: 2, downloaded: 0, peers: [] });
  assert.deepEqual(say(peer(2)).peers.map((p) => p.host).sort(), ['10.0.0.1', '2001:db8::1']);
  assert.equal(say(peer(1, { left: 0, event: 'completed' })).downloaded, 1);
  assert.equal(say(peer(1, { ...six, left: 0, event: 'completed' })).downloaded, 1);
  assert.equal(say(peer(1, { left: 0, event: 'stopped' })).seeds, 1);
  assert.deepEqual(say(peer(2)).peers, [six.endpoint]);
});

test('who is silent is forgotten', () => {
  const { say, table } = tableOf();
  say(peer(1), 0);
  say(peer(2), 50);
  say(peer(1), 60);
  assert.equal(table.counts(torrent(1), 149)?.leechers, 2);
  assert.equal(table.counts(torrent(1), 150)?.leechers, 1);
  assert.equal(table.counts(torrent(1), 160)?.leechers, 0);
});

test('a full swarm forgets whom it heard of longest ago, a full table likewise', () => {
  const { say, table } = tableOf({ maxAnswer: 9 });
  for (const n of [1, 2, 3, 4]) say(peer(n));
  say(peer(1));
  assert.deepEqual(ports(say(peer(5))), [1, 2, 3, 4]);
  assert.deepEqual(ports(say(peer(6, { event: 'stopped' }))), []);
  assert.deepEqual(ports(say(peer(5))), [1, 3, 4]);
  for (const n of [2, 3]) say(peer(9, { torrent: torrent(n) }));
  assert.equal(table.counts(torrent(1), 0)?.leechers, 4, 'six in all');
  say(peer(8, { torrent: torrent(3) }));
  assert.equal(table.counts(torrent(1), 0), undefined, 'a seventh costs the stalest swarm');
  assert.deepEqual(table.torrents(9), [torrent(3), torrent(2)]);
});

test('whatever is announced, the bounds hold and the counts add up', () => {
  const one = fc.record({
    t: fc.integer({ min: 1, max: 5 }), n: fc.integer({ min: 1, max: 8 }), left: fc.constantFrom(0, 1),
    event: fc.constantFrom(undefined, 'started' as const, 'completed' as const, 'stopped' as const),
    numwant: fc.integer({ min: 0, max: 9 }), wait: fc.integer({ min: 0, max: 40 }),
  });
  fc.assert(fc.property(fc.array(one, { maxLength: 80 }), (announces) => {
    const { say, table } = tableOf();
    let now = 0;
    for (const { t, n, left, numwant, event, wait } of announces) {
      now += wait;
      const answer = say(peer(n, { torrent: torrent(t), left, numwant, ...(event && { event }) }), now);
      assert.ok(answer.peers.length <= Math.min(numwant, LIMITS.maxAnswer));
      assert.equal(new Set(ports(answer)).size, answer.peers.length);
      assert.ok(!ports(answer).includes(n));
      assert.ok(answer.seeds >= 0 && answer.leechers >= 0 && answer.seeds + answer.leechers <= LIMITS.maxPeers);
      assert.ok(table.swarms <= LIMITS.maxSwarms);
      const all = table.torrents(99).map((h) => table.counts(h, now)!);
      assert.ok(all.reduce((sum, c) => sum + c.seeds + c.leechers, 0) <= LIMITS.maxTotal);
    }
  }));
});
