import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cohen2003 } from '../../../src/policy/choke/cohen-2003.js';
import { chosen, ladder, NOW } from './views.js';

const six = ladder(6);
const silent = (...keys: number[]) => six.map((p) => (keys.includes(p.key) ? { ...p, lastPieceAt: NOW - 60_001 } : p));

test('three by what they send and one optimistic, as in bep3', () => {
  const { regular, optimistic } = chosen(cohen2003, six);
  assert.deepEqual([regular, optimistic?.length], [[4, 5, 6], 1]);
});

test('who has sent nothing for over a minute can only be optimistic', () => {
  assert.deepEqual(chosen(cohen2003, silent(6)).regular, [3, 4, 5]);
  assert.deepEqual(chosen(cohen2003, six.map((p) => ({ ...p, lastPieceAt: NOW - 60_000 }))).regular, [4, 5, 6]);
});

test('slots that nobody earns are optimistic too', () => {
  const { regular, optimistic } = chosen(cohen2003, silent(1, 2, 3, 4, 5));
  assert.deepEqual([regular, optimistic?.length], [[6], 3]);
});

test('as a seed it gets no blocks, which is no snub', () => {
  assert.deepEqual(chosen(cohen2003, silent(1, 2, 3, 4, 5, 6), { of: { seeding: true } }).regular, [1, 2, 3]);
});
