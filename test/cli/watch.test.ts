/** --watch: the built program adds what is put into a folder, and stays. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { Running, runToEnd } from './running.js';
import { said, Trio } from './trio.js';

const trio = await Trio.make();
after(() => trio.remove());

test('what is put into the folder is downloaded: torrents, links, whole ones only, each once; and the folder may come and go', () =>
  trio.seeding([], async (peer) => {
    await mkdir(trio.path('in'));
    await copyFile(trio.path('a.torrent'), trio.path('in/a.torrent'));
    const run = new Running(trio, ['--watch', 'in', '--folder', 'out', '--port', '0', '--peer', peer]);
    const warnings = (): string[] => run.events.flatMap((e) => (e.event === 'warning' ? [e.reason] : []));
    try {
      await run.first('done', (e) => e.name === 'a');

      const link = (await runToEnd(trio, ['magnet', 'b.torrent'])).out;
      await writeFile(trio.path('in/b.magnet'), link);
      await copyFile(trio.path('a.torrent'), trio.path('in/again.torrent'));
      await writeFile(trio.path('in/broken.torrent'), (await readFile(trio.path('c.torrent'))).subarray(0, 40));
      await run.first('done', (e) => e.name === 'b');
      await run.first('warning');

      await rename(trio.path('in'), trio.path('gone'));
      await run.first('warning', (e) => e.reason.startsWith('in: '));
      await rename(trio.path('gone'), trio.path('in'));
      await rm(trio.path('in/a.torrent'));
      await copyFile(trio.path('c.torrent'), trio.path('in/broken.torrent'));
      await run.first('done', (e) => e.name === 'c');

      assert.equal(warnings().length, 2, warnings().join('\n'));
      assert.match(warnings()[0]!, /^in\/broken\.torrent: .*expected /);
      assert.equal(warnings()[1], 'in: no such file or directory; it is watched again once it is there');
      const answer = run.next('answer');
      run.type('status');
      assert.deepEqual((await answer).lines.map((line) => line.split(',')[0]), ['a: 100.0 %', 'b: 100.0 %', 'c: 100.0 %'], 'all are here still');
      assert.deepEqual(said(run.events), ['done a', 'done b', 'done c']);
      assert.equal(run.events.filter((e) => e.event === 'watching').length, 2);
      run.kill('SIGINT');
      assert.equal(await run.ended, 130);
    } finally {
      run.kill();
    }
    for (const name of ['a', 'b', 'c']) await trio.mustHave('out', name);
  }));

test('a torrent given and one put into the folder, with turns and an option that is for each', () => trio.seeding([], async (peer) => {
  await mkdir(trio.path('in2'));
  for (const name of ['b.torrent', 'c.torrent']) await copyFile(trio.path(name), trio.path('in2', name));
  const run = new Running(trio, ['a.torrent', '--watch', 'in2', '--folder', 'out2', '--port', '0', '--peer', peer, '--only', '[ab]']);
  try {
    await run.first('done', (e) => e.name === 'a');
    await run.first('done', (e) => e.name === 'b');
    assert.equal((await run.first('warning')).reason, 'in2/c.torrent: --only [ab]: no file of c matches');
  } finally {
    run.kill();
  }
}));

test('seed needs no torrent at its start either: it seeds what is put into the folder, until it is stopped', async () => {
  await mkdir(trio.path('in3'));
  const run = new Running(trio, ['seed', '--watch', 'in3', '--folder', 'from', '--port', '0']);
  try {
    await run.first('watching');
    await copyFile(trio.path('a.torrent'), trio.path('in3/a.torrent'));
    await run.first('done', (e) => e.name === 'a' && e.downloaded === 0);
    run.kill('SIGINT');
    assert.equal(await run.ended, 130);
  } finally {
    run.kill();
  }
});

test('a folder that is not there at the start is a slip; so is nothing to do', async () => {
  const wrong: readonly (readonly [args: readonly string[], message: string])[] = [
    [['--watch', 'nowhere'], '--watch: expected a folder, found "nowhere"'],
    [['--watch', 'a.torrent'], '--watch: expected a folder, found "a.torrent"'],
    [['--max-active', '0', 'a.torrent'], '--max-active: expected an integer from 1 to 10000, found "0"'],
    [['download', '--folder', 'x'], 'download: expected a TORRENT or --watch DIR, found neither; see actorrent download --help'],
    [['seed'], 'seed: expected a TORRENT or --watch DIR, found neither; see actorrent seed --help'],
  ];
  for (const [args, message] of wrong) {
    const { code, err } = await runToEnd(trio, args);
    assert.deepEqual([code, err], [2, `actorrent: ${message}\n`]);
  }
});
