/** `remove` at the console of the built program: with its data and without, and nothing that is not the torrent's. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KIB } from '../../src/base/units.js';
import { Running, runToEnd } from './running.js';
import { ScriptedTracker } from './scripted-tracker.js';
import { share } from './shared.js';

const PIECE = 16 * KIB;
/** `a` and `b` share a piece; `deep/c` has its own. */
const FILES = { a: 100_000, b: 12 * PIECE - 100_000, 'deep/c': 50_000, 'deep/empty': 0 };
const BYTES = Object.values(FILES).reduce((sum, length) => sum + length);

const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
await share(folder, { name: 'box', pieceLength: PIECE, files: FILES });
await share(folder, { name: 'box 2', pieceLength: PIECE, files: { x: 30 * PIECE } });
const tracker = await ScriptedTracker.open();
const announced = ['create', 'from/box', '-o', 'announced.torrent', '--piece-length', `${PIECE}`, '--tracker', tracker.url('/announce')];
await runToEnd({ folder }, announced);
const seeder = new Running({ folder }, ['seed', 'box.torrent', 'box 2.torrent', '--folder', 'from', '--ip', '127.0.0.1', '--port', '0']);
const { port } = await seeder.first('listening');
after(async () => {
  seeder.kill();
  tracker.close();
  await seeder.ended;
  await rm(folder, { recursive: true });
});

const download = (torrents: readonly string[], where: string, ...options: readonly string[]): Running =>
  new Running({ folder }, [...torrents, '--folder', where, '--port', '0', '--procs', '1', '--peer', `127.0.0.1:${port}`, ...options]);
const there = async (where: string): Promise<string[]> => (await readdir(join(folder, where), { recursive: true })).sort();

test('--with-data: its tracker hears of it, its files go, and what is not its own stays; then nothing is left to do', async () => {
  await mkdir(join(folder, 'gone/box/deep'), { recursive: true });
  for (const mine of ['gone/notes', 'gone/box/deep/mine']) await writeFile(join(folder, mine), 'mine');
  const program = download(['announced.torrent'], 'gone', '--seed');
  await program.first('done');
  program.type('remove box --with-data');
  const { deleted, reason, folder: where } = await program.first('removed');
  assert.deepEqual([deleted, reason, where], [{ files: 4, bytes: BYTES, left: 0 }, undefined, 'gone']);
  assert.equal(await program.ended, 0);
  assert.deepEqual(tracker.events(), ['started', 'completed', 'stopped']);
  assert.deepEqual(await there('gone'), ['box', 'box/deep', 'box/deep/mine', 'notes']);
});

test('without: its files and its record stay for another time, and its turn is given on', async () => {
  const program = download(['box 2.torrent', 'box.torrent'], 'kept', '--max-active', '1', '--down-limit', '100');
  await program.first('piece');
  const answer = program.next('answer');
  program.type('remove x');
  assert.deepEqual((await answer).lines, ["torrent: expected the start of one name or info-hash, found 0 like 'x'"]);
  program.type('limit down 0');
  program.type('remove box 2');
  const { deleted, folder: where } = await program.first('removed', (e) => e.name === 'box 2');
  assert.deepEqual([deleted, where], [undefined, 'kept']);
  await program.first('done', (e) => e.name === 'box');
  assert.equal(await program.ended, 0);

  const again = download(['box 2.torrent'], 'kept');
  const { resumed, good } = await again.first('checked');
  assert.ok(resumed && good > 0);
  assert.equal(await again.ended, 0);
});

test('a file of another origin stays', async () => {
  await mkdir(join(folder, 'shared/box'), { recursive: true });
  await writeFile(join(folder, 'shared/box/b'), 'not of the torrent, and longer than its own'.repeat(5000));
  const program = download(['box.torrent'], 'shared');
  assert.match((await program.first('paused')).reason ?? '', /another file has this name/);
  program.type('remove box --with-data');
  assert.deepEqual((await program.first('removed')).deleted, { files: 1, bytes: 0, left: 1 }, 'the empty one was made');
  assert.equal(await program.ended, 0);
  assert.deepEqual(await there('shared'), ['box', 'box/b']);
});

test('what another torrent of the client has too stays, and it seeds on', async () => {
  const made = await runToEnd({ folder }, ['create', 'from/box', '-o', 'part.torrent', '--piece-length', `${PIECE}`, '--ignore', 'c']);
  assert.equal(made.code, 0, made.err);
  assert.equal(await download(['box.torrent'], 'both').ended, 0);
  const program = download(['box.torrent', 'part.torrent'], 'both', '--seed');
  const { torrent } = await program.first('started', (e) => e.bytes === BYTES);
  const part = await program.first('done', (e) => e.torrent !== torrent);
  assert.equal(part.downloaded, 0);
  program.type(`remove ${torrent} --with-data`);
  assert.deepEqual((await program.first('removed')).deleted, { files: 1, bytes: FILES['deep/c'], left: 3, shared: 3 });
  assert.deepEqual(await there('both'), ['box', 'box/a', 'box/b', 'box/deep', 'box/deep/empty']);
  program.type(`remove ${part.torrent} --with-data`);
  await program.first('removed', (e) => e.torrent === part.torrent);
  assert.equal(await program.ended, 0);
  assert.deepEqual(await there('both'), []);
});

test('a skipped file stays as it was, and the others go', async () => {
  await mkdir(join(folder, 'only/box/deep'), { recursive: true });
  await writeFile(join(folder, 'only/box/deep/c'), 'mine');
  const program = download(['box.torrent'], 'only', '--only', 'a', '--seed');
  await program.first('done');
  program.type('remove box --with-data');
  const { deleted } = await program.first('removed');
  assert.deepEqual([deleted?.files, deleted?.left], [2, 1], 'b shares a piece with a');
  assert.equal(await program.ended, 0);
  assert.deepEqual(await there('only'), ['box', 'box/deep', 'box/deep/c']);
  assert.equal(await readFile(join(folder, 'only/box/deep/c'), 'utf8'), 'mine');
});
