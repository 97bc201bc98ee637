/** Limits of torrents and peers, and who is exempt: the built program holds them, tells them in `stats`, and takes them from the console. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ClientEvent } from '../../src/ports/events.js';
import { Film, type Seeder } from './film.js';

const KB = 1000;
const film = await Film.make();
after(() => film.remove());

type Done = Extract<ClientEvent, { event: 'done' }>;
async function downloaded(folder: string, { peer }: Seeder, ...options: readonly string[]): Promise<Done> {
  const { code, lines } = await film.actorrent('film.torrent', '--folder', folder, '--port', '0', '--peer', peer, '--json', ...options);
  assert.equal(code, 0);
  return lines.map((line) => JSON.parse(line) as ClientEvent).find((e): e is Done => e.event === 'done')!;
}
/** A slow machine is never too fast. */
const held = ({ downloaded: bytes, elapsedMs }: Done, limit: number): void =>
  assert.ok(bytes <= limit * elapsedMs / 1000, `${bytes} bytes in ${elapsedMs} ms, at ${limit}`);

test('the limit of each torrent holds, stats tell it, and the console gives one torrent another', async () => {
  await film.seeding(['--torrent-up-limit', '200'], async (seeder) => {
    held(await downloaded('a', seeder), 200 * KB);
    const changed = seeder.next('answer');
    seeder.type('limit up 100 film');
    assert.deepEqual((await changed).lines, ['up limit of film: 100 KB/s']);
    const told = seeder.next('stats', (e) => e.limits?.up?.torrent?.limit === 100 * KB);
    held(await downloaded('b', seeder), 100 * KB);
    assert.deepEqual(Object.keys((await told).limits!), ['up']);
  });
});

test('the limit of each peer holds on the way down', async () => {
  await film.seeding([], async (seeder) => held(await downloaded('c', seeder, '--peer-down-limit', '200'), 200 * KB));
});

test('with --unlimited-local no limit holds a peer on this machine', async () => {
  // At 1 KB/s it would take seven minutes.
  await film.seeding(['--unlimited-local', '--up-limit', '1', '--torrent-up-limit', '1', '--peer-up-limit', '1'], async (seeder) => {
    assert.equal((await downloaded('d', seeder)).downloaded, 400 * KB);
  });
});
