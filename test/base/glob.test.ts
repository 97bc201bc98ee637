/** Globs of file names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globMatcher } from '../../src/base/glob.js';

test('which paths a glob matches', () => {
  const table: readonly (readonly [glob: string, path: string, matches: boolean])[] = [
    ['*.mkv', 'a.mkv', true], ['*.mkv', 'deep/down/a.mkv', true], ['*.mkv', 'a.mkv.txt', false],
    ['sub/*', 'sub/a', true], ['sub/*', 'sub/b/a', false], ['sub/**', 'sub/b/a', true], ['**/a', 'a', true],
    ['**/a', 'x/y/a', true],
    ['/a', 'a', true], ['/a', 'x/a', false], ['a?c', 'abc', true], ['a?c', 'ac', false], ['a?', 'aß', true],
    ['?', '😀', true],
    ['[ab]1', 'b1', true], ['[!ab]1', 'b1', false], ['[a-c]', 'b', true], ['a[', 'a[', true], ['a.b', 'axb', false],
    ['(x)+', '(x)+', true], ['[z-a]', '[z-a]', true],
    ['S01E0[1-3]*', 'S01E02 - Name (2024).mkv', true],
  ];
  for (const [glob, path, matches] of table) {
    assert.equal(globMatcher(glob)(path.split('/')), matches, `${glob} ${path}`);
  }
});
