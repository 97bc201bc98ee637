/**
 * Which files are wanted, and which first: the built program, real files. What is not wanted is not written beyond the pieces that it shares
 * with what is, nor made where it shares none, also after a kill.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KIB, type Bytes } from '../../src/base/units.js';
import { Running, runToEnd } from './running.js';
import { bytesIn, share } from './shared.js';

const PIECE = 16 * KIB;
/** Pieces 0 to 5 are of `a` alone, 6 of `a` and `b`, 7 to 11 of `b` alone, and 12 to 18 of `deep/c`. */
const [A, B, C] = [100_000, 12 * PIECE - 100_000, 100_000];
const CONTENT = { name: 'box', pieceLength: PIECE, files: { a: A, b: B, 'deep/c': C, 'deep/empty': 0 } };

const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
const { meta, bytes } = await share(folder, CONTENT);
await share(folder, { name: 'order', pieceLength: PIECE, files: { x: 100 * PIECE, y: 10 * PIECE, z: 100 * PIECE } });
/** Pieces that a seeder lets us have before it unchokes us: those come whatever is wanted most. */
const ALLOWED_FAST = 10;
/** What was asked for in order may be told a little out of order: on a busy machine a hash and its write take their time. */
const TOLD_LATE = 16;
const seeder = new Running({ folder }, ['seed', 'box.torrent', 'order.torrent', '--folder', 'from', '--ip', '127.0.0.1', '--port', '0']);
const { port } = await seeder.first('listening');
after(async () => {
  seeder.kill();
  await seeder.ended;
  await rm(folder, { recursive: true });
});

const download = (where: string, ...options: readonly string[]): Running => downloadOf('box', where, ...options);
const downloadOf = (name: string, where: string, ...options: readonly string[]): Running =>
  new Running({ folder }, [`${name}.torrent`, '--folder', where, '--port', '0', '--procs', '1', '--peer', `127.0.0.1:${port}`, ...options]);

/** Just these bytes of the torrent are there; of all others none, or zeros. */
async function assertOnly(where: string, from: Bytes, to: Bytes): Promise<void> {
  const expected = Buffer.alloc(bytes.length);
  bytes.copy(expected, from, from, to);
  assert.ok((await bytesIn(join(folder, where), meta)).equals(expected), where);
}

async function untilDone(program: Running): Promise<void> {
  await program.first('done');
  assert.equal(await program.ended, 0);
}

test('--only: what is not wanted is not written, nor made, also after a kill and a restart', async () => {
  const only = ['--only', 'b', '--save-interval', '0.1'];
  const first = download('only', ...only, '--down-limit', '20');
  await first.first('piece');
  first.kill();
  await first.ended;
  await untilDone(download('only', ...only));
  await untilDone(download('only', ...only));
  await assertOnly('only', 6 * PIECE, 12 * PIECE);
  assert.deepEqual((await readdir(join(folder, 'only/box'))).sort(), ['a', 'b']);
});

test('--priority and --first-last: first and last pieces of each file, then the rest as it is wanted', async () => {
  const program = downloadOf('order', 'order', '--first-last', '--priority', '*=low', '--priority', 'z=high', '--priority', 'y=skip');
  await untilDone(program);
  const pieces = program.events.flatMap((e) => (e.event === 'piece' ? [e.piece] : []));
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  assert.deepEqual([...pieces].sort((m, n) => m - n), [...range(0, 100), ...range(110, 210)]);
  const first = new Set<number>(pieces.slice(0, 102 + ALLOWED_FAST + TOLD_LATE));
  assert.deepEqual([0, 99, ...range(110, 210)].filter((piece) => !first.has(piece)), [], pieces.join(' '));
});

test('--procs 0: the main thread hashes and writes', async () => {
  const program = new Running({ folder }, ['box.torrent', '--folder', 'alone', '--port', '0', '--procs', '0', '--peer', `127.0.0.1:${port}`]);
  await untilDone(program);
  await assertOnly('alone', 0, bytes.length);
});

test('while it runs: the console lists files and changes what is wanted', async () => {
  const program = download('changed', '--only', 'a', '--seed');
  await program.first('done');
  const listed = program.next('files');
  program.type('files');
  assert.deepEqual((await listed).files, [
    { number: 1, path: 'box/a', length: A, had: A, priority: 'normal' },
    { number: 2, path: 'box/b', length: B, had: 7 * PIECE - A, priority: 'skip' },
    { number: 3, path: 'box/deep/c', length: C, had: 0, priority: 'skip' },
    { number: 4, path: 'box/deep/empty', length: 0, had: 0, priority: 'skip' },
  ]);
  const [changed, done] = [program.next('files'), program.next('done')];
  program.type('priority deep/* high');
  assert.deepEqual((await changed).files.map((f) => [f.path, f.priority]), [['box/deep/c', 'high'], ['box/deep/empty', 'high']]);
  await done;
  assert.ok((await readFile(join(folder, 'changed/box/deep/c'))).equals(bytes.subarray(A + B)));
  assert.equal((await stat(join(folder, 'changed/box/deep/empty'))).size, 0);
  const refused = program.next('answer');
  program.type('priority *.mkv high');
  assert.deepEqual((await refused).lines, ['no file matches *.mkv: there are a, b, deep/c and deep/empty']);
  program.kill('SIGINT');
  assert.equal(await program.ended, 130);
});

test('what the console said holds at the next start, where its options say nothing else', async () => {
  const first = new Running({ folder }, ['box.torrent', '--folder', 'said', '--port', '0', '--peer', '127.0.0.1:1']);
  await first.first('checked');
  for (const line of ['priority b skip', 'priority #3 skip for box']) {
    const changed = first.next('files');
    first.type(line);
    await changed;
  }
  first.kill('SIGINT');
  assert.equal(await first.ended, 130);

  await untilDone(download('said'));
  await assertOnly('said', 0, 7 * PIECE);
  assert.ok(!(await readdir(join(folder, 'said/box/deep'))).includes('c'));

  await untilDone(download('said', '--priority', 'c=normal'));
  const expected = Buffer.from(bytes);
  expected.fill(0, 7 * PIECE, 12 * PIECE);
  assert.ok((await bytesIn(join(folder, 'said'), meta)).equals(expected), 'b is still not wanted');

  await untilDone(download('said', '--only', '*'));
  await assertOnly('said', 0, bytes.length);
});

test('what cannot be meant is refused: a level that is none, and nothing left to download', async () => {
  for (const [rule, reason] of [['a=urgent', /expected GLOB=LEVEL, the level one of skip, low, normal, high/], ['*=skip', /every file of box is skipped/]] as const) {
    const { code, err } = await runToEnd({ folder }, ['box.torrent', '--priority', rule]);
    assert.equal(code, 2);
    assert.match(err, reason);
  }
});
