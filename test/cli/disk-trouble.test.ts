/**
 * Trouble with the disk, as users meet it: the built program says which file and why in one line, keeps what it has, goes on once that is
 * mended, and another torrent in the same process does not notice.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { KIB } from '../../src/base/units.js';
import { Running, runToEnd } from './running.js';
import { bytesIn, share, type Shared } from './shared.js';

/** A peer's limit, in KB/s: trouble begins before either torrent is complete. */
const RATE = 200;
const NOBODY = 65534;

const isRoot = process.getuid?.() === 0;
const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
await chmod(folder, 0o755);
const noMounts = whyNoMounts();
const film = await share(folder, { name: 'film', pieceLength: 16 * KIB, files: { a: 600_000, b: 300_000 } });
const other = await share(folder, { name: 'other', pieceLength: 16 * KIB, files: { c: 1_200_000 } });
const BOTH = ['film.torrent', 'other.torrent'];

const seed = (from: string): Running =>
  new Running({ folder }, ['seed', ...BOTH, '--folder', from, '--port', '0', '--peer-up-limit', `${RATE}`, '--choke-param', 'slots=20']);
const seeder = seed('from');
const { port } = await seeder.first('listening');
after(async () => {
  seeder.kill();
  await rm(folder, { recursive: true });
});

function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}

function unmount(at: string): void {
  // Lazily, as a drive that is pulled out: what is open stays so.
  execFileSync('umount', ['--lazy', at], { stdio: 'ignore' });
}

function whyNoMounts(): string | false {
  if (!isRoot || process.platform !== 'linux') return 'only root on Linux may mount';
  const at = join(folder, 'probe');
  mkdirSync(at);
  try {
    mount('-t', 'tmpfs', 'tmpfs', at);
    unmount(at);
    return false;
  } catch {
    return 'nothing can be mounted here';
  }
}

const isFilm = ({ name }: { readonly name?: string }): boolean => name === 'film';
const isOther = ({ name }: { readonly name?: string }): boolean => name === 'other';

function download(t: TestContext, to: string, { from = port, uid }: { readonly from?: number; readonly uid?: number } = {}): Running {
  const program = new Running({ folder, ...(uid !== undefined && { uid }) },
    ['download', ...BOTH, '--folder', to, '--port', '0', '--peer', `127.0.0.1:${from}`, '--save-interval', '0.5']);
  t.after(() => program.kill());
  return program;
}

/** The film has been told to be in trouble, in one line; the other torrent comes to its end. */
async function ails(program: Running, reason: RegExp): Promise<void> {
  const paused = await program.first('paused', isFilm);
  assert.match(paused.reason!, reason);
  await program.first('done', isOther);
  assert.ok(!program.events.some((e) => e.event === 'resumed' || (e.event === 'done' && isFilm(e))));
  assert.ok(!program.events.some((e) => e.event === 'paused' && isOther(e)));
}

async function comesToItsEnd(program: Running, to: string): Promise<void> {
  await program.first('resumed', isFilm);
  await program.first('done', isFilm);
  assert.equal(await program.ended, 0);
  for (const { meta, bytes } of [film, other]) assert.ok((await bytesIn(join(folder, to), meta)).equals(bytes), meta.name);
}

/** Nothing was fetched twice. */
async function keptAll(program: Running, { bytes }: Shared): Promise<void> {
  assert.equal((await program.first('done', isFilm)).downloaded, bytes.length);
}

