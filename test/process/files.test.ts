import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { BLOCK_BYTES, KIB, SECOND } from '../../src/base/units.js';
import { Layout } from '../../src/model/layout.js';
import { RUN_BYTES, type Lent } from '../../src/model/read-ahead.js';
import { files } from '../../src/process/files.js';
import type { FilesMsg } from '../../src/process/files-state.js';
import { encodeResumeRecord, parseResumeRecord } from '../../src/protocol/resume-record.js';
import { FakeDisk, FULL } from './fake-disk.js';
import { bitsOf, Stage } from './stage.js';

const TORRENT = infoHash('ab'.repeat(20));
const RECORD = `${TORRENT}.resume`;
const PIECE = 2 * BLOCK_BYTES;
/** Four pieces of two blocks, the last of one and a half; two files, and piece 1 lies in both. */
const LENGTHS = [PIECE + BLOCK_BYTES, 3 * PIECE - 1.5 * BLOCK_BYTES];
const TOTAL = LENGTHS[0]! + LENGTHS[1]!;
const LAYOUT = new Layout({
  files: LENGTHS.map((length) => ({ length, padding: false })), pieceLength: PIECE, totalBytes: TOTAL,
});
const HASHES = new Uint8Array(80).map((_, i) => Math.floor(i / 20) + 1);

/** On the stage, with the disk as given; the recall is through. */
async function start(o: { disk?: FakeDisk; check?: 'record' | 'full'; layout?: Layout } = {}) {
  const { disk = new FakeDisk(), layout = LAYOUT } = o;
  let sender: any;
  const stage = new Stage(files, (cast) => {
    sender = cast('Sender');
    return {
      torrent: TORRENT, layout, files: layout.files.map(({ length }, i) => ({ path: [`${i}`], length })),
      hashes: HASHES, folder: '/f', check: o.check ?? 'record', saveEvery: 60 * SECOND, disk, pieceMgr: cast('PieceMgr'),
      status: cast('Status'), torrentMgr: cast('TorrentMgr'), timer: cast('Timer'),
    };
  });
  await stage.settle();
  const read = (piece: number, begin: number, length = BLOCK_BYTES): FilesMsg =>
    ({ type: 'read', blocks: [{ piece, begin, length }], replyTo: sender });
  return { stage, disk, read };
}

/** A disk with whole files and a record of these pieces, as of time 7. */
function remembered(pieces: readonly number[], over: Partial<Parameters<typeof encodeResumeRecord>[0]> = {}): FakeDisk {
  const disk = new FakeDisk();
  disk.files = LENGTHS.map((length) => ({ length, modifiedAt: 7 }));
  disk.records.set(RECORD, encodeResumeRecord({
    infoHash: TORRENT, pieces: bitsOf(4, pieces).bytes(), files: disk.files, unfinished: [], ...over,
  }));
  return disk;
}

const block = (piece: number, index: number, fill: number, length = BLOCK_BYTES): FilesMsg =>
  ({ type: 'blocks', blocks: [{ piece, begin: index * BLOCK_BYTES, data: new Uint8Array(length).fill(fill) }] });
const check = (piece: number): FilesMsg => ({ type: 'check', piece });
const whole = (piece: number): FilesMsg[] => [block(piece, 0, 1), block(piece, 1, 2), check(piece)];
const discard = (piece: number): FilesMsg => ({ type: 'discard', piece });
const recover: FilesMsg = { type: 'recover' };
const stop: FilesMsg = { type: 'stop' };

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

test('trouble is told with file and cause; the piece is kept until a retry, which prepares the folder', async () => {
  const { stage, disk } = await start();
  stage.forget().send(...whole(0));
  disk.log.length = 0;
  disk.stores[0]!.done({ type: 'trouble', trouble: FULL });
  assert.deepEqual(stage.told(),
    [['TorrentMgr', 'trouble', { torrent: TORRENT, reason: 'a.bin: no space left on device' }]]);
  disk.trouble = FULL;
  await stage.send({ type: 'retry' }).settle();
  assert.deepEqual([stage.kinds(), disk.stores.length], [['TorrentMgr: trouble'], 1]);
  disk.trouble = undefined;
  await stage.send({ type: 'retry' }).settle();
  assert.deepEqual(disk.log, ['prepare', 'prepare']);
  disk.stores[1]!.done({ type: 'stored' });
  assert.deepEqual(stage.told(), [['PieceMgr', 'checked', { piece: 0, good: true }]]);
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
  assert.deepEqual(stage.all('data').map((r) => r.lent.map((l: Lent) => [l.block.begin, l.bytes.length, l.bytes[0]])),
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

// AT THE START -----------------------------------------------------------------------

const recoveredOf = (stage: { told: (to: string) => any[] }): unknown[] =>
  stage.told('PieceMgr').filter(([, kind]) => kind === 'recovered').map(([, , rest]) => rest.have);

test('nothing on disk: nothing to check; told once it is known and asked for, in either order', async () => {
  const { stage, disk } = await start();
  assert.deepEqual(stage.told(),
    [['Status', 'note', { note: { event: 'checked', good: 0, pieces: 4, resumed: false } }]]);
  stage.send(recover);
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [], unfinished: [] }]]);
  assert.deepEqual(disk.log, ['open /f', 'facts', 'prepare']);
});

