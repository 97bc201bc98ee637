/** A torrent with padding files (BEP 47), the built program at both ends: padding is on neither disk, and nobody misses it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { concat } from '../../src/base/bytes.js';
import { KIB } from '../../src/base/units.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { encode } from '../../src/protocol/bencode.js';
import { content } from '../edge/scratch.js';
import { Running, runToEnd } from './running.js';

const PIECE = 32 * KIB;
/** `a` ends in the second piece, and padding fills that and the third, so that `b` begins with the fourth. */
const [A, B] = [content(PIECE + 10_000), content(PIECE + 5, 1)];
const PADDING = 3 * PIECE - A.length;

const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
after(() => rm(folder, { recursive: true }));
const stream = concat([A, new Uint8Array(PADDING), B]);
await writeFile(join(folder, 'x.torrent'), encode({ info: {
  files: [
    { length: A.length, path: ['a'] },
    { attr: 'p', length: PADDING, path: ['.pad', `${PADDING}`] },
    { length: B.length, path: ['b'] },
  ],
  name: 'x',
  'piece length': PIECE,
  pieces: concat([0, 1, 2, 3, 4].map((piece) => nodeSha1(stream.subarray(piece * PIECE, (piece + 1) * PIECE)))),
} }));
await mkdir(join(folder, 'from/x'), { recursive: true });
await writeFile(join(folder, 'from/x/a'), A);
await writeFile(join(folder, 'from/x/b'), B);

test('padding is served and stored without a file, and is there for verify and for the next start', async (t) => {
  const seeder = new Running({ folder }, ['seed', 'x.torrent', '--folder', 'from', '--port', '0', '--choke-param', 'slots=20']);
  t.after(() => seeder.kill());
  const { port } = await seeder.first('listening');
  assert.equal((await seeder.first('checked')).good, 5);
  const download = (): Running =>
    new Running({ folder }, ['download', 'x.torrent', '--folder', 'to', '--port', '0', '--peer', `127.0.0.1:${port}`]);

  const first = download();
  t.after(() => first.kill());
  const { good: known, resumed: believed } = await first.first('checked');
  assert.deepEqual([known, believed], [1, false], 'the piece of padding alone is here from the start');
  assert.equal((await first.first('done')).downloaded, stream.length - PIECE, 'other padding is asked for as any other bytes');
  assert.equal(await first.ended, 0);
  for (const side of ['from', 'to']) {
    assert.deepEqual((await readdir(join(folder, side, 'x'))).sort(), ['a', 'b'], side);
    const { code, out } = await runToEnd({ folder }, ['verify', 'x.torrent', '--folder', side]);
    assert.equal(code, 0, out);
  }
  assert.ok((await readFile(join(folder, 'to/x/a'))).equals(A));
  assert.ok((await readFile(join(folder, 'to/x/b'))).equals(B));

  const again = download();
  t.after(() => again.kill());
  const { good, resumed } = await again.first('checked');
  assert.deepEqual({ good, resumed }, { good: 5, resumed: true });
  assert.equal(await again.ended, 0);
});

test('info lists the real files, and says how much of the size is padding', async () => {
  const { out } = await runToEnd({ folder }, ['info', 'x.torrent']);
  assert.match(out, /^Padding +55\.5 KB \(55,536 bytes\) of that/m);
  assert.match(out, /^Files +2 files$/m);
  assert.doesNotMatch(out, /\.pad/);
});
