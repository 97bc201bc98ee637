/**
 * `kill -9` at seeded moments of a download, again and again until it is complete: the built program, real files. A record never claims
 * what is not there, every byte is right in the end, and no more is fetched twice than docs/resume.md says.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fork } from '../../src/base/random.js';
import { BLOCK_BYTES, KIB, MIB, type Bytes, type Millis } from '../../src/base/units.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { Layout } from '../../src/model/layout.js';
import type { Metainfo } from '../../src/protocol/metainfo.js';
import { parseResumeRecord } from '../../src/protocol/resume-record.js';
import { Running } from './running.js';
import { bytesIn, share, type Shared } from './shared.js';

/** A few with every change; `KILLS=100 node --test build/test/cli/kill.test.js` for more. */
const KILLS = Number(process.env['KILLS'] ?? 12);
const LONGEST_LIFE_MS = 2000;
const SAVE_MS = 200;
/** Of the seeder, a second: nobody lives long enough for one of the large pieces. */
const RATE: Bytes = 1_000_000;
/** Sent, and nowhere yet when the receiver dies: what the seeder may send at once. */
const ON_THE_WAY: Bytes = 0.15 * RATE + 8 * BLOCK_BYTES;

/** Many small pieces in several files, and a few large ones. */
const CONTENT = [
  { name: 'small', pieceLength: 16 * KIB, files: { a: 700_001, 'b/c': 5, 'b/d': 300_000 } },
  { name: 'large', pieceLength: 4 * MIB, files: { e: 9 * MIB + 7 } },
];

const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
after(() => rm(folder, { recursive: true }));

/** Whether the record has everything, when it was written, and what it claims that is not there. */
async function lookAt({ meta, bytes }: Shared, where: string) {
  const { infoHash, pieceCount, files } = meta;
  const path = join(folder, where, '.actorrent', `${infoHash}.resume`);
  const raw = await readFile(path).catch(() => undefined);
  if (!raw) return { complete: false, writtenAt: 0, lies: [] };
  const record = parseResumeRecord(raw, { infoHash, pieceCount, fileCount: files.length });
  assert.ok(record.ok, 'a record is never half written');
  const found = await bytesIn(join(folder, where), meta);
  const layout = new Layout(meta);
  const lies: string[] = [];
  const claimed = (what: string, from: Bytes, length: Bytes): void => {
    if (!found.subarray(from, from + length).equals(bytes.subarray(from, from + length))) lies.push(`${meta.name}: ${what}`);
  };
  const pieces = bits(record.value.pieces, pieceCount);
  for (const piece of pieces) claimed(`piece ${piece}`, piece * meta.pieceLength, layout.pieceBytes(piece));
  for (const { piece, blocks } of record.value.unfinished) {
    for (const block of bits(blocks, layout.blocksIn(piece))) {
      claimed(`block ${block} of piece ${piece}`, piece * meta.pieceLength + block * BLOCK_BYTES, layout.blockBytes(piece, block));
    }
  }
  return { complete: pieces.length === pieceCount, writtenAt: (await stat(path)).mtimeMs, lies };
}

function bits(bytes: Uint8Array, length: number): readonly number[] {
  const field = Bitfield.parse(bytes, length);
  assert.ok(field.ok);
  return Array.from({ length }, (_, i) => i).filter((i) => field.value.has(i));
}

test(`killed ${KILLS} times, at moments that a seed chooses`, async (t) => {
  const chance = fork(1, 'kill');
  const shared: Shared[] = [];
  for (const content of CONTENT) shared.push(await share(folder, content));
  const torrents = CONTENT.map(({ name }) => `${name}.torrent`);
  const seeder = new Running({ folder }, ['seed', ...torrents, '--folder', 'from', '--port', '0', '--up-limit', `${RATE / 1000}`]);
  t.after(() => seeder.kill());
  const { port } = await seeder.first('listening');

  let [kills, rounds, allowed] = [0, 0, 0];
  const download = (where: string): Running => new Running({ folder }, ['download', ...torrents, '--folder', where, '--port', '0',
    '--peer', `127.0.0.1:${port}`, '--save-interval', `${SAVE_MS / 1000}`]);

  /** Until it is complete; how often it was killed. */
  async function round(where: string): Promise<void> {
    for (;;) {
      const bornAt = Date.now();
      const program = download(where);
      const isOver = kills === KILLS ? await program.ended : await Promise.race([program.ended, sleep(chance.below(LONGEST_LIFE_MS))]);
      if (isOver !== undefined) return assert.equal(isOver, 0);
      program.kill();
      await program.ended;
      const killedAt = Date.now();
      kills++;
      const seen = await Promise.all(shared.map((s) => lookAt(s, where)));
      assert.deepEqual(seen.flatMap(({ lies }) => lies), [], `after kill ${kills}`);
      const unsaved: Millis = Math.max(0, ...seen.map(({ complete, writtenAt }) => complete ? 0 : killedAt - Math.max(bornAt, writtenAt)));
      allowed += RATE * (unsaved + SAVE_MS) / 1000 + ON_THE_WAY;
    }
  }

  do {
    const where = `to-${++rounds}`;
    await round(where);
    for (const { meta, bytes } of shared) assert.ok((await bytesIn(join(folder, where), meta)).equals(bytes), `${meta.name} of round ${rounds}`);
    assert.equal((await readdir(join(folder, where, '.actorrent'))).length, shared.length, 'no draft is left');
  } while (kills < KILLS);

  seeder.kill('SIGINT');
  await seeder.ended;
  const sent = shared.reduce((n, { meta }) => n + uploadedOf(seeder, meta), 0);
  const twice = sent - rounds * shared.reduce((n, { bytes }) => n + bytes.length, 0);
  t.diagnostic(`${kills} kills, ${rounds} rounds, ${(twice / kills / KIB).toFixed(0)} KiB fetched twice a kill, ${(allowed / kills / KIB).toFixed(0)} allowed`);
  assert.ok(twice <= allowed, `${twice} bytes fetched twice, ${Math.round(allowed)} allowed`);
});

const uploadedOf = ({ events }: Running, { infoHash }: Metainfo): Bytes =>
  events.reduce((n, e) => (e.event === 'stats' && e.torrent === infoHash ? e.uploaded : n), 0);
