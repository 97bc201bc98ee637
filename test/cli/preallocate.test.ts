/** Room for files at the start, as a user asks for it: the built program, before a byte has come. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { KIB } from '../../src/base/units.js';
import { Running } from './running.js';
import { bytesIn, share } from './shared.js';

const LENGTH = 1_000_000;
const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
after(() => rm(folder, { recursive: true }));
const { meta, bytes } = await share(folder, { name: 'film', pieceLength: 256 * KIB, files: { a: LENGTH, b: 16 * KIB } });

/** What there is in its folder when the program is ready to download, with nobody to download from. */
async function roomFor(t: TestContext, how: string): Promise<readonly (readonly [name: string, length: number, isReserved: boolean])[]> {
  const program = new Running({ folder }, ['download', 'film.torrent', '--folder', how, '--port', '0', '--only', 'a', '--preallocate', how]);
  t.after(() => program.kill());
  await program.first('checked');
  return Promise.all((await readdir(join(folder, how, 'film'))).map(async (name) => {
    const { size, blocks } = await stat(join(folder, how, 'film', name));
    return [name, size, blocks * 512 >= size] as const;
  }));
}

async function seeding(t: TestContext): Promise<{ readonly port: number }> {
  const seeder = new Running({ folder }, ['seed', 'film.torrent', '--folder', 'from', '--port', '0']);
  t.after(() => seeder.kill());
  return seeder.first('listening');
}

test('--preallocate none, sparse and full: the wanted file has no length, its length, or its blocks', async (t) => {
  assert.deepEqual(await roomFor(t, 'none'), []);
  assert.deepEqual(await roomFor(t, 'sparse'), [['a', LENGTH, false]]);
  assert.deepEqual(await roomFor(t, 'full'), [['a', LENGTH, true]]);
});

test('a file that vanishes before a piece of it has come is missed: it is not made again unless the user says so', async (t) => {
  const { port } = await seeding(t);
  const program = new Running({ folder }, ['download', 'film.torrent', '--folder', 'gone', '--port', '0', '--peer', `127.0.0.1:${port}`,
    '--preallocate', 'sparse', '--down-limit', '20', '--save-interval', '0.1']);
  t.after(() => program.kill());
  await program.first('checked');
  await rename(join(folder, 'gone/film'), join(folder, 'gone/away'));
  assert.match((await program.first('paused')).reason!, /^\S+gone\/film\/a: no such file or directory; put it back, and it goes on, or type resume/);
  assert.ok(!(await readdir(join(folder, 'gone'))).includes('film'));
  program.type('limit down 0');
  program.type('resume');
  assert.equal(await program.ended, 0);
  assert.ok((await bytesIn(join(folder, 'gone'), meta)).equals(bytes));
});

test('blocks of a piece that is not whole, whose file is deleted before the next start, are not looked for in new room', async (t) => {
  const { port } = await seeding(t);
  const download = (...options: readonly string[]): Running => new Running({ folder }, ['download', 'film.torrent',
    '--folder', 'emptied', '--port', '0', '--peer', `127.0.0.1:${port}`, '--preallocate', 'sparse', ...options]);
  const begun = download('--down-limit', '20');
  t.after(() => begun.kill());
  await begun.first('stats', (e) => e.downloaded > 0);
  begun.kill('SIGINT');
  await begun.ended;
  assert.ok(!begun.events.some((e) => e.event === 'piece'));
  await rm(join(folder, 'emptied/film'), { recursive: true });
  const again = download();
  t.after(() => again.kill());
  assert.equal(await again.ended, 0);
  assert.deepEqual(again.events.filter((e) => e.event === 'warning'), []);
  assert.equal((await again.first('done')).downloaded, bytes.length);
});

test('a download into reserved room is right, also when it is begun in one way and ended in another', async (t) => {
  const { port } = await seeding(t);
  const download = (how: string, ...options: readonly string[]): Running => new Running({ folder }, ['download', 'film.torrent',
    '--folder', 'to', '--port', '0', '--peer', `127.0.0.1:${port}`, '--preallocate', how, '--save-interval', '0.1', ...options]);
  const begun = download('sparse', '--down-limit', '300');
  t.after(() => begun.kill());
  await begun.first('piece');
  begun.kill();
  await begun.ended;
  const ended = download('full');
  t.after(() => ended.kill());
  assert.equal(await ended.ended, 0);
  assert.ok((await bytesIn(join(folder, 'to'), meta)).equals(bytes));
});
