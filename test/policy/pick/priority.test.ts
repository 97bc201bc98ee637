/** From files that are wanted more or less to pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FILE_PRIORITIES, type FilePriority } from '../../../src/base/file-priority.js';
import { Layout } from '../../../src/model/layout.js';
import { filesTouched, matchingFiles, noneMatches, pieceRanks, settled, withPriority } from '../../../src/policy/pick/priority.js';

const PIECE = 10;
const layoutOf = (lengths: readonly number[], padding: readonly number[] = []): Layout => new Layout({
  files: lengths.map((length, i) => ({ length, padding: padding.includes(i) })), pieceLength: PIECE,
  totalBytes: lengths.reduce((sum, length) => sum + length, 0),
});
const ranks = (layout: Layout, priorities: readonly FilePriority[], firstLast = false): readonly number[] =>
  [...pieceRanks(layout, { priorities, firstLast })];

test('a piece is wanted as much as the most wanted file in it', () => {
  const layout = layoutOf([25, 10, 25]);
  assert.deepEqual(ranks(layout, ['skip', 'skip', 'skip']), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(ranks(layout, ['skip', 'low', 'high']), [0, 0, 1, 3, 3, 3]);
  assert.deepEqual(ranks(layout, ['normal', 'high', 'skip']), [2, 2, 3, 3, 0, 0]);
});

test('first and last pieces of what is wanted go before all others, but not those of padding', () => {
  const layout = layoutOf([40, 0, 30, 5, 25], [3]);
  assert.deepEqual(ranks(layout, ['low', 'normal', 'skip', 'high', 'high'], true), [4, 1, 1, 4, 0, 0, 0, 4, 3, 4]);
});

test('a glob names files below the torrent, or a lone file, and no padding; the others stay as they are', () => {
  const files = ['t/a.mkv', 't/sub/b.mkv', 't/.pad/1.mkv', 'c.mkv'].map((path, i) => ({ path: path.split('/'), padding: i === 2 }));
  assert.deepEqual(matchingFiles(files, '*.mkv'), [0, 1, 3]);
  assert.deepEqual(matchingFiles(files, 'sub/*'), [1]);
  assert.deepEqual(matchingFiles(files, 't/*'), []);
  assert.deepEqual(['#1', '#3', '#4', '#5', '#0', '#'].map((glob) => matchingFiles(files, glob)), [[0], [], [3], [], [], []]);
  assert.deepEqual(withPriority(['low', 'low', 'high', 'skip'], [0, 3], 'normal'), ['normal', 'low', 'high', 'normal']);
});

test('where no file matches, it is said which there are: five, and how many more', () => {
  const files = (...paths: string[]) => paths.map((path) => ({ path: path.split('/'), padding: path.startsWith('t/.pad') }));
  assert.equal(noneMatches(files('c.mkv', 't/.pad/1'), 'x'), 'no file matches x: there is c.mkv');
  assert.equal(noneMatches(files('t/a', 't/sub/b'), 'x'), 'no file matches x: there are a and sub/b');
  assert.equal(noneMatches(files('t/1', 't/2', 't/3', 't/4', 't/5', 't/6', 't/7'), 'x'), 'no file matches x: there are 1, 2, 3, 4, 5 and 2 more');
});

test('what the first says that says anything; where none does, normal', () => {
  assert.deepEqual(settled(4, ['high'], [undefined, 'skip'], ['low', 'low', 'low']), ['high', 'skip', 'low', 'normal']);
});

const cases = fc.array(fc.record({ length: fc.nat(35), priority: fc.constantFrom(...FILE_PRIORITIES) }), { minLength: 1, maxLength: 12 });

test('a piece is wanted just where a file in it is, and a file touched just where a piece of it is wanted', () => {
  fc.assert(fc.property(cases, fc.boolean(), (files, firstLast) => {
    const layout = layoutOf(files.map((f) => f.length));
    const choice = { priorities: files.map((f) => f.priority), firstLast };
    const all = pieceRanks(layout, choice);
    const touched = files.map(() => false);
    for (let piece = 0; piece < layout.pieceCount; piece++) {
      const inside = layout.pieceSpans(piece).map((span) => span.file);
      assert.equal(all[piece]! > 0, inside.some((file) => files[file]!.priority !== 'skip'));
      if (all[piece]! > 0) for (const file of inside) touched[file] = true;
    }
    files.forEach(({ length, priority }, i) => { if (length === 0) touched[i] = priority !== 'skip'; });
    assert.deepEqual(filesTouched(layout, choice.priorities), touched);
  }));
});
