/** --max-active: the built program downloads so many torrents at once, in order, and tells who waits. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ClientEvent } from '../../src/ports/events.js';
import { Running, runToEnd } from './running.js';

const NAMES = ['a', 'b', 'c'];
const TORRENTS = NAMES.map((name) => `${name}.torrent`);
const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
after(() => rm(folder, { recursive: true }));

await mkdir(join(folder, 'from'));
for (const [i, name] of NAMES.entries()) {
  await writeFile(join(folder, 'from', name), Buffer.alloc(300_000, i));
  assert.equal((await runToEnd({ folder }, ['create', `from/${name}`])).code, 0);
}

const said = (events: readonly ClientEvent[]): string[] => events.flatMap((e) =>
  ['done', 'queued', 'resumed', 'paused', 'seeded'].includes(e.event) && 'name' in e ? [`${e.event} ${e.name}`] : []);

/** All three, seeded while `play` runs. */
async function seeding(options: readonly string[], play: (peer: string, seeder: Running) => Promise<void>): Promise<void> {
  const seeder = new Running({ folder }, ['seed', ...TORRENTS, '--folder', 'from', '--ip', '127.0.0.1', '--port', '0', ...options]);
  try {
    const { port } = await seeder.first('listening');
    await play(`127.0.0.1:${port}`, seeder);
  } finally {
    seeder.kill();
    await seeder.ended;
  }
}

const download = (to: string, peer: string, ...options: readonly string[]): Running =>
  new Running({ folder }, ['download', ...TORRENTS, '--folder', to, '--port', '0', '--peer', peer, ...options]);

test('one after the other, in the order given', () => seeding([], async (peer) => {
  const leecher = download('one', peer, '--max-active', '1');
  assert.equal(await leecher.ended, 0);
  assert.deepEqual(said(leecher.events), [
    'queued b', 'queued c', 'done a', 'resumed b', 'done b', 'resumed c', 'done c',
  ]);
  for (const name of NAMES) {
    assert.ok((await readFile(join(folder, 'one', name))).equals(await readFile(join(folder, 'from', name))));
  }
}));

test('a pause gives the turn on, status tells who waits, and a resumed one waits again', () => seeding(['--up-limit', '200'], async (peer) => {
  const leecher = download('two', peer, '--max-active', '1');
  await leecher.first('stats', (e) => e.name === 'a' && e.downloaded > 0);
  leecher.type('pause a');
  await leecher.first('stats', (e) => e.name === 'b' && e.downloaded > 0);
  leecher.type('resume a');
  await leecher.first('queued', (e) => e.name === 'a');
  const answer = leecher.next('answer');
  leecher.type('status');
  const states = (await answer).lines.map((line) => line.split(', ')[1]!);
  assert.deepEqual([states[0], states[2]], ['queued', 'queued']);
  assert.match(states[1]!, /^down /);
  assert.equal(await leecher.ended, 0);
  assert.deepEqual(said(leecher.events), [
    'queued b', 'queued c', 'paused a', 'resumed b', 'queued a', 'done b', 'resumed a', 'done a', 'resumed c', 'done c',
  ]);
}));

test('what is here already waits for nobody', () => seeding(['--up-limit', '100'], async (peer) => {
  await mkdir(join(folder, 'three'));
  await writeFile(join(folder, 'three/c'), await readFile(join(folder, 'from/c')));
  const leecher = download('three', peer, '--max-active', '1');
  await leecher.first('done', (e) => e.name === 'c');
  assert.deepEqual(said(leecher.events).filter((what) => what.startsWith('done')), ['done c']);
  leecher.kill('SIGINT');
  assert.equal(await leecher.ended, 130);
}));
