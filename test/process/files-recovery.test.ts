/** Files at its start: what the record says, what is hashed; and how a PieceMgr hears of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { BLOCK_BYTES, SECOND } from '../../src/base/units.js';
import { Layout } from '../../src/model/layout.js';
import type { Trouble } from '../../src/ports/disk.js';
import { strangers } from '../../src/process/files-foreign.js';
import { encodeResumeRecord, parseResumeRecord } from '../../src/protocol/resume-record.js';
import { FakeDisk, FULL, GONE } from './fake-disk.js';
import {
  ALIKE, block, check, LAYOUT, LENGTHS, PIECE, prioritize, RECORD, recover, remembered, start, TORRENT, whole,
} from './files-stage.js';
import { bitsOf } from './stage.js';

// AT THE START -----------------------------------------------------------------------

/** The second file is padding: a part of piece 1, all of pieces 2 to 4, and the last, which is shorter. */
const PADDING = 4 * PIECE;
const PADDED = new Layout({
  files: [{ length: LENGTHS[0]!, padding: false }, { length: PADDING, padding: true }], pieceLength: PIECE,
  totalBytes: LENGTHS[0]! + PADDING,
});
/** Their hashes by their first byte. */
const hashesOf = (...firsts: readonly number[]): Uint8Array =>
  new Uint8Array(20 * firsts.length).map((_, i) => firsts[Math.floor(i / 20)]!);
const STRANGER: Trouble = { file: 'a.bin', cause: 'foreign', detail: 'another file has this name' };
const FINE = ['TorrentMgr', 'mended', { torrent: TORRENT }];
const recoveredOf = (stage: { told: (to: string) => any[] }): unknown[] =>
  stage.told('PieceMgr').filter(([, kind]) => kind === 'recovered').map(([, , rest]) => rest.have);

test('nothing on disk: nothing to check; told once it is known and asked for, in either order', async () => {
  const { stage, disk } = await start();
  assert.deepEqual(stage.told(),
    [['Status', 'note', { note: { event: 'checked', good: 0, pieces: 4, resumed: false } }], FINE]);
  stage.send(recover);
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [], priorities: ALIKE, unfinished: [] }]]);
  assert.deepEqual(disk.log, ['open /f', 'facts', 'prepare']);
});

test('a record that fits spares the check', async () => {
  const { stage, disk } = await start({ disk: remembered([0, 3]) });
  stage.send(recover);
  assert.deepEqual(stage.told(), [
    ['Status', 'note', { note: { event: 'checked', good: 2, pieces: 4, resumed: true } }], FINE,
    ['PieceMgr', 'recovered', { have: [0, 3], priorities: ALIKE, unfinished: [] }],
  ]);
  assert.equal(disk.checks.length, 0);
});

test('a piece of padding alone is here if its hash is that of zeros; no more than one of each length is hashed', async () => {
  const disk = new FakeDisk();
  disk.files = [undefined, { length: PADDING, modifiedAt: 0 }];
  const { stage } = await start({ disk, layout: PADDED, hashes: hashesOf(1, 2, 7, 6, 7, 9) });
  assert.deepEqual(disk.checks.map((c) => c.job.expected[0]), [7, 9]);
  assert.ok(disk.checks[1]!.job.spans.every(({ file, length }) => file === 1 && length === BLOCK_BYTES));
  for (const one of disk.checks) one.done({ type: 'match' });
  await stage.settle();
  stage.send(recover);
  const notes = stage.told();
  assert.deepEqual(notes[0], ['Status', 'note', { note: { event: 'checked', good: 3, pieces: 6, resumed: false } }]);
  assert.deepEqual(notes.at(-1), ['PieceMgr', 'recovered', { have: [2, 4, 5], priorities: ALIKE, unfinished: [] }]);
});

test('where the first of a length is wrong, none of it is believed', async () => {
  const disk = new FakeDisk();
  disk.files = [undefined, { length: PADDING, modifiedAt: 0 }];
  const { stage } = await start({ disk, layout: PADDED, hashes: hashesOf(1, 2, 6, 7, 7, 9) });
  disk.checks[0]!.done({ type: 'mismatch' });
  disk.checks[1]!.done({ type: 'match' });
  await stage.settle();
  stage.send(recover);
  assert.deepEqual(recoveredOf(stage), [[5]]);
});

