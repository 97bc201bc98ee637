/** Files that torrents have in common. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedFiles, type Placed } from '../../src/model/shared-files.js';

const placed = (folder: string, ...paths: readonly string[]): Placed =>
  ({ folder, files: paths.map((path) => ({ path: path.split('/'), padding: path.includes('.pad') })) });
const MINE = placed('out', 't/a', 't/.pad/1', 't/sub/b', 't/c');

const table: readonly (readonly [what: string, others: readonly Placed[], shared: readonly number[]])[] = [
  ['nobody else', [], []],
  ['the same files', [MINE], [0, 2, 3]],
  ['some, of several', [placed('out', 't/c', 't/d'), placed('out', 't/sub/b')], [2, 3]],
  ['the same names in another folder', [placed('elsewhere', 't/a')], []],
  ['a folder whose name only begins alike', [placed('out', 'two/a'), placed('ou', 't/t/a')], []],
  ['a torrent that lies within', [placed('out/t', 'sub/b'), placed('out/t', 'a')], [0, 2]],
  ['padding', [placed('out', 't/.pad/1')], []],
  ['nothing at all', [{ folder: 'out', files: [] }], []],
];
for (const [what, others, shared] of table) {
  test(`shared with ${what}`, () => assert.deepEqual(sharedFiles(MINE, others), shared));
}

test('a torrent around it', () => {
  assert.deepEqual(sharedFiles(placed('/x/out', 't/a', 't/b'), [placed('/x', 'out/t/b', 'out/z')]), [1]);
});
