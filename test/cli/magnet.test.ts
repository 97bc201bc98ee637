/** Magnet links end to end: the built program, as its user runs it, on loopback with a seeder and a tracker of its own. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { PROGRAM } from '../../src/cli/entries.js';

const LOCAL = ['--ip', '127.0.0.1', '--port', '0'];
const HASH = '1'.repeat(40);
const running: ChildProcess[] = [];
let folder = '';
let peer = '';
let tracker = '';
let link = '';
let torrentHash = '';

function launch(args: readonly string[]): ChildProcess {
  const env = { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none' };
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env });
  running.push(child);
  return child;
}

function actorrent(...args: string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = launch(args);
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (t: string) => { out += t; });
  child.stderr!.setEncoding('utf8').on('data', (t: string) => { err += t; });
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, out, err })); });
}

/** One that stays, once it has said this line of JSON. */
async function standing(args: readonly string[], said: (event: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  for await (const line of createInterface({ input: launch([...args, '--json']).stdout! })) {
    const event = JSON.parse(line) as Record<string, unknown>;
    if (said(event)) return event;
  }
  throw new Error(`${args.join(' ')} ended`);
}

const same = async (a: string, b: string): Promise<boolean> => (await readFile(join(folder, a))).equals(await readFile(join(folder, b)));

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
  await mkdir(join(folder, 'home/show'), { recursive: true });
  // With pieces of 16 KiB its info dictionary is of two pieces.
  await writeFile(join(folder, 'home/show/large.bin'), Buffer.alloc(16_000_000, 3));
  await writeFile(join(folder, 'home/show/small.txt'), 'small');
  const { port: at } = await standing(['tracker', ...LOCAL], (e) => e['event'] === 'listening');
  tracker = `http://127.0.0.1:${String(at)}/announce`;
  await actorrent('create', 'home/show', '--piece-length', '16Ki', '--tracker', tracker, '-o', 'show.torrent');
  link = (await actorrent('magnet', 'show.torrent')).out.trim();
  torrentHash = /btih:(\w{40})/.exec(link)![1]!;
  const { port } = await standing(['seed', 'show.torrent', '--folder', 'home', ...LOCAL], (e) => e['event'] === 'listening');
  peer = `127.0.0.1:${String(port)}`;
});
after(async () => {
  const ends = running.map((child) => new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(undefined);
    child.on('close', resolve);
    child.kill();
  }));
  await Promise.all(ends);
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