test('padding is no stranger, and no sign that a file is the torrent\'s', async () => {
  const disk = new FakeDisk();
  disk.files = LENGTHS.map((length) => ({ length, modifiedAt: 7 }));
  disk.stranger = STRANGER;
  disk.files[1] = { length: PADDING, modifiedAt: 0 };
  const { stage } = await start({ disk, layout: PADDED, hashes: hashesOf(1, 2, 7, 7, 7, 9) });
  for (const one of disk.checks) one.done({ type: 'match' });
  await stage.settle();
  for (const one of disk.checks.slice(2)) one.done({ type: 'mismatch' });
  await stage.settle();
  assert.deepEqual(disk.log.filter((line) => line.startsWith('in the way')), ['in the way: 0']);
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

test('a file that is missing or short makes its pieces absent, and that is trouble', async () => {
  const disk = remembered([0, 1, 2, 3]);
  disk.files[1] = { length: BLOCK_BYTES, modifiedAt: 8 };
  const { stage } = await start({ disk });
  assert.deepEqual(disk.reads[0]!.job, [{ file: 1, offset: LENGTHS[1]! - 1, length: 1 }], 'where the record has more');
  disk.reads[0]!.done({ type: 'trouble', trouble: GONE });
  await stage.settle();
  assert.deepEqual(stage.all('trouble'), [{
    torrent: TORRENT, reason: 'a.bin: no such file or directory; put it back, and it goes on, or type resume to fetch it again',
  }]);
  assert.ok(!disk.log.includes('prepare'), 'the folder may be that of a drive which is not mounted');
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
  assert.deepEqual(told.at(-1), ['PieceMgr', 'recovered', { have: [0, 2, 3], priorities: ALIKE, unfinished: [] }]);
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
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [0], priorities: ALIKE, unfinished: [{ piece: 1, blocks: [1] }] }]]);
  stage.send(block(1, 0, 2), check(1));
  assert.deepEqual(disk.stores[1]!.job.bytes[BLOCK_BYTES], 1);
});

test('a PieceMgr that starts again while a piece is being stored hears of that piece, and never twice', async () => {
  const { stage, disk } = await start();
  stage.send(recover, ...whole(0)).forget().send(recover);
  assert.deepEqual(stage.told(), []);
  disk.stores[0]!.done({ type: 'stored' });
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [0], priorities: ALIKE, unfinished: [] }]]);
});

