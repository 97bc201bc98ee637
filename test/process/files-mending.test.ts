/** Files in trouble with the disk: what is told, what is kept, and how it goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, SECOND } from '../../src/base/units.js';
import type { Trouble } from '../../src/ports/disk.js';
import type { FilesMsg } from '../../src/process/files-state.js';
import { FULL, GONE, type FakeDisk } from './fake-disk.js';
import { ALIKE, block, LENGTHS, prioritize, recover, remembered, start, stop, TORRENT, whole } from './files-stage.js';

const LOOK = 5 * SECOND;
const retry: FilesMsg = { type: 'retry' };
const BROKEN: Trouble = { file: 'a.bin', cause: 'failed', detail: 'input/output error' };
const TOLD = ['TorrentMgr', 'trouble', { torrent: TORRENT, reason: 'a.bin: no space left on device; make room, and it goes on' }];
const MENDED = ['TorrentMgr', 'mended', { torrent: TORRENT }];

/** Piece 0 was refused, and that has been told. */
async function full() {
  const { stage, disk } = await start();
  stage.send(recover).forget().send(...whole(0));
  disk.stores[0]!.done({ type: 'trouble', trouble: FULL });
  assert.deepEqual(stage.told(), [TOLD]);
  disk.log.length = 0;
  return { stage, disk };
}

test('a full disk: pieces wait in memory, and are written when there is room', async () => {
  const { stage, disk } = await full();
  stage.send(...whole(1));
  assert.equal(disk.stores.length, 1, 'nothing more is written meanwhile');
  await stage.advance(LOOK).settle();
  assert.deepEqual(disk.log, ['let go', 'facts', 'prepare']);
  assert.equal(disk.stores.length, 3);
  disk.stores[1]!.done({ type: 'stored' });
  assert.deepEqual(stage.kinds(), ['PieceMgr: checked']);
  disk.stores[2]!.done({ type: 'stored' });
  assert.deepEqual(stage.told(), [['PieceMgr', 'checked', { piece: 1, good: true }], MENDED]);
  await stage.advance(2 * LOOK).settle();
  assert.deepEqual([stage.told(), disk.log.length], [[], 3], 'and nobody looks any more');
});

test('other files are wanted meanwhile: places for them are made when it is over', async () => {
  const { stage, disk } = await full();
  disk.log.length = 0;
  await stage.send(prioritize('high', 1)).settle();
  assert.deepEqual([stage.told('PieceMgr'), disk.log], [[['PieceMgr', 'wanted', { priorities: ['normal', 'high'] }]], []]);
  await stage.advance(LOOK).settle();
  assert.deepEqual(disk.log, ['let go', 'facts', 'prepare']);
});

test('while it lasts it is told once, and again to a user who says that it is mended', async () => {
  const { stage, disk } = await full();
  await stage.advance(LOOK).settle();
  disk.stores[1]!.done({ type: 'trouble', trouble: FULL });
  disk.trouble = FULL;
  await stage.advance(LOOK).settle();
  assert.deepEqual([stage.told(), disk.stores.length], [[], 2]);
  await stage.send(retry).settle();
  assert.deepEqual(stage.told(), [TOLD]);
  await stage.advance(LOOK).settle();
  assert.deepEqual(stage.told(), []);
});

test('what could not be read is tried before all is said to be well; then the disk is looked at as at a start', async () => {
  const { stage, disk, read } = await start({ disk: remembered([0, 1, 2, 3]) });
  stage.send(recover).forget().send(read(0, 0));
  disk.reads[0]!.done({ type: 'trouble', trouble: BROKEN });
  assert.equal(stage.told('TorrentMgr').length, 1);
  await stage.advance(LOOK).settle();
  assert.deepEqual(disk.reads[1]!.job, disk.reads[0]!.job);
  disk.reads[1]!.done({ type: 'trouble', trouble: BROKEN });
  await stage.settle();
  assert.deepEqual(stage.told(), []);
  disk.files[1] = { length: LENGTHS[1]!, modifiedAt: 8 };
  await stage.advance(LOOK).settle();
  disk.reads[2]!.done({ type: 'read', bytes: new Uint8Array(BLOCK_BYTES) });
  await stage.settle();
  for (const [at, type] of (['match', 'mismatch', 'match'] as const).entries()) {
    disk.checks[at]!.done({ type });
    await stage.settle();
  }
  assert.deepEqual(stage.told().filter(([to]) => to !== 'Status'),
    [['PieceMgr', 'recovered', { have: [0, 1, 3], priorities: ALIKE, unfinished: [] }], MENDED]);
});

