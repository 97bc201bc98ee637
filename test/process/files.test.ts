import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, KIB, SECOND } from '../../src/base/units.js';
import { Layout } from '../../src/model/layout.js';
import { RUN_BYTES, type Lent } from '../../src/model/read-ahead.js';
import { FULL } from './fake-disk.js';
import { block, check, discard, LENGTHS, PIECE, start, whole } from './files-stage.js';

// DOWN -------------------------------------------------------------------------------

test('blocks in any order make the piece; it is hashed and stored in one job', async () => {
  const { stage, disk } = await start();
  stage.forget().send(block(1, 1, 9), block(1, 0, 8), check(1));
  const [{ job }] = disk.stores as [(typeof disk.stores)[0]];
  assert.deepEqual([job.bytes.length, job.bytes[0], job.bytes[BLOCK_BYTES]], [PIECE, 8, 9]);
  assert.deepEqual([...job.expected], new Array(20).fill(2));
  assert.deepEqual(job.spans, [
    { file: 0, offset: PIECE, length: BLOCK_BYTES }, { file: 1, offset: 0, length: BLOCK_BYTES },
  ]);
  assert.deepEqual(stage.told(), []);
  disk.stores[0]!.done({ type: 'stored' });
  assert.deepEqual(stage.told(), [['PieceMgr', 'checked', { piece: 1, good: true }]]);
  assert.equal(disk.buffers.size, 0);
});

test('a block is copied: what it came in may be reused at once', async () => {
  const { stage, disk } = await start();
  const data = new Uint8Array(BLOCK_BYTES).fill(5);
  stage.send({ type: 'blocks', blocks: [{ piece: 0, begin: 0, data }] });
  data.fill(6);
  stage.send(check(0));
  assert.equal(disk.stores[0]!.job.bytes[0], 5);
});

test('a second copy changes nothing: before the check, while it runs, or after', async () => {
  const { stage, disk } = await start();
  stage.send(block(0, 0, 1), block(0, 0, 7), block(0, 1, 2), check(0));
  const { job, done } = disk.stores[0]!;
  stage.send(block(0, 1, 7));
  assert.deepEqual([job.bytes[0], job.bytes[BLOCK_BYTES]], [1, 2]);
  done({ type: 'stored' });
  stage.send(block(0, 0, 7));
  assert.equal(disk.buffers.size, 0);
});

test('the last piece is as short as it is', async () => {
  const { stage, disk } = await start();
  stage.send(block(3, 0, 1), block(3, 1, 2, BLOCK_BYTES / 2), check(3));
  assert.equal(disk.stores[0]!.job.bytes.length, 1.5 * BLOCK_BYTES);
});

test('a mismatch is told, and its memory is free', async () => {
  const { stage, disk } = await start();
  stage.forget().send(...whole(0));
  const digests = Uint8Array.of(1, 2);
  disk.stores[0]!.done({ type: 'mismatch', digests });
  assert.deepEqual(stage.told(), [['PieceMgr', 'checked', { piece: 0, good: false, digests }]]);
  assert.equal(disk.buffers.size, 0);
  stage.send(...whole(0), ...whole(1));
  assert.deepEqual(disk.stores.map(({ job }) => job.digests), [false, true, false], 'the right copy tells whose fault it was');
  disk.stores[1]!.done({ type: 'stored', digests });
  assert.deepEqual(stage.all('checked'), [{ piece: 0, good: true, digests }]);
});

test('a discarded piece begins anew; one that is being stored is not discarded', async () => {
  const { stage, disk } = await start();
  stage.send(block(0, 0, 1), discard(0), discard(1));
  assert.equal(disk.buffers.size, 0);
  stage.send(block(0, 0, 3), block(0, 1, 4), check(0), discard(0));
  assert.equal(disk.stores[0]!.job.bytes[0], 3);
  assert.equal(disk.buffers.size, 1);
});

test('a check of a piece without a block is a broken promise, not a wait for ever', async () => {
  const { stage } = await start();
  stage.crash(check(2));
});

// UP ---------------------------------------------------------------------------------

