/** A swarm in which everybody has room for a few: turnover keeps it one swarm. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB, MINUTE, SECOND } from '../../src/base/units.js';
import { peers, run, scene } from './scenes.js';

/**
 * The first five find each other at the tracker, and so do the next five: each has all the room it has full of its like. The seed is among the
 * first; without turnover the others have nothing until those are done.
 */
test('nobody waits on an island for those who came first', async () => {
  const small = { maxPeers: 4, up: 50_000 };
  const classes = [peers('seed', { ...small, has: 1 }), peers('leecher', { ...small, count: 19 })];
  let late: readonly number[] = [];
  await run(scene(classes, { size: 16 * MIB, lasts: 5 * MINUTE }), {}, {
    begin: ({ clock, members }) => void clock.after(299 * SECOND, () => { late = members.map(({ pieces }) => pieces); }),
  });
  assert.ok(late.every((pieces) => pieces > 0), `pieces after five minutes: ${late.join(' ')}`);
});
