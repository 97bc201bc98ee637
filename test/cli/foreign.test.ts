/** What is in the folder before the first start: the built program uses what belongs to the torrent, and writes over nothing else. */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { KIB } from '../../src/base/units.js';
import { Running } from './running.js';
import { bytesIn, share } from './shared.js';

const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
const { meta, bytes } = await share(folder, { name: 'film', pieceLength: 64 * KIB, files: { a: 300_000, b: 200_000 } });
/** So long that no piece is whole before the end. */
const onePiece = await share(folder, { name: 'short', pieceLength: 512 * KIB, files: { a: 300_000 } });
const seeder = new Running({ folder }, ['seed', 'film.torrent', 'short.torrent', '--folder', 'from', '--port', '0', '--choke-param', 'slots=20']);
const { port } = await seeder.first('listening');
after(async () => {
  seeder.kill();
  await rm(folder, { recursive: true });
});

const download = (t: TestContext, to: string, ...options: readonly string[]): Running => downloadOf('film', t, to, ...options);

function downloadOf(name: string, t: TestContext, to: string, ...options: readonly string[]): Running {
  const program = new Running({ folder },
    ['download', `${name}.torrent`, '--folder', to, '--port', '0', '--peer', `127.0.0.1:${port}`, ...options]);
  t.after(() => program.kill());
  return program;
}

/** How much was fetched. */
async function comesToItsEnd(program: Running, to: string): Promise<number> {
  const { downloaded } = await program.first('done');
  assert.equal(await program.ended, 0);
  assert.ok((await bytesIn(join(folder, to), meta)).equals(bytes));
  return downloaded;
}

/** A file of somebody's, longer or shorter than it should be. */
async function foreign(to: string, length = 1000): Promise<string> {
  const path = join(folder, to, 'film/a');
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, Buffer.alloc(length, 'my own '));
  return path;
}

async function asks(program: Running, path: string): Promise<void> {
  const before = await readFile(path);
  const { reason } = await program.first('paused', () => true);
  assert.equal(reason, `${path}: another file has this name; `
    + 'move it away, and it goes on, or type resume (or start with --overwrite) to write over it');
  assert.ok((await readFile(path)).equals(before));
}

describe('files that were there before', { concurrency: true }, () => {
  test('a file of another origin is left alone; moved away, it goes on', async (t) => {
    const path = await foreign('moved');
    const program = download(t, 'moved');
    await asks(program, path);
    await rename(path, `${path}.mine`);
    assert.equal(await comesToItsEnd(program, 'moved'), bytes.length);
    assert.equal((await readFile(`${path}.mine`)).length, 1000);
  });

  test('or written over, when the user says so', async (t) => {
    const path = await foreign('resumed');
    const program = download(t, 'resumed');
    await asks(program, path);
    program.type('resume');
    await comesToItsEnd(program, 'resumed');
  });

  test('or at once', async (t) => {
    await foreign('forced');
    await comesToItsEnd(download(t, 'forced', '--overwrite'), 'forced');
  });

  test('a stop meanwhile changes nothing, and the next start asks again', async (t) => {
    const path = await foreign('again', 400_000);
    for (let i = 0; i < 2; i++) {
      const program = download(t, 'again');
      await asks(program, path);
      program.kill('SIGINT');
      assert.equal(await program.ended, 130);
    }
    assert.equal((await readFile(path)).length, 400_000);
  });

  test('what another client has fetched is used: a piece of it tells', async (t) => {
    await cp(join(folder, 'from'), join(folder, 'partial'), { recursive: true });
    await truncate(join(folder, 'partial/film/a'), 100_000);
    await writeFile(join(folder, 'partial/film/b'), 'begun');
    const fetched = await comesToItsEnd(download(t, 'partial'), 'partial');
    assert.equal(fetched, bytes.length - 64 * KIB);
  });

  test('room that another client has reserved is taken', async (t) => {
    await mkdir(join(folder, 'reserved/film'), { recursive: true });
    await writeFile(join(folder, 'reserved/film/a'), Buffer.alloc(300_000));
    await comesToItsEnd(download(t, 'reserved'), 'reserved');
  });

  test('what we have begun is ours: it is never asked about, even if no piece is whole', async (t) => {
    const first = downloadOf('short', t, 'ours', '--down-limit', '32');
    await first.first('stats', (e) => e.downloaded > 0);
    first.kill('SIGINT');
    assert.equal(await first.ended, 130);
    const second = downloadOf('short', t, 'ours');
    assert.equal((await second.first('checked')).good, 0);
    const { downloaded } = await second.first('done');
    assert.ok(downloaded < onePiece.bytes.length);
    assert.equal(await second.ended, 0);
    assert.ok(!second.events.some((e) => e.event === 'paused'));
  });
});
