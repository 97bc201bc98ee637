/** Magnet links end to end: the built program, as its user runs it, on loopback with a seeder and a tracker of its own. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Running, runToEnd } from './running.js';

const LOCAL = ['--ip', '127.0.0.1', '--port', '0'];
const HASH = '1'.repeat(40);
const running: Running[] = [];
let folder = '';
let peer = '';
let tracker = '';
let link = '';
let torrentHash = '';

const actorrent = (...args: readonly string[]): ReturnType<typeof runToEnd> => runToEnd({ folder }, args);

/** One that stays; on which port it listens. */
async function standing(...args: readonly string[]): Promise<number> {
  const program = new Running({ folder }, [...args, ...LOCAL]);
  running.push(program);
  return (await program.first('listening')).port;
}

const same = async (a: string, b: string): Promise<boolean> => (await readFile(join(folder, a))).equals(await readFile(join(folder, b)));

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
  await mkdir(join(folder, 'home/show'), { recursive: true });
  // With pieces of 16 KiB its info dictionary is of two pieces.
  await writeFile(join(folder, 'home/show/large.bin'), Buffer.alloc(16_000_000, 3));
  await writeFile(join(folder, 'home/show/small.txt'), 'small');
  tracker = `http://127.0.0.1:${await standing('tracker')}/announce`;
  await actorrent('create', 'home/show', '--piece-length', '16Ki', '--tracker', tracker, '-o', 'show.torrent');
  link = (await actorrent('magnet', 'show.torrent')).out.trim();
  torrentHash = /btih:(\w{40})/.exec(link)![1]!;
  peer = `127.0.0.1:${await standing('seed', 'show.torrent', '--folder', 'home')}`;
});
after(async () => {
  for (const program of running) program.kill();
  await Promise.all(running.map((program) => program.ended));
  await rm(folder, { recursive: true });
});

test('download MAGNET: its tracker leads to peers, they give the metadata, then the torrent; a restart asks nobody', async () => {
  const { code, out, err } = await actorrent('download', link, '--folder', 'a', ...LOCAL);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^show: fetching metadata from peers\nshow: 16\.0 MB in 977 pieces, in a\n/);
  assert.ok(await same('home/show/large.bin', 'a/show/large.bin'));
  // The kept metainfo serves a hash alone, which names nobody to ask.
  const again = await actorrent('download', torrentHash, '--folder', 'a', ...LOCAL);
  assert.equal(again.code, 0);
  assert.match(again.out, /all 977 pieces are here, by the resume record/);
  assert.doesNotMatch(again.out, /fetching metadata/);
});

test('an info-hash and --peer are enough; --json tells of the metadata before the start', async () => {
  const { code, out } = await actorrent('download', torrentHash, '--peer', peer, '--folder', 'b', '--json', ...LOCAL);
  assert.equal(code, 0);
  const events = out.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  const fetching = events.filter((e) => e['event'] === 'metadata');
  assert.deepEqual([fetching[0]!['name'], fetching[0]!['have'], fetching[0]!['pieces']], [torrentHash, 0, 0]);
  assert.ok(events.findIndex((e) => e['event'] === 'started') > events.indexOf(fetching.at(-1)!));
  assert.ok(await same('home/show/large.bin', 'b/show/large.bin'));
});

test('so= selects files, and --only outvotes it', async () => {
  const bare = `magnet:?xt=urn:btih:${torrentHash}&x.pe=${peer}`;
  assert.equal((await actorrent('download', `${bare}&so=1`, '--folder', 'c', ...LOCAL)).code, 0);
  assert.ok(await same('home/show/small.txt', 'c/show/small.txt'));
  assert.ok(!existsSync(join(folder, 'c/show/large.bin')) || !(await same('home/show/large.bin', 'c/show/large.bin')));
  assert.equal((await actorrent('download', `${bare}&so=1`, '--only', 'large.bin', '--folder', 'd', ...LOCAL)).code, 0);
  assert.ok(await same('home/show/large.bin', 'd/show/large.bin'));
});

test('what a link selects, or --only, and the torrent does not have: exit 1 and what to do', async () => {
  const bare = `magnet:?xt=urn:btih:${torrentHash}&x.pe=${peer}`;
  const beyond = await actorrent('download', `${bare}&so=7`, '--folder', 'e', ...LOCAL);
  assert.deepEqual([beyond.code, /selects files \(so=\).*--only GLOB/.test(beyond.err)], [1, true], beyond.err);
  const nothing = await actorrent('download', bare, '--only', '*.iso', '--folder', 'e', ...LOCAL);
  assert.deepEqual([nothing.code, /--only \*\.iso: no file of show matches/.test(nothing.err)], [1, true], nothing.err);
});

test('info MAGNET shows what it leads to; -o saves the torrent file, and not over another', async () => {
  const { code, out } = await actorrent('info', link, '-o', 'saved.torrent');
  assert.equal(code, 0);
  assert.match(out, /^Name {7}show\n/);
  assert.match((await actorrent('info', 'saved.torrent')).out, new RegExp(`Info-hash {2}${torrentHash}(.|\n)*Trackers {3}${tracker}`));
  const twice = await actorrent('info', link, '-o', 'saved.torrent');
  assert.deepEqual([twice.code, /exists; --force replaces it/.test(twice.err)], [1, true]);
  assert.equal((await actorrent('info', torrentHash, '--peer', peer)).code, 0);
});

test('seed MAGNET fetches the metadata, and refuses a folder without the torrent', async () => {
  const { code, err } = await actorrent('seed', link, '--folder', 'empty', ...LOCAL);
  assert.deepEqual([code, /nothing of show is in empty/.test(err)], [1, true], err);
});

test('nobody to ask: exit 2, and what to do', async () => {
  for (const source of [`magnet:?xt=urn:btih:${HASH}&dn=x`, HASH]) {
    for (const command of ['download', 'seed', 'info']) {
      const { code, err } = await actorrent(command, source);
      assert.equal(code, 2);
      assert.match(err, /nobody to ask for its metadata: there is no DHT here\. Give .*&tr=URL.*--peer HOST:PORT/);
    }
  }
});

test('a hash of version 2: exit 3, and that it is not supported', async () => {
  const { code, err } = await actorrent('a'.repeat(64));
  assert.deepEqual([code, /version 2 torrent \(BEP 52\), which is not supported/.test(err)], [3, true]);
});