/** The first file is gone, which is seen when the record is to be saved. */
async function gone() {
  const { stage, disk } = await start({ disk: remembered([0]) });
  stage.send(recover, ...whole(2));
  disk.stores[0]!.done({ type: 'stored' });
  disk.files = [undefined, { length: LENGTHS[1]!, modifiedAt: 8 }];
  const before = disk.records.size;
  await stage.forget().advance(60 * SECOND).settle();
  answerLast(disk, GONE);
  await stage.settle();
  assert.deepEqual([stage.kinds(), disk.records.size], [['TorrentMgr: trouble'], before]);
  return { stage, disk };
}
/** Piece 2 is found right, and the others of the doubtful are not. */
async function checkAll({ stage, disk }: Awaited<ReturnType<typeof gone>>): Promise<void> {
  for (let job = disk.checks.shift(); job; job = disk.checks.shift()) {
    job.done({ type: job.job.expected[0] === 3 ? 'match' : 'mismatch' });
    await stage.settle();
  }
}
function answerLast(disk: FakeDisk, trouble: Trouble): void {
  disk.reads.at(-1)!.done({ type: 'trouble', trouble });
}

test('what the user says during a look is heard after it', async () => {
  const world = await gone();
  const { stage, disk } = world;
  await stage.advance(LOOK).settle();
  await stage.send(retry).settle();
  answerLast(disk, GONE);
  await stage.settle();
  await checkAll(world);
  assert.deepEqual(stage.told('TorrentMgr'), [MENDED]);
});

test('a file that vanished is waited for', async () => {
  const world = await gone();
  const { stage, disk } = world;
  disk.log.length = 0;
  await stage.advance(LOOK).settle();
  answerLast(disk, GONE);
  await stage.settle();
  assert.deepEqual([stage.told(), disk.log], [[], ['let go', 'facts']], 'and nothing is made in its place');
  disk.files[0] = { length: LENGTHS[0]!, modifiedAt: 7 };
  await stage.advance(LOOK).settle();
  disk.reads.at(-1)!.done({ type: 'read', bytes: new Uint8Array(1) });
  await stage.settle();
  await checkAll(world);
  assert.deepEqual(stage.told('PieceMgr'), [['PieceMgr', 'recovered', { have: [0, 2], priorities: ALIKE, unfinished: [] }]]);
});

test('a file that vanished is given up when the user says so, and what is left is recorded', async () => {
  const world = await gone();
  const { stage, disk } = world;
  await stage.send(block(3, 0, 1), retry).settle();
  await checkAll(world);
  const told = stage.told().filter(([to]) => to !== 'Status');
  assert.deepEqual(told, [['PieceMgr', 'recovered', { have: [2], priorities: ALIKE, unfinished: [{ piece: 3, blocks: [0] }] }], MENDED]);
  disk.log.length = 0;
  await stage.advance(60 * SECOND).settle();
  disk.keeps[0]!.done({ type: 'kept' });
  await stage.settle();
  assert.deepEqual(disk.log, ['sync', 'facts', 'record']);
});

test('while it is in doubt what is there, a stop leaves the record as it is', async () => {
  const { stage, disk } = await gone();
  disk.log.length = 0;
  await stage.send(block(3, 0, 1), stop).settle();
  assert.deepEqual([stage.kinds(), disk.log], [['TorrentMgr: closed'], []]);
});

test('what is missing at a stop is told, too', async () => {
  const { stage, disk } = await start();
  stage.send(recover, ...whole(0));
  disk.stores[0]!.done({ type: 'stored' });
  disk.files[0] = undefined;
  await stage.forget().send(stop).settle();
  answerLast(disk, GONE);
  await stage.settle();
  assert.deepEqual(stage.kinds(), ['TorrentMgr: trouble', 'TorrentMgr: closed']);
});
