/** Files saves its record, once in a while and at the end; with the blocks of unfinished pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, SECOND } from '../../src/base/units.js';
import { parseResumeRecord } from '../../src/protocol/resume-record.js';
import { FULL, type FakeDisk } from './fake-disk.js';
import { ALIKE, block, check, discard, PIECE, RECORD, recover, remembered, start, stop, TORRENT, whole } from './files-stage.js';

// THE RECORD -------------------------------------------------------------------------

function recordIn(disk: FakeDisk): readonly number[] | undefined {
  const bytes = disk.records.get(RECORD);
  if (!bytes) return undefined;
  const parsed = parseResumeRecord(bytes, { infoHash: TORRENT, pieceCount: 4, fileCount: 2 });
  assert.ok(parsed.ok);
  return [0, 1, 2, 3].filter((i) => (parsed.value.pieces[0]! & (0x80 >> i)) !== 0);
}

test('once a minute what is new is made safe on the device, and then recorded', async () => {
  const { stage, disk } = await start();
  disk.log.length = 0;
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(disk.log, []);
  stage.send(...whole(2));
  disk.stores[0]!.done({ type: 'stored' });
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(disk.log, ['sync', 'facts', 'record']);
  assert.deepEqual(recordIn(disk), [2]);
  await stage.advance(60 * SECOND).settle();
  assert.equal(disk.log.length, 3);
});

test('a piece that is stored during the sync is not claimed by this record, but by the next', async () => {
  const { stage, disk } = await start();
  let synced = (): void => undefined;
  disk.syncing = new Promise((resolve) => { synced = resolve; });
  stage.send(...whole(0));
  disk.stores[0]!.done({ type: 'stored' });
  await stage.advance(60 * SECOND).settle();
  stage.send(...whole(1));
  disk.stores[1]!.done({ type: 'stored' });
  synced();
  await stage.settle();
  assert.deepEqual(recordIn(disk), [0]);
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(recordIn(disk), [0, 1]);
});

test('a record that cannot be saved is a warning, and is tried again', async () => {
  const { stage, disk } = await start();
  stage.send(...whole(0));
  disk.stores[0]!.done({ type: 'stored' });
  disk.trouble = FULL;
  stage.forget();
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(stage.told(), [['Status', 'note', { note: {
    event: 'warning', reason: 'resume record not saved: a.bin: no space left on device',
  } }]]);
  disk.trouble = undefined;
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(recordIn(disk), [0]);
});

test('what a full check has found is recorded too', async () => {
  const { stage, disk } = await start({ disk: remembered([]), check: 'full' });
  for (let i = 0; i < 4; i++) {
    disk.checks[i]!.done({ type: 'match' });
    await stage.settle();
  }
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(recordIn(disk), [0, 1, 2, 3]);
});

// BLOCKS OF UNFINISHED PIECES --------------------------------------------------------

/** What the record says of unfinished pieces. */
function begunIn(disk: FakeDisk): unknown {
  const parsed = parseResumeRecord(disk.records.get(RECORD)!, { infoHash: TORRENT, pieceCount: 4, fileCount: 2 });
  return parsed.ok && parsed.value.unfinished.map(({ piece, blocks }) => [piece, [...blocks]]);
}

test('before the record is saved, blocks of unfinished pieces go where they belong, each once, and the record names them', async () => {
  const { stage, disk } = await start();
  stage.send(block(1, 1, 5), block(3, 1, 6, BLOCK_BYTES / 2));
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(disk.keeps.map(({ job }) => [job.bytes.length, job.bytes[0], job.spans]), [
    [BLOCK_BYTES, 5, [{ file: 1, offset: 0, length: BLOCK_BYTES }]],
    [BLOCK_BYTES / 2, 6, [{ file: 1, offset: 5 * BLOCK_BYTES - BLOCK_BYTES, length: BLOCK_BYTES / 2 }]],
  ]);
  assert.deepEqual(begunIn(disk), [], 'not before they are there');
  for (const { done } of disk.keeps) done({ type: 'kept' });
  await stage.settle();
  assert.deepEqual(begunIn(disk), [[1, [0x40]], [3, [0x40]]]);
  stage.send(block(1, 0, 4));
  await stage.advance(60 * SECOND).settle();
  assert.deepEqual(disk.keeps.slice(2).map(({ job }) => job.spans), [[{ file: 0, offset: PIECE, length: BLOCK_BYTES }]]);
});

test('the memory of a piece stays while its blocks are being written: it is stored, or goes, after that', async () => {
  const { stage, disk } = await start();
  await stage.send(block(0, 0, 1), block(1, 0, 1)).advance(60 * SECOND).settle();
  stage.send(block(0, 1, 2), check(0), discard(1));
  assert.deepEqual([disk.stores.length, disk.buffers.size], [0, 2]);
  for (const { done } of disk.keeps) done({ type: 'kept' });
  assert.deepEqual([disk.stores.length, disk.buffers.size], [1, 1]);
  disk.stores[0]!.done({ type: 'stored' });
  assert.equal(disk.buffers.size, 0);
});

