/** When a run ends, and what it does then: seeding goals of each torrent, --on-done, and torrents that are added on the live page. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { Running, runToEnd } from './running.js';
import { NAMES, said, TORRENTS, Trio, TRIO_BYTES } from './trio.js';

const trio = await Trio.make();
after(() => trio.remove());

const seed = (...args: readonly string[]): Running =>
  new Running(trio, ['seed', ...args, '--folder', 'from', '--ip', '127.0.0.1', '--port', '0']);
const at = async (run: Running): Promise<string> => `127.0.0.1:${(await run.first('listening')).port}`;

test('--seed-ratio: each torrent rests when it has reached it, and the run ends with the last', async () => {
  const seeder = seed('a.torrent', 'b.torrent', '--seed-ratio', '1');
  try {
    const peer = await at(seeder);
    const get = (name: string, to: string): Running =>
      new Running(trio, [`${name}.torrent`, '--folder', to, '--port', '0', '--peer', peer, '--seed']);
    const first = get('a', 'first');
    const { uploaded, ratio } = await seeder.first('seeded', (e) => e.name === 'a');
    assert.ok(uploaded >= TRIO_BYTES && ratio >= 1, `${uploaded} bytes, ratio ${ratio}`);
    await first.first('peer', (e) => e.what === 'disconnected');
    first.kill();
    const second = get('b', 'second');
    assert.equal(await seeder.ended, 0);
    second.kill();
    assert.deepEqual(said(seeder.events).filter((what) => what.startsWith('seeded')), ['seeded a', 'seeded b']);
  } finally {
    seeder.kill();
  }
});

test('--seed-time counts from completion, of a download too', () => trio.seeding([], async (peer) => {
  const run = new Running(trio, [...TORRENTS, '--folder', 'timed', '--port', '0', '--peer', peer, '--seed-time', '0.01']);
  assert.equal(await run.ended, 0);
  for (const name of NAMES) {
    const events = said(run.events).filter((what) => what.endsWith(` ${name}`));
    assert.deepEqual(events, [`done ${name}`, `seeded ${name}`]);
  }
}));

test('--on-done runs once for each torrent that was downloaded, and the run waits for it', () => trio.seeding([], async (peer) => {
  const command = 'sleep 1; echo "$TORRENT_NAME $TORRENT_HASH in $TORRENT_FOLDER" >> told.txt; echo said; echo wrong >&2; exit 3';
  const args = ['download', 'a.torrent', 'b.torrent', '--folder', 'told', '--port', '0', '--peer', peer];
  const { code, err } = await runToEnd(trio, [...args, '--on-done', command]);
  assert.equal(code, 0);
  const lines = (await readFile(trio.path('told.txt'), 'utf8')).trim().split('\n').sort();
  assert.equal(lines.length, 2);
  for (const [i, name] of ['a', 'b'].entries()) assert.match(lines[i]!, new RegExp(`^${name} [0-9a-f]{40} in ${trio.path('told')}$`));
  for (const line of ['on-done: said', 'on-done: wrong', 'on-done failed for a: exit code 3', 'on-done failed for b: exit code 3']) {
    assert.ok(err.includes(line), err);
  }
  // What is here already was told of by the run that downloaded it.
  assert.equal((await runToEnd(trio, [...args, '--on-done', 'echo again >> told.txt'])).code, 0);
  assert.equal((await readFile(trio.path('told.txt'), 'utf8')).includes('again'), false);
}));

test('a torrent that is added on the live page is waited for, with the goals and the folder of the run', () =>
  trio.seeding(['--up-limit', '200'], async (peer) => {
    const run = new Running(trio, ['a.torrent', '--folder', 'page', '--port', '0', '--peer', peer, '--seed-time', '0.01', '--ui', '0']);
    try {
      const { url } = await run.first('page');
      const headers = { origin: new URL(url).origin };
      const reply = await fetch(new URL('torrent', url), { method: 'POST', headers, body: await readFile(trio.path('b.torrent')) });
      assert.deepEqual(await reply.json(), { done: true, lines: ['added b'] });
      assert.equal(await run.ended, 0);
      assert.deepEqual(said(run.events).filter((what) => what.startsWith('seeded')).sort(), ['seeded a', 'seeded b']);
      await trio.mustHave('page', 'b');
    } finally {
      run.kill();
    }
  }));