describe('trouble with the disk', { concurrency: true }, () => {
  test('a full disk: it goes on by itself when there is room', { skip: noMounts }, async (t) => {
    const disk = join(folder, 'full/film');
    await mkdir(disk, { recursive: true });
    mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk);
    t.after(() => unmount(disk));
    const program = download(t, 'full');
    await ails(program, /^\S+full\/film\/[ab]: no space left on device; make room, and it goes on$/);
    mount('-o', 'remount,size=4m', disk);
    await comesToItsEnd(program, 'full');
    await keptAll(program, film);
  });

  test('no permission: it goes on by itself when allowed', async (t) => {
    // To root nothing is denied.
    const uid = isRoot ? NOBODY : process.getuid!();
    if ((await runToEnd({ folder, uid }, ['--version'])).code !== 0) return t.skip('root has it where nobody else may run it');
    const place = join(folder, 'denied/film');
    await mkdir(place, { recursive: true });
    await chmod(place, 0o555);
    for (const at of [join(place, '..'), place]) await chown(at, uid, uid);
    const program = download(t, 'denied', { uid });
    await ails(program, /^\S+denied\/film\/[ab]: permission denied; allow it, and it goes on$/);
    await chmod(place, 0o755);
    await comesToItsEnd(program, 'denied');
    await keptAll(program, film);
  });

  test('a file that vanishes and is put back: it goes on by itself', async (t) => {
    const program = download(t, 'back');
    await program.first('piece', isFilm);
    const [there, away] = [join(folder, 'back/film'), join(folder, 'back/elsewhere')];
    await rename(there, away);
    await ails(program, /^\S+back\/film\/[ab]: no such file or directory; put it back, and it goes on, or type resume to fetch it again$/);
    await rename(away, there);
    await comesToItsEnd(program, 'back');
  });

  test('a file that is removed: `resume` fetches it again', async (t) => {
    const program = download(t, 'removed');
    await program.first('piece', isFilm);
    await rm(join(folder, 'removed/film'), { recursive: true });
    await ails(program, /^\S+removed\/film\/[ab]: no such file or directory; /);
    program.type('resume film');
    await comesToItsEnd(program, 'removed');
  });

  test('a file that is cut short: `resume` fetches what is missing again', async (t) => {
    const program = download(t, 'short');
    await program.first('piece', (e) => isFilm(e) && e.have === 10);
    for (const name of await readdir(join(folder, 'short/film'))) await truncate(join(folder, 'short/film', name), 1);
    await ails(program, /^\S+short\/film\/[ab]: the file is shorter than it should be; put it back, /);
    program.type('resume');
    await comesToItsEnd(program, 'short');
  });

  test('a drive that is unmounted and mounted again', { skip: noMounts }, async (t) => {
    const [drive, at] = [join(folder, 'drive'), join(folder, 'unmounted/film')];
    for (const made of [drive, at]) await mkdir(made, { recursive: true });
    mount('--bind', drive, at);
    const program = download(t, 'unmounted');
    await program.first('piece', isFilm);
    unmount(at);
    await ails(program, /^\S+unmounted\/film\/[ab]: (no such file or directory|its folder is not the one that [a-z ]+); put it back, /);
    assert.deepEqual(await readdir(at), [], 'nothing is written where the drive should be');
    mount('--bind', drive, at);
    t.after(() => unmount(at));
    await comesToItsEnd(program, 'unmounted');
  });

  test('what a seeder cannot read: its other torrent is served, and this one again when the file is whole', async (t) => {
    const files = ['film/a', 'film/b', 'other/c'];
    for (const name of ['film', 'other']) await mkdir(join(folder, 'seeds', name), { recursive: true });
    for (const file of files) await copyFile(join(folder, 'from', file), join(folder, 'seeds', file));
    const hurt = seed('seeds');
    t.after(() => hurt.kill());
    const { port: from } = await hurt.first('listening');
    for (const { name } of [film.meta, other.meta]) await hurt.first('checked', (e) => e.name === name);
    await truncate(join(folder, 'seeds/film/a'), 100);
    const early = download(t, 'early', { from });
    const { reason } = await hurt.first('paused', isFilm);
    assert.match(reason!, /^\S+seeds\/film\/a: the file is shorter than it should be; put it back, and it goes on, /);
    await early.first('done', isOther);
    await copyFile(join(folder, 'from/film/a'), join(folder, 'seeds/film/a'));
    await hurt.first('resumed', isFilm);
    const late = download(t, 'fetched', { from });
    await late.first('done', isFilm);
    assert.equal(await late.ended, 0);
    assert.ok((await bytesIn(join(folder, 'fetched'), film.meta)).equals(film.bytes));
  });
});