const BIG = new Layout({
  files: LENGTHS.map(() => ({ length: MIB(), padding: false })), pieceLength: MIB(), totalBytes: 2 * MIB(),
});
/** Seventy pieces of one run. */
const WIDE = new Layout({ files: [{ length: 70 * RUN_BYTES, padding: false }], pieceLength: RUN_BYTES, totalBytes: 70 * RUN_BYTES });
function MIB(): number {
  return 1024 * KIB;
}

test('one read for many blocks: those of a run of 512 KiB, and one answer to each who asks', async () => {
  const { stage, disk, read } = await start({ layout: BIG });
  stage.forget().send(read(1, 0), read(1, BLOCK_BYTES), read(1, 0));
  assert.deepEqual(disk.reads.map((r) => r.job), [[{ file: 1, offset: 0, length: RUN_BYTES }]]);
  const bytes = new Uint8Array(RUN_BYTES).map((_, i) => Math.floor(i / BLOCK_BYTES));
  disk.reads[0]!.done({ type: 'read', bytes });
  assert.deepEqual(stage.all('data').map((r) => r.lent.map((l: Lent) => [l.stretch.begin, l.bytes.length, l.bytes[0]])),
    [[[0, BLOCK_BYTES, 0], [BLOCK_BYTES, BLOCK_BYTES, 1], [0, BLOCK_BYTES, 0]]]);
  stage.forget().send(read(1, RUN_BYTES - BLOCK_BYTES));
  assert.deepEqual(stage.all('data').map((r) => r.lent[0].bytes[0]), [31]);
  stage.send(read(1, RUN_BYTES));
  assert.equal(disk.reads.length, 2);
});

test('what was read is let go in the second minute in which nobody asks for it', async () => {
  const { stage, disk, read } = await start({ layout: WIDE });
  stage.forget().send(read(0, 0));
  disk.reads[0]!.done({ type: 'read', bytes: new Uint8Array(RUN_BYTES) });
  const [, , { lent }] = stage.told('Sender')[0] as [string, string, { lent: Lent[] }];
  stage.send({ type: 'returned', lent }).advance(60 * SECOND);
  assert.equal(disk.recycled.length, 0);
  stage.advance(60 * SECOND);
  assert.equal(disk.recycled.length, 1);
});

test('eight reads at once, however many are asked for; the next begins where one ends', async () => {
  const { stage, disk, read } = await start({ layout: WIDE });
  stage.send(...Array.from({ length: 10 }, (_, piece) => read(piece, 0)));
  assert.equal(disk.reads.length, 8);
  disk.reads[3]!.done({ type: 'trouble', trouble: FULL });
  assert.deepEqual(disk.reads.map((r) => r.job[0]!.offset / RUN_BYTES), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('memory of a run is reused once all that was lent of it is back, and it is the least recently used of 64', async () => {
  const { stage, disk, read } = await start({ layout: WIDE });
  const serve = (piece: number): void => {
    stage.send(read(piece, 0));
    disk.reads.at(-1)!.done({ type: 'read', bytes: new Uint8Array(RUN_BYTES).fill(piece) });
  };
  for (let piece = 0; piece < 64; piece++) serve(piece);
  const [, , { lent }] = stage.told('Sender')[7] as [string, string, { lent: Lent[] }];
  assert.deepEqual(disk.recycled, []);
  // All are lent: what comes now is copied, and its memory is free at once.
  serve(64);
  assert.deepEqual(disk.recycled.map((bytes) => bytes[0]), [64]);
  stage.send({ type: 'returned', lent });
  serve(65);
  assert.deepEqual(disk.recycled.map((bytes) => bytes[0]), [64, 7]);
});

test('what cannot be read is told to all who wait, the trouble once; it is tried again for the next', async () => {
  const { stage, disk, read } = await start();
  stage.forget().send(read(0, 0), read(0, BLOCK_BYTES));
  disk.reads[0]!.done({ type: 'trouble', trouble: FULL });
  assert.deepEqual(stage.kinds(), ['Sender: unreadable', 'Sender: unreadable', 'TorrentMgr: trouble']);
  stage.send(read(0, 0));
  assert.equal(disk.reads.length, 2);
});
