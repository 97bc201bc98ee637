/** --max-active: the built program downloads so many torrents at once, in order, and tells who waits. */
import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { after, test } from 'node:test';
import { Running } from './running.js';
import { NAMES, said, TORRENTS, Trio } from './trio.js';

const trio = await Trio.make();
after(() => trio.remove());

const download = (to: string, peer: string, ...options: readonly string[]): Running =>
  new Running(trio, ['download', ...TORRENTS, '--folder', to, '--port', '0', '--peer', peer, ...options]);

test('one after the other, in the order given', () => trio.seeding([], async (peer) => {
  const leecher = download('one', peer, '--max-active', '1');
  assert.equal(await leecher.ended, 0);
  assert.deepEqual(said(leecher.events), [
    'queued b', 'queued c', 'done a', 'resumed b', 'done b', 'resumed c', 'done c',
  ]);
  for (const name of NAMES) await trio.mustHave('one', name);
}));

test('a pause gives the turn on, status tells who waits, and a resumed one waits again', () => trio.seeding(['--up-limit', '200'], async (peer) => {
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

test('what is here already waits for nobody', () => trio.seeding(['--up-limit', '100'], async (peer) => {
  await mkdir(trio.path('three'));
  await copyFile(trio.path('from/c'), trio.path('three/c'));
  const leecher = download('three', peer, '--max-active', '1');
  await leecher.first('done', (e) => e.name === 'c');
  assert.deepEqual(said(leecher.events).filter((what) => what.startsWith('done')), ['done c']);
  leecher.kill('SIGINT');
  assert.equal(await leecher.ended, 130);
}));
