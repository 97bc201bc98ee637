/** Bad pieces in runs, with the files they touch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badRuns, verdictOf } from '../../../src/cli/commands/verify-report.js';
import { Layout } from '../../../src/model/layout.js';

// Pieces of 10 over files of 25, 0, 5 and 12 bytes: the border of the third piece is crossed.
const layout = new Layout({
  files: [25, 0, 5, 12].map((length) => ({ length, padding: false })), pieceLength: 10, totalBytes: 42,
});

test('neighbours with the same fault are one run', () => {
  assert.deepEqual(badRuns(['match', 'mismatch', 'mismatch', 'absent', 'absent'], layout), [
    { first: 1, last: 2, absent: false, files: [0, 2] },
    { first: 3, last: 4, absent: true, files: [3] },
  ]);
  assert.deepEqual(badRuns(['match', 'match', 'match', 'match', 'match'], layout), []);
  assert.deepEqual(badRuns(['absent', 'match', 'absent', 'match', 'mismatch'], layout).map((r) => r.first), [0, 2, 4]);
});

test('padding is not named', () => {
  const padded = new Layout({ files: [true, false].map((padding) => ({ length: 5, padding })), pieceLength: 10, totalBytes: 10 });
  assert.deepEqual(badRuns(['mismatch'], padded), [{ first: 0, last: 0, absent: false, files: [1] }]);
});

test('in words', () => {
  assert.equal(verdictOf({ first: 7, last: 7, absent: false, files: [] }), 'piece 7 is wrong');
  assert.equal(verdictOf({ first: 1000, last: 1002, absent: true, files: [] }), 'pieces 1,000-1,002 are missing');
});
