import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockSheets, NOBODY, RECEIVED } from '../../../src/policy/pick/block-sheets.js';

test('a sheet is used again, and nothing of its last piece is on it', () => {
  const sheets = new BlockSheets();
  const first = sheets.take(3);
  first.states[1] = RECEIVED;
  first.from[1] = 7;
  sheets.give(first);
  const second = sheets.take(3);
  assert.equal(second, first);
  assert.deepEqual([[...second.states], [...second.from], second.requests], [[0, 0, 0], [NOBODY, NOBODY, NOBODY], [null, null, null]]);
  assert.notEqual(sheets.take(3), first);
});

test('the last piece, which is shorter, has a sheet of its own length', () => {
  const sheets = new BlockSheets();
  sheets.give(sheets.take(3));
  assert.equal(sheets.take(2).states.length, 2);
});

test('few are kept', () => {
  const sheets = new BlockSheets();
  const all = Array.from({ length: 1000 }, () => sheets.take(3));
  for (const sheet of all) sheets.give(sheet);
  const again = new Set(all);
  assert.equal(Array.from({ length: 1000 }, () => sheets.take(3)).filter((sheet) => again.has(sheet)).length, 16);
});
