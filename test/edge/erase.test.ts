/** The end of a torrent's files: they go, and nothing else does. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { nodeDisk } from '../../src/edge/disk.js';
import type { Storage } from '../../src/ports/disk.js';
import { content, read, scratch, span, stored } from './scratch.js';

const FILES = [
  { path: ['t', 'a'], length: 10 },
  { path: ['t', 'sub', 'deep', 'b'], length: 20 },
  { path: ['t', 'empty'], length: 0 },
  { path: ['t', 'sub', 'pad'], length: 5, padding: true },
  { path: ['t', 'other'], length: 8 },
];
const ALL = [0, 1, 2, 4];
const disk = nodeDisk({ procs: 0 });

/** The first two files are there, and the empty one. */
async function begun(t: TestContext): Promise<{ folder: string; s: Storage; put: (path: string, length?: number) => string }> {
  const folder = scratch(t);
  const s = disk.open(folder, FILES);
  await s.prepare();
  await stored(s, content(30), [span(0, 0, 10), span(1, 0, 20)]);
  const put = (path: string, length = 1): string => {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content(length));
    return at;
  };
  return { folder, s, put };
}

test('files go, and the folders that are empty then; their own folder stays', async (t) => {
  const { folder, s } = await begun(t);
  assert.deepEqual(await s.erase(ALL), { files: 3, bytes: 30 });
  assert.deepEqual(readdirSync(folder), []);
});

test('what is not named stays, with the folders above it: a file of the torrent, or somebody else\'s', async (t) => {
  const { folder, s, put } = await begun(t);
  put('t/other', 8);
  put('t/sub/mine');
  put('beside');
  assert.deepEqual(await s.erase([0, 1, 2]), { files: 3, bytes: 30 });
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), ['beside', 't', 't/other', 't/sub', 't/sub/mine']);
});

test('a file that is longer than the torrent\'s holds something else, and stays; so does a folder in its place', async (t) => {
  const { folder, s, put } = await begun(t);
  put('t/empty');
  put('t/other/mine');
  const trouble = (name: string, detail: string) => ({ file: join(folder, 't', name), cause: 'failed', detail });
  assert.deepEqual(await s.erase([0, 1, 2]),
    { files: 2, bytes: 30, trouble: trouble('empty', 'it is longer than the file of the torrent') });
  assert.deepEqual(await s.erase([4]), { files: 0, bytes: 0, trouble: trouble('other', 'a folder is in its place') });
  assert.ok(existsSync(join(folder, 't/other/mine')));
});

test('nothing outside of the folder is touched: through a link to a file, or to a folder', async (t) => {
  const { folder, s } = await begun(t);
  const outside = scratch(t);
  mkdirSync(join(outside, 'deep'));
  const secret = join(outside, 'secret');
  writeFileSync(secret, content(8));
  symlinkSync(secret, join(folder, 't/other'));
  const away = disk.open(folder, [{ path: ['away', 'deep', 'b'], length: 20 }, { path: ['away', 'secret'], length: 8 }]);
  symlinkSync(outside, join(folder, 'away'));
  const { trouble, files } = await s.erase(ALL);
  assert.deepEqual([files, trouble?.detail], [3, 'a symbolic link leads out of the folder']);
  assert.equal((await away.erase([0, 1])).files, 0);
  assert.deepEqual([readdirSync(outside), readdirSync(join(outside, 'deep'))], [['deep', 'secret'], []]);
});

test('a link within the folder goes, and what it leads to stays', async (t) => {
  const { folder, s, put } = await begun(t);
  symlinkSync(put('mine', 8), join(folder, 't/other'));
  assert.deepEqual((await s.erase(ALL)).files, 4);
  assert.deepEqual(readdirSync(folder), ['mine']);
});

const isRoot = process.getuid?.() === 0 && 'root may delete anything';
test('one that may not be deleted is told of, and the others go', { skip: isRoot }, async (t) => {
  const { folder, s } = await begun(t);
  const locked = join(folder, 't/sub/deep');
  chmodSync(locked, 0o500);
  try {
    assert.deepEqual(await s.erase(ALL),
      { files: 2, bytes: 10, trouble: { file: join(locked, 'b'), cause: 'denied', detail: 'permission denied' } });
  } finally {
    // Now: what is registered to clear the folder away would run first.
    chmodSync(locked, 0o700);
  }
});

test('what is under way ends first, and nothing comes after', async (t) => {
  const { folder, s } = await begun(t);
  const late = stored(s, content(8), [span(4, 0, 8)]);
  const room = s.allocate([0, 1, 4], 'full');
  assert.deepEqual((await s.erase(ALL)).files, 4);
  assert.deepEqual([(await late).type, await room], ['stored', undefined]);
  assert.equal((await s.prepare())?.detail, 'the torrent is closed');
  assert.equal((await read(s, [span(0, 0, 1)])).type, 'trouble');
  assert.deepEqual(readdirSync(folder), []);
});

test('where nothing is, nothing is deleted, and nothing is wrong', async (t) => {
  const s = disk.open(join(scratch(t), 'never', 'made'), FILES);
  assert.deepEqual(await s.erase(ALL), { files: 0, bytes: 0 });
});
