/** What the observer writes down of a swarm agrees with what the swarm did. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn } from '../../src/edge/turn.js';
import { Observer } from '../../src/sim/observer.js';
import { summarize } from '../../src/sim/report/summary.js';
import type { RunResult } from '../../src/sim/result.js';
import type { Scenario } from '../../src/sim/scenarios/scenario.js';
import { simulate } from '../../src/sim/swarm.js';
import { peers, policyNamed, run, scene } from './scenes.js';

const scenario = scene([
  peers('seed', { has: 1, up: 300_000 }), peers('slow', { count: 4, up: 20_000 }), peers('fast', { count: 8, up: 100_000 }),
]);

async function observed(of: Scenario): Promise<RunResult> {
  const observer = new Observer();
  await simulate({ scenario: of, policy: policyNamed('tit-for-tat'), seed: 1 }, { turn }, observer.watch);
  return observer.result();
}

test('watching changes nothing', async () => {
  assert.equal((await observed(scenario)).trace, (await run(scenario)).trace.hash);
});

test('times, bytes and shares are within their bounds, and add up', async () => {
  const result = await observed(scenario);
  assert.equal(result.peers.filter((p) => p.completed !== null).length, 12);
  for (const { from, connected, regular, optimistic } of result.pairs) {
    assert.ok(regular + optimistic <= connected + 1e-6, from);
    assert.ok(connected <= result.lasted * 8 * 12);
  }
  const [seed] = result.peers;
  assert.deepEqual([seed!.completed, seed!.downloaded], [null, 0]);
  // Who is connected to whom is the same seen from both sides, but for the time a handshake is under way, in each of 4 x 8 pairs.
  const between = (from: string, to: string): number => result.pairs.find((p) => p.from === from && p.to === to)!.connected;
  assert.ok(Math.abs(between('slow', 'fast') - between('fast', 'slow')) < 4 * 8 * 0.1);
  for (const { used, present } of result.series) {
    assert.ok(used.every((u) => u === null || (u >= 0 && u <= 1)));
    assert.equal(used.length, present.length);
  }
  assert.ok(result.optimistic.returned <= result.optimistic.tried && result.optimistic.tried > 0);
  const told = JSON.parse(JSON.stringify(result)) as RunResult;
  assert.deepEqual(told, result, 'plain JSON');
});

test('who came within a sample could give since then only', async () => {
  // It announces, is dialled and serves within half a second: of the sample of five in which it comes, half is left.
  const { series, sampleEvery } = await observed(scene([
    peers('home', { count: 8, up: 20_000 }), peers('late', { has: 1, up: 50_000, arrives: { kind: 'at', at: 12_500 } }),
  ]));
  const { used, present } = series.find((s) => s.class === 'late')!;
  assert.equal(sampleEvery, 5);
  assert.deepEqual(present.slice(0, 3), [0, 0, 1]);
  assert.ok(used[2]! > 0.6, `${used[2]}`);
});

test('the summary: medians over runs, and a policy that never completes takes for ever', async () => {
  const result = await observed(scenario);
  const later = { ...result, peers: result.peers.map((p) => ({ ...p, completed: p.completed === null ? null : p.completed + 100 })) };
  const never = { ...result, policy: 'never', peers: result.peers.map((p) => ({ ...p, completed: null })) };
  const [first, second] = summarize([result, later, never]);
  const [alone] = summarize([result]);
  assert.equal(first!.runs, 2);
  assert.deepEqual(first!.classes.map((c) => c.class), ['slow', 'fast']);
  assert.ok(Math.abs(first!.all.time!.median - alone!.all.time!.median - 50) < 1e-9);
  assert.equal(second!.all.time!.median, Infinity);
  assert.equal(second!.all.completed, 0);
  assert.ok(alone!.all.used!.median > 0.3 && alone!.all.used!.median <= 1);
});