test('a record that fits spares the check', async () => {
  const { stage, disk } = await start({ disk: remembered([0, 3]) });
  stage.send(recover);
  assert.deepEqual(stage.told(), [
    ['Status', 'note', { note: { event: 'checked', good: 2, pieces: 4, resumed: true } }],
    ['PieceMgr', 'recovered', { have: [0, 3], unfinished: [] }],
  ]);
  assert.equal(disk.checks.length, 0);
});

test('where a finished file has changed, the pieces that touch it are hashed', async () => {
  const disk = remembered([0, 1, 2, 3]);
  disk.files[1] = { length: LENGTHS[1]!, modifiedAt: 8 };
  const { stage } = await start({ disk });
  assert.deepEqual(disk.checks.map((c) => c.job.expected[0]), [2, 3, 4]);
  disk.checks[0]!.done({ type: 'match' });
  disk.checks[1]!.done({ type: 'mismatch' });
  await stage.settle();
  disk.checks[2]!.done({ type: 'absent' });
  stage.send(recover);
  assert.deepEqual(recoveredOf(stage), [[0, 1]]);
});

test('a file that is missing or short makes its pieces absent, without a look at the disk', async () => {
  const disk = remembered([0, 1, 2, 3]);
  disk.files[1] = { length: BLOCK_BYTES, modifiedAt: 8 };
  const { stage } = await start({ disk });
  // Piece 1 ends where the file now ends: it may be there.
  assert.deepEqual(disk.checks.map((c) => c.job.expected[0]), [2]);
  disk.checks[0]!.done({ type: 'match' });
  stage.send(recover);
  assert.deepEqual(recoveredOf(stage), [[0, 1]]);
});

test('a full check hashes everything, few at once, says how far it is, and keeps what is good', async () => {
  const { stage, disk } = await start({ disk: remembered([0, 1, 2, 3]), check: 'full' });
  assert.equal(disk.checks.length, disk.parallel + 1);
  stage.advance(200);
  disk.checks[0]!.done({ type: 'match' });
  disk.checks[1]!.done({ type: 'match' });
  await stage.settle();
  assert.equal(disk.checks.length, 4);
  const note = (checked: number, good: number): unknown => ({ event: 'checking', checked, pieces: 4, good });
  assert.deepEqual(stage.all('note').map((r) => r.note), [note(0, 0), note(1, 1)]);
  disk.checks[2]!.done({ type: 'mismatch' });
  disk.checks[3]!.done({ type: 'match' });
  assert.deepEqual(stage.all('note').map((r) => r.note), [{ event: 'checked', good: 3, pieces: 4, resumed: false }]);
});

test('trouble in the check pauses the torrent, and the check goes on', async () => {
  const { stage, disk } = await start({ disk: remembered([]), check: 'full' });
  stage.send(recover).forget();
  for (let i = 0; i < 4; i++) {
    disk.checks[i]!.done(i === 1 ? { type: 'trouble', trouble: FULL } : { type: 'match' });
    await stage.settle();
  }
  const told = stage.told();
  assert.equal(told.filter(([, kind]) => kind === 'trouble').length, 1);
  assert.deepEqual(told.at(-1), ['PieceMgr', 'recovered', { have: [0, 2, 3], unfinished: [] }]);
});

test('trouble with the folder itself is told', async () => {
  const disk = new FakeDisk();
  disk.trouble = FULL;
  const { stage } = await start({ disk });
  assert.deepEqual(stage.kinds(), ['TorrentMgr: trouble', 'Status: note']);
});

