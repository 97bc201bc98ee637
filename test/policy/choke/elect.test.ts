import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elect, halfToEven, shares } from '../../../src/policy/choke/elect.js';
import { ladder } from './views.js';

const keys = (peers: ReturnType<typeof elect>): number[] => peers.map((p) => p.key);

test('shares are rounded each by itself, so they may miss the sum', () => {
  const sum = (slots: number): number[] => Object.values(shares(slots, halfToEven));
  assert.deepEqual([1, 2, 4, 7, 8].map(sum), [[1, 1], [1, 1], [3, 1], [5, 2], [6, 2]]);
  assert.deepEqual([5, 15, 25].map(sum), [[4, 2], [10, 4], [18, 8]]);
});

test('Haskell rounds halves to the even neighbour', () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6].map(halfToEven), [0, 2, 2, 2, 3]);
});

test('the fastest of each side; what one cannot fill the other has', () => {
  const [leeching, seeding] = [ladder(8), ladder(8)];
  assert.deepEqual(keys(elect({ leeching, seeding }, { leeching: 3, seeding: 2 })), [8, 7, 6, 1, 2]);
  assert.deepEqual(keys(elect({ leeching: [], seeding }, { leeching: 3, seeding: 2 })), [1, 2, 3, 4, 5]);
  assert.deepEqual(keys(elect({ leeching, seeding: [] }, { leeching: 3, seeding: 2 })), [8, 7, 6, 5, 4]);
  assert.deepEqual(keys(elect({ leeching: leeching.slice(0, 2), seeding: seeding.slice(0, 1) }, { leeching: 3, seeding: 2 })), [2, 1, 1]);
});
