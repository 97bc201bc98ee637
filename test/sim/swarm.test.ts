/** Swarms of whole clients in virtual time: they complete, bytes are conserved, and a run is the same each time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '../../src/base/units.js';
import { turn } from '../../src/edge/turn.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { simulate, type Swarm } from '../../src/sim/swarm.js';
import { peers, policyNamed, run, scene } from './scenes.js';

const small = scene([peers('seed', { has: 1, up: 200_000 }), peers('leecher', { count: 8 })]);
const sum = (swarm: Swarm, of: 'uploaded' | 'downloaded'): number => swarm.members.reduce((n, m) => n + m.totals[of], 0);

test('a swarm completes: everybody gets every byte, and no link carries more than it can', async () => {
  const swarm = await run(small);
  const leechers = swarm.members.slice(1);
  assert.ok(leechers.every((m) => m.completedAt! > 0), 'all completed');
  assert.ok(leechers.every((m) => m.totals.downloaded >= small.size));
  assert.ok(sum(swarm, 'uploaded') >= sum(swarm, 'downloaded'));
  for (const { host, identity, leftAt } of swarm.members) {
    const elapsed = ((leftAt ?? swarm.clock.now()) - identity.arrivesAt) / SECOND;
    assert.ok(host!.sent <= identity.kind.up * elapsed, 'no link sends more than it can');
    assert.ok(host!.received <= identity.kind.down * elapsed, 'no link receives more than it can');
  }
});

test('the same scenario and seed give the same run; another seed, another', async () => {
  const churn = scene([
    peers('seed', { has: 1, up: 200_000 }),
    peers('leecher', { count: 6, arrives: { kind: 'poisson', mean: 5 * SECOND, from: 0 }, leaves: { kind: 'about', mean: 9 * SECOND } }),
    peers('hidden', { count: 2, behindNat: true, has: 0.5 }),
  ], { slowStart: true, connectionsBreakAfter: 60 * SECOND });
  const [a, b, other] = [await run(churn), await run(churn), await run(churn, { seed: 2 })];
  assert.equal(a.trace.hash, b.trace.hash);
  assert.equal(a.clock.now(), b.clock.now());
  assert.notEqual(a.trace.hash, other.trace.hash);
});

test('waiting for a turn of the event loop only where a promise was settled changes nothing', async () => {
  const whole = { scenario: small, seed: 1, policy: policyNamed('tit-for-tat') };
  const cautious = await simulate(whole, { turn, cautious: true });
  assert.equal((await run(small)).trace.hash, cautious.trace.hash);
});

test('who sends corrupt pieces is found out and banned, and the rest complete', async () => {
  const banned: string[] = [];
  const scenario = scene([peers('seed', { has: 1 }), peers('liar', { has: 1, corrupt: true, up: 50_000 }), peers('leecher', { count: 3 })]);
  const heard = (_: unknown, e: ClientEvent): void => {
    if (e.event === 'peer' && e.what === 'banned') banned.push(e.address.split(':')[0]!);
  };
  const swarm = await run(scenario, {}, { heard });
  assert.ok(swarm.members.slice(2).every((m) => m.completedAt !== undefined));
  assert.deepEqual([...new Set(banned)], [swarm.members[1]!.address]);
});

test('the choked get what they are granted (BEP 6), and no more', async () => {
  const got = async (allowedFast: number): Promise<number> => {
    const stingy = scene([peers('stingy', { has: 1, policy: policyNamed('freerider'), allowedFast }), peers('leecher')], { lasts: 120 * SECOND });
    return sum(await run(stingy), 'downloaded') / stingy.pieceLength;
  };
  assert.deepEqual([await got(0), await got(3)], [0, 3]);
});

test('leaving: a while after completion, or out of patience', async () => {
  const swarm = await run(scene([
    peers('seed', { has: 1, up: 300_000 }),
    peers('quick', { count: 3, up: 200_000, down: 1_000_000, leaves: { kind: 'after', ms: SECOND } }),
    peers('impatient', { count: 3, up: 1000, down: 2000, givesUpAfter: 30 * SECOND }),
  ]));
  const [, ...rest] = swarm.members;
  const [quick, impatient] = [rest.slice(0, 3), rest.slice(3)];
  for (const m of quick) assert.equal(Math.round(m.leftAt! - m.completedAt!), SECOND);
  for (const m of impatient) assert.ok(m.leftAt! > 0 && m.completedAt === undefined && !m.present);
  assert.ok(swarm.members[0]!.present);
});
