import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey, type PeerKey } from '../../../src/base/brand.js';
import { fromSeed } from '../../../src/base/random.js';
import { meet, NO_ROTATION, rotate, type Rotation } from '../../../src/policy/choke/optimistic.js';

const keys = (...n: readonly number[]): PeerKey[] => n.map(peerKey);
/** Everybody may. */
const all = new Set([1, 2, 3].map(peerKey));
const at = (line: readonly number[], turns: readonly [number, number][] = []): Rotation =>
  ({ line: keys(...line), turns: turns.map(([peer, roundsLeft]) => ({ peer: peerKey(peer), roundsLeft })) });

test('BEP 3: a newcomer is three times as likely at the head as at any other place', () => {
  const random = fromSeed(11);
  const line = at([1, 2, 3, 4]);
  const connected = new Set(keys(1, 2, 3, 4, 9));
  const places = [0, 0, 0, 0, 0];
  for (let i = 0; i < 7000; i++) {
    places[meet(line, { connected, wanting: keys(9) }, random).line.indexOf(peerKey(9))]!++;
  }
  // 7 equal chances: 3 for the head, 1 for each of the 4 others. Four standard deviations are about 165 and 117.
  assert.ok(Math.abs(places[0]! - 3000) < 165, `head ${places[0]}`);
  for (const n of places.slice(1)) assert.ok(Math.abs(n - 1000) < 117, `elsewhere ${n}`);
});

test('the line forgets those that left and keeps the place of those that want nothing now', () => {
  const met = meet(at([1, 2, 3]), { connected: new Set(keys(1, 3)), wanting: keys(3) }, fromSeed(1));
  assert.deepEqual(met.line, [1, 3]);
});

const table: readonly [what: string, before: Rotation, tick: boolean, slots: number, after: Rotation][] = [
  ['the head of the line begins and goes to its end', at([1, 2, 3]), true, 1, at([2, 3, 1], [[1, 3]])],
  ['a tick takes a round off a turn', at([2, 3, 1], [[1, 3]]), true, 1, at([2, 3, 1], [[1, 2]])],
  ['an event does not', at([2, 3, 1], [[1, 3]]), false, 1, at([2, 3, 1], [[1, 3]])],
  ['a turn ends and the next begins', at([2, 3, 1], [[1, 1]]), true, 1, at([3, 1, 2], [[2, 3]])],
  ['a free slot is filled by an event', at([2, 3, 1], [[1, 2]]), false, 2, at([3, 1, 2], [[1, 2], [2, 3]])],
  ['with fewer slots the oldest turn ends', at([3, 1, 2], [[1, 2], [2, 3]]), false, 1, at([3, 1, 2], [[2, 3]])],
  ['alone in the line, one begins again', at([1], [[1, 1]]), true, 1, at([1], [[1, 3]])],
  ['no slots, no turns', at([1, 2], [[1, 2]]), true, 0, at([1, 2])],
];
for (const [what, before, tick, slots, after] of table) {
  test(`rotate: ${what}`, () => assert.deepEqual(rotate(before, { slots, rounds: 3, tick, among: all }), after));
}

test('rotate passes over those that may not, and they keep their place', () => {
  const among = new Set([2, 3].map(peerKey));
  const rotated = rotate(at([1, 2, 3], [[1, 2]]), { slots: 1, rounds: 3, tick: false, among });
  assert.deepEqual(rotated, at([1, 3, 2], [[2, 3]]));
  assert.deepEqual(rotate(NO_ROTATION, { slots: 4, rounds: 3, tick: true, among }), NO_ROTATION);
});
