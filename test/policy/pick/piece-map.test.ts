import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Picker } from '../../../src/policy/pick/picker.js';
import { CELLS, pieceMap } from '../../../src/policy/pick/piece-map.js';

type State = ReturnType<Picker['stateOf']>;
const swarm = (stateOf: (piece: number) => State, availability: (piece: number) => number) => ({ stateOf, availability });
const cellsOf = (hex: string): string[] => hex.match(/.{6}/g) ?? [];

test('a piece a cell: had, under way, and its copies', () => {
  const states: readonly State[] = ['have', 'active', 'checking', 'missing', 'unwanted'];
  const { pieces, cells } = pieceMap(swarm((p) => states[p]!, (p) => (p === 3 ? 0 : 2 + 1000 * Number(p === 4))), 5);
  assert.deepEqual([pieces, cellsOf(cells)], [5, ['ff0002', '00ff02', '00ff02', '000000', '0000ff']]);
});

test('many pieces share cells: a part is never shown as nothing or all, and the rarest piece counts', () => {
  const pieces = CELLS * 300;
  const { cells } = pieceMap(swarm((p) => (p === 0 ? 'have' : p >= 300 && p < 599 ? 'have' : 'missing'), (p) => (p === 7 ? 1 : 9)), pieces);
  const all = cellsOf(cells);
  assert.equal(all.length, CELLS);
  assert.deepEqual(all.slice(0, 3), ['010001', 'fe0009', '000009']);
});

test('however many pieces there are, every one is in one cell', () => {
  for (const pieces of [1, CELLS - 1, CELLS, CELLS + 1, 3 * CELLS - 1]) {
    const seen: number[] = [];
    pieceMap(swarm((p) => (seen.push(p), 'missing'), () => 0), pieces);
    assert.deepEqual(seen, Array.from({ length: pieces }, (_, i) => i));
  }
});
