import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeWatchedFolder } from '../../src/edge/watched-folder.js';
import { scratch } from './scratch.js';

const BOUNDS = { mostFiles: 3, largestFile: 10 };
const isText = (name: string): boolean => name.endsWith('.txt');

test('files of interest, as they are now; folders and others are none', async (t) => {
  const path = scratch(t);
  const folder = nodeWatchedFolder(path, BOUNDS);
  assert.deepEqual(await folder.list(isText), []);
  writeFileSync(join(path, 'b.txt'), 'bb');
  writeFileSync(join(path, 'a.txt'), 'a');
  writeFileSync(join(path, 'film.mkv'), 'x');
  mkdirSync(join(path, 'folder.txt'));
  utimesSync(join(path, 'a.txt'), 1000, 1000);
  utimesSync(join(path, 'b.txt'), 2000, 2000);
  assert.deepEqual(await folder.list(isText), [
    { name: 'a.txt', length: 1, modifiedAt: 1_000_000 }, { name: 'b.txt', length: 2, modifiedAt: 2_000_000 },
  ]);
  assert.equal(Buffer.from(await folder.read('b.txt')).toString(), 'bb');
});

test('no more files than bounded, and none that is too large', async (t) => {
  const path = scratch(t);
  const folder = nodeWatchedFolder(path, BOUNDS);
  for (const name of ['d', 'c', 'b', 'a']) writeFileSync(join(path, `${name}.txt`), 'x'.repeat(11));
  assert.deepEqual((await folder.list(isText)).map(({ name }) => name), ['a.txt', 'b.txt', 'c.txt']);
  await assert.rejects(folder.read('a.txt'), { message: 'too large: 11 bytes, of at most 10' });
});

test('what is not there is told of in words', async (t) => {
  const path = scratch(t);
  const folder = nodeWatchedFolder(path, BOUNDS);
  await assert.rejects(folder.read('a.txt'), { message: 'no such file or directory' });
  rmSync(path, { recursive: true });
  await assert.rejects(folder.list(isText), { message: 'no such file or directory' });
});