test('a piece that is begun anew while blocks of its first try are being written', async () => {
  const { stage, disk } = await start();
  await stage.send(block(0, 0, 1)).advance(60 * SECOND).settle();
  stage.send(discard(0), block(0, 0, 7));
  disk.keeps[0]!.done({ type: 'kept' });
  stage.send(block(0, 1, 8), check(0));
  assert.deepEqual([disk.stores[0]!.job.bytes[0], disk.stores[0]!.job.bytes[BLOCK_BYTES]], [7, 8]);
});

test('blocks that cannot be written are a warning, stay in memory and are tried again', async () => {
  const { stage, disk } = await start();
  await stage.send(block(0, 0, 1)).advance(60 * SECOND).settle();
  stage.forget();
  disk.keeps[0]!.done({ type: 'trouble', trouble: FULL });
  await stage.settle();
  assert.deepEqual(stage.all('note').map(({ note }) => note.reason), ['resume record not saved: a.bin: no space left on device']);
  assert.deepEqual(begunIn(disk), []);
  await stage.advance(60 * SECOND).settle();
  disk.keeps[1]!.done({ type: 'kept' });
  await stage.settle();
  assert.deepEqual(begunIn(disk), [[0, [0x80]]]);
});

test('a stop saves them too', async () => {
  const { stage, disk } = await start();
  await stage.send(block(0, 0, 1)).forget().send(stop).settle();
  assert.deepEqual(stage.told(), []);
  disk.keeps[0]!.done({ type: 'kept' });
  await stage.settle();
  assert.deepEqual([stage.kinds(), begunIn(disk)], [['TorrentMgr: closed'], [[0, [0x80]]]]);
});

test('at the start they are read back, but of a piece that is whole, or blocks that cannot be read', async () => {
  const blocks = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
  const disk = remembered([3], { unfinished: [
    { piece: 0, blocks: blocks(0xc0) }, { piece: 1, blocks: blocks(0x40) }, { piece: 2, blocks: blocks(0x40, 0) }, { piece: 3, blocks: blocks(0x80) },
  ] });
  const { stage } = await start({ disk });
  stage.send(recover).forget();
  assert.deepEqual(disk.reads.map(({ job }) => job), [
    [{ file: 0, offset: 0, length: BLOCK_BYTES }], [{ file: 0, offset: BLOCK_BYTES, length: BLOCK_BYTES }],
    [{ file: 1, offset: 0, length: BLOCK_BYTES }],
  ]);
  disk.reads[0]!.done({ type: 'read', bytes: new Uint8Array(BLOCK_BYTES).fill(3) });
  for (const at of [1, 2]) disk.reads[at]!.done({ type: 'trouble', trouble: FULL });
  await stage.settle();
  assert.deepEqual(stage.told('PieceMgr'),
    [['PieceMgr', 'recovered', { have: [3], priorities: ALIKE, unfinished: [{ piece: 0, blocks: [0] }] }]]);
  assert.equal(disk.buffers.size, 1);
  stage.send(block(0, 1, 4), check(0));
  assert.equal(disk.stores[0]!.job.bytes[0], 3);
});

// STOPPING ---------------------------------------------------------------------------

const CLOSED = ['TorrentMgr', 'closed', { torrent: TORRENT, part: 'Torrent/Files' }];

test('a stop with nothing new is closed without touching the disk', async () => {
  const { stage, disk } = await start();
  disk.log.length = 0;
  await stage.forget().send(stop).settle();
  assert.deepEqual([stage.told(), disk.log], [[CLOSED], []]);
});

test('a stop waits for pieces on their way to the disk, and records them', async () => {
  const { stage, disk } = await start();
  await stage.send(...whole(0)).forget().send(stop).settle();
  assert.deepEqual(stage.told(), []);
  disk.stores[0]!.done({ type: 'stored' });
  await stage.settle();
  assert.deepEqual(stage.told(), [['PieceMgr', 'checked', { piece: 0, good: true }], CLOSED]);
  assert.deepEqual(recordIn(disk), [0]);
});

test('a stop while the record is being written, or that cannot write it, ends all the same', async () => {
  const { stage, disk } = await start();
  stage.send(...whole(0));
  disk.stores[0]!.done({ type: 'stored' });
  disk.trouble = FULL;
  await stage.advance(60 * SECOND).forget().send(stop).settle();
  assert.deepEqual(stage.told().filter(([, kind]) => kind === 'closed'), [CLOSED]);
});

test('a stop with a stuck piece, or in the middle of a check, does not wait for it', async () => {
  const stuck = await start();
  stuck.stage.send(...whole(0));
  stuck.disk.stores[0]!.done({ type: 'trouble', trouble: FULL });
  await stuck.stage.forget().send(stop).settle();
  assert.deepEqual(stuck.stage.told(), [CLOSED]);
  const checking = await start({ disk: remembered([]), check: 'full' });
  await checking.stage.forget().send(stop).settle();
  assert.deepEqual(checking.stage.told(), [CLOSED]);
  assert.deepEqual(recordIn(checking.disk), []);
});

test('as its process ends it lets go of the files', async () => {
  const { stage, disk } = await start();
  stage.stop();
  assert.equal(disk.log.at(-1), 'close');
});
