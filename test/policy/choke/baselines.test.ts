/** What to compare with: round-robin, random, all, freerider, fibrillating; and seed-antileech, of which the half is bep3. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all } from '../../../src/policy/choke/all.js';
import { bep3 } from '../../../src/policy/choke/bep3.js';
import { fibrillating } from '../../../src/policy/choke/fibrillating.js';
import { freerider } from '../../../src/policy/choke/freerider.js';
import { random } from '../../../src/policy/choke/random.js';
import { roundRobin } from '../../../src/policy/choke/round-robin.js';
import { seedAntileech } from '../../../src/policy/choke/seed-antileech.js';
import { ask, chosen, ladder, peer, play } from './views.js';

const six = ladder(6);
const idle = peer(7, { peerInterested: false, down: [9999] });

test('round-robin: whose turn runs stays, then who has waited longest, newcomers last', () => {
  const turns = play({ policy: roundRobin, peers: [...six, idle], rounds: 9 }).map((r) => chosenOf(r.unchoked));
  const [first, second, third] = [[1, 2, 3, 4], [1, 2, 5, 6], [3, 4, 5, 6]];
  assert.deepEqual(turns, [first, first, first, second, second, second, third, third, third]);
});

const chosenOf = (unchoked: ReadonlyMap<number, unknown>): number[] => [...unchoked.keys()].sort((a, b) => a - b);

test('random: four of the interested, other ones each round; sticky changes one at the most', () => {
  const rounds = (sticky: boolean) => play({ policy: random, params: { sticky }, peers: [...six, idle], rounds: 40 })
    .map((r) => [...r.unchoked.keys()].sort());
  const moved = (sticky: boolean) => rounds(sticky).map((keys, i, list) => keys.filter((k) => !(list[i - 1] ?? keys).includes(k)).length);
  assert.ok(rounds(false).every((keys) => keys.length === 4 && !keys.includes(idle.key)));
  assert.ok(Math.max(...moved(false)) > 1 && Math.max(...moved(true)) === 1);
});

test('all: everybody; freerider: nobody', () => {
  assert.deepEqual(chosen(all, [...six, idle]), { regular: [1, 2, 3, 4, 5, 6], idle: [7] });
  assert.deepEqual(chosen(freerider, [...six, idle]), {});
});

test('fibrillating: the fastest four of now', () => {
  assert.deepEqual(chosen(fibrillating, [...six, idle]), { regular: [3, 4, 5, 6] });
  assert.deepEqual(chosen(fibrillating, six, { of: { seeding: true } }), { regular: [1, 2, 3, 4] });
});

test('seed-antileech: bep3 until complete, then those far from half', () => {
  assert.deepEqual(ask(seedAntileech, [...six, idle]), ask(bep3, [...six, idle]));
  const having = [2, 20, 32, 40, 60, 63].map((havePieces, i) => peer(i + 1, { havePieces }));
  assert.deepEqual(chosen(seedAntileech, having, { of: { seeding: true } }), { regular: [1, 2, 5, 6] });
});