const broken: readonly (readonly [string, (disk: FakeDisk) => void])[] = [
  ['of another torrent', (d) => d.records.set(RECORD, encodeResumeRecord({
    infoHash: infoHash('cd'.repeat(20)), pieces: bitsOf(4, [0]).bytes(), files: [undefined, undefined], unfinished: [],
  }))],
  ['with set spare bits', (d) => d.records.set(RECORD, encodeResumeRecord({
    infoHash: TORRENT, pieces: Uint8Array.of(0xff), files: d.files, unfinished: [],
  }))],
  ['of garbage', (d) => d.records.set(RECORD, Uint8Array.of(1, 2, 3))],
  ['that is not there', (d) => d.records.clear()],
];
for (const [what, spoil] of broken) {
  test(`a record ${what} is not believed: everything is hashed`, async () => {
    const disk = remembered([0, 1, 2, 3]);
    spoil(disk);
    const { stage } = await start({ disk });
    assert.deepEqual(stage.kinds(), ['Status: note']);
    assert.equal(disk.checks.length, 3);
  });
}

test('a PieceMgr that starts again hears what is here now, and of the blocks of unfinished pieces', async () => {
  const { stage, disk } = await start();
  stage.send(recover, ...whole(0));
  disk.stores[0]!.done({ type: 'stored' });
  stage.forget().send(block(1, 1, 1), recover);
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [0], unfinished: [{ piece: 1, blocks: [1] }] }]]);
  stage.send(block(1, 0, 2), check(1));
  assert.deepEqual(disk.stores[1]!.job.bytes[BLOCK_BYTES], 1);
});

test('a PieceMgr that starts again while a piece is being stored hears of that piece, and never twice', async () => {
  const { stage, disk } = await start();
  stage.send(recover, ...whole(0)).forget().send(recover);
  assert.deepEqual(stage.told(), []);
  disk.stores[0]!.done({ type: 'stored' });
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [0], unfinished: [] }]]);
});

test('a piece that is stuck does not keep a PieceMgr that starts again waiting', async () => {
  const { stage, disk } = await start();
  stage.send(recover, ...whole(0));
  disk.stores[0]!.done({ type: 'trouble', trouble: FULL });
  stage.forget().send(recover);
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [], unfinished: [{ piece: 0, blocks: [0, 1] }] }]]);
});

// A FILE THAT HAS CHANGED SINCE THE RECORD WAS WRITTEN -------------------------------

/** One file of a hundred pieces. */
const MANY = new Layout({ files: [{ length: 100 * PIECE, padding: false }], pieceLength: PIECE, totalBytes: 100 * PIECE });

async function changed(have: readonly number[], length: number) {
  const disk = new FakeDisk();
  disk.files = [{ length: 100 * PIECE, modifiedAt: 8 }];
  disk.records.set(RECORD, encodeResumeRecord({
    infoHash: TORRENT, pieces: bitsOf(100, have).bytes(), files: [{ length, modifiedAt: 7 }], unfinished: [],
  }));
  const { stage } = await start({ disk, layout: MANY });
  const hashed = new Set<number>();
  const answer = async (isGood: (piece: number) => boolean): Promise<Set<number>> => {
    for (let job = disk.checks.shift(); job; job = disk.checks.shift()) {
      const piece = job.job.spans[0]!.offset / PIECE;
      hashed.add(piece);
      job.done({ type: isGood(piece) ? 'match' : 'mismatch' });
      await stage.settle();
    }
    return hashed;
  };
  return { stage: stage.send(recover), answer };
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test('an unfinished one: some of what the record has are hashed, and all that it has not', async () => {
  const { stage, answer } = await changed(upTo(90), 95 * PIECE);
  const hashed = await answer((piece) => piece !== 95);
  const spots = [...hashed].filter((piece) => piece < 90);
  assert.ok(spots.length > 16 && spots.length <= 32, `${spots.length} spots`);
  assert.deepEqual([...hashed].filter((piece) => piece >= 90), [90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  assert.deepEqual(recoveredOf(stage), [upTo(100).filter((piece) => piece !== 95)]);
});

test('an unfinished one where one of those is wrong: all is hashed', async () => {
  const { stage, answer } = await changed(upTo(30), 95 * PIECE);
  assert.equal((await answer((piece) => piece !== 17)).size, 100);
  assert.deepEqual(recoveredOf(stage), [upTo(100).filter((piece) => piece !== 17)]);
});

test('a finished one, or one that was longer, or has an older time: nobody knows why, and all is hashed', async () => {
  for (const [have, length] of [[upTo(100), 100 * PIECE], [upTo(90), 101 * PIECE]] as const) {
    const { answer } = await changed(have, length);
    assert.equal((await answer(() => true)).size, 100);
  }
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
  assert.equal(disk.records.size, 0, 'not before they are there');
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
  assert.deepEqual(stage.told('PieceMgr'), [['PieceMgr', 'recovered', { have: [3], unfinished: [{ piece: 0, blocks: [0] }] }]]);
  assert.equal(disk.buffers.size, 1);
  stage.send(block(0, 1, 4), check(0));
  assert.equal(disk.stores[0]!.job.bytes[0], 3);
});

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