test('a piece that is stuck does not keep a PieceMgr that starts again waiting', async () => {
  const { stage, disk } = await start();
  stage.send(recover, ...whole(0));
  disk.stores[0]!.done({ type: 'trouble', trouble: FULL });
  stage.forget().send(recover);
  assert.deepEqual(stage.told(), [['PieceMgr', 'recovered', { have: [], priorities: ALIKE, unfinished: [{ piece: 0, blocks: [0, 1] }] }]]);
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

// FILES OF ANOTHER ORIGIN ------------------------------------------------------------

const ASKED = {
  torrent: TORRENT, reason: 'a.bin: another file has this name; '
    + 'move it away, and it goes on, or type resume (or start with --overwrite) to write over it',
};

/** Two files that others have put there; none of their pieces is right, or these are. */
async function unrecorded({ right = [], ...o }: { right?: readonly number[] } & Parameters<typeof start>[0] = {}) {
  const disk = remembered([]);
  disk.records.clear();
  disk.stranger = STRANGER;
  const { stage } = await start({ disk, ...o });
  const check = async (): Promise<void> => {
    for (const [piece, at] of [0, 1, 2, 3].map((i) => [i, disk.checks.length - disk.parallel - 1 + i] as const)) {
      disk.checks[at]!.done({ type: right.includes(piece) ? 'match' : 'mismatch' });
      await stage.settle();
    }
  };
  await check();
  return { stage, disk, check };
}

test('files that others have put there, and none of whose pieces is right, are not written over', async () => {
  const { stage, disk } = await unrecorded();
  assert.deepEqual(stage.all('trouble'), [ASKED]);
  assert.deepEqual(disk.log, ['open /f', 'facts', 'prepare', 'in the way: 0 1']);
  await stage.advance(5 * SECOND).settle();
  assert.deepEqual(stage.told(), [], 'still there: told once');
  disk.stranger = undefined;
  disk.files = [undefined, undefined];
  await stage.advance(5 * SECOND).settle();
  assert.deepEqual(stage.told('TorrentMgr'), [FINE], 'moved away');
});

test('one that is not wanted may stay, until it is', async () => {
  const { stage, disk } = await unrecorded({ said: ['skip', 'skip'] });
  assert.deepEqual(stage.told('TorrentMgr'), [FINE]);
  disk.log.length = 0;
  await stage.forget().send(prioritize('low', 0)).settle();
  assert.deepEqual(stage.kinds(), ['Status: note', 'TorrentMgr: trouble', 'PieceMgr: wanted']);
  assert.deepEqual(disk.log, ['in the way: 0 1'], 'they share a piece');
});

test('of those the user has the last word', async () => {
  const { stage, check } = await unrecorded();
  await stage.forget().send({ type: 'retry' }).settle();
  await check();
  assert.deepEqual(stage.told('TorrentMgr'), [FINE]);
  const willing = await unrecorded({ overwrite: true });
  assert.deepEqual(willing.stage.all('trouble'), []);
});

test('where pieces of the torrent are, so are its files', async () => {
  const { stage, disk } = await unrecorded({ right: [3] });
  assert.deepEqual(stage.told('TorrentMgr'), [FINE]);
  assert.ok(!disk.log.some((line) => line.startsWith('in the way')));
});

test('what is written while there is a record is ours', async () => {
  const { stage, disk } = await start({ disk: remembered([]) });
  assert.deepEqual(stage.told('TorrentMgr'), [FINE]);
  assert.ok(!disk.log.some((line) => line.startsWith('in the way')));
});

const BEFORE_US = { others: bitsOf(2, [0, 1]).bytes() };

test('what was here before the first record is still asked about after it', async () => {
  const { stage, disk } = await start({ disk: remembered([], BEFORE_US), said: ['skip', 'skip'] });
  disk.stranger = STRANGER;
  await stage.forget().send(prioritize('normal', 0, 1)).settle();
  assert.deepEqual(stage.all('trouble'), [ASKED]);
  assert.ok(disk.log.includes('in the way: 0 1'));
});

test('it is the torrent\'s once a piece of it is right', async () => {
  const { stage, disk } = await start({ disk: remembered([], BEFORE_US), said: ['skip', 'skip'] });
  stage.send(...whole(2));
  disk.stores[0]!.done({ type: 'stored' });
  await stage.advance(60 * SECOND).settle();
  const recorded = parseResumeRecord(disk.records.get(RECORD)!, { infoHash: TORRENT, pieceCount: 4, fileCount: 2 });
  assert.deepEqual(recorded.ok && recorded.value.others, bitsOf(2, [0]).bytes());
});

const HAVE_NONE: readonly number[] = [];
const FOREIGN: readonly (readonly [what: string, have: readonly number[], lengths: readonly number[], strange: readonly number[]])[] = [
  ['nothing is there', HAVE_NONE, [0, 0], []],
  ['one is there, and nothing is right', HAVE_NONE, [0, 5], [1]],
  ['a piece of it is right, and it is too long', [0], [LENGTHS[0]! + 1, 0], []],
  ['a piece elsewhere is right, and it is too long', [0], [LENGTHS[0]!, LENGTHS[1]! + 1], [1]],
  ['a piece elsewhere is right, and it is not', [0], [LENGTHS[0]!, LENGTHS[1]!], []],
];
for (const [what, have, lengths, strange] of FOREIGN) {
  test(`strangers: ${what}`, () => {
    assert.deepEqual(strangers(LAYOUT, bitsOf(4, have), lengths.map((length) => ({ length, modifiedAt: 7 }))), strange);
  });
}

// ROOM -------------------------------------------------------------------------------

test('room is made once it is known what is there; where there is none, again when the disk is mended', async () => {
  const disk = new FakeDisk();
  const { stage } = await start({ disk, allocate: 'full' });
  assert.deepEqual(disk.log, ['open /f', 'facts', 'prepare', 'allocate full: 0 1']);
  assert.deepEqual(stage.told('TorrentMgr'), [FINE]);
  const tight = new FakeDisk();
  tight.noRoom = FULL;
  const { stage: waiting } = await start({ disk: tight, allocate: 'sparse' });
  assert.equal(waiting.all('trouble').length, 1);
  tight.noRoom = undefined;
  tight.log.length = 0;
  await waiting.advance(5 * SECOND).settle();
  assert.deepEqual(tight.log, ['let go', 'facts', 'prepare', 'allocate sparse: 0 1']);
  assert.deepEqual(waiting.told('TorrentMgr'), [FINE]);
});

test('a file for which room was made, and which is gone, is missed as one that we have pieces of, while it is wanted', async () => {
  const vanishing = async (...before: readonly ReturnType<typeof prioritize>[]) => {
    const { stage, disk } = await start({ allocate: 'full' });
    await stage.send(...before).settle();
    disk.files = [{ length: LENGTHS[0]!, modifiedAt: 7 }, undefined];
    await stage.forget().send(block(0, 0, 1)).advance(60 * SECOND).settle();
    return { stage, disk };
  };
  const gone = { type: 'trouble', trouble: GONE } as const;
  const { stage, disk } = await vanishing();
  disk.reads.shift()!.done(gone);
  await stage.settle();
  assert.equal(stage.all('trouble').length, 1);
  disk.log.length = 0;
  await stage.advance(5 * SECOND).settle();
  disk.reads.shift()!.done(gone);
  await stage.settle();
  assert.deepEqual(disk.log, ['let go', 'facts'], 'nothing is made in its place');
  const unwanted = await vanishing(prioritize('skip', 1));
  assert.deepEqual([unwanted.disk.reads, unwanted.stage.told('TorrentMgr')], [[], []]);
});

test('of pieces that were begun, only what is there is read back, and not what has become room in its place', async () => {
  const unfinished = [{ piece: 1, blocks: Uint8Array.of(0xc0) }, { piece: 3, blocks: Uint8Array.of(0x80) }];
  const reads = ({ reads: all }: FakeDisk): unknown => all.map(({ job }) => job);
  const begun = remembered([], { unfinished });
  begun.files[0] = undefined;
  await start({ disk: begun, allocate: 'sparse' });
  assert.deepEqual(reads(begun), [[{ file: 1, offset: 0, length: BLOCK_BYTES }], [{ file: 1, offset: BLOCK_BYTES + PIECE, length: BLOCK_BYTES }]]);

  const gone = remembered([2], { unfinished });
  gone.files = [undefined, undefined];
  const { stage } = await start({ disk: gone, allocate: 'sparse' });
  gone.reads.shift()!.done({ type: 'trouble', trouble: GONE });
  await stage.settle();
  gone.files = LENGTHS.map((length) => ({ length, modifiedAt: 8 }));
  await stage.send({ type: 'retry' }).settle();
  for (let job = gone.checks.shift(); job; job = gone.checks.shift()) {
    job.done({ type: 'mismatch' });
    await stage.settle();
  }
  assert.deepEqual([stage.told('TorrentMgr').at(-1), reads(gone)], [FINE, []]);
});

test('no room is made where a drive may not be mounted, nor in a file of another origin', async () => {
  const gone = remembered([0, 1, 2, 3]);
  gone.files[1] = undefined;
  await start({ disk: gone, allocate: 'full' }).then(async ({ stage }) => {
    gone.reads[0]!.done({ type: 'trouble', trouble: GONE });
    await stage.settle();
    assert.equal(stage.all('trouble').length, 1);
  });
  const { disk } = await unrecorded({ allocate: 'full' });
  for (const { log } of [gone, disk]) assert.ok(!log.some((line) => line.startsWith('allocate')), log.join());
});
