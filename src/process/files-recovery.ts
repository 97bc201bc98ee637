/**
 * What is on disk at the start, and the record that spares hashing it next time. Used by the Files process only.
 * A piece is good by the record where every file it touches has the length and time that the record says. It is absent where one of its
 * files is not there or too short. Where a file has changed that was unfinished, as by our own writes before a crash, some of what the
 * record has of it are hashed, and if those are right it is believed; what the record does not have is hashed. Where a finished file has
 * changed, somebody else did it: all of it is hashed. Where the record has a piece of a file that is not there, that is trouble.
 * Padding (BEP 47) is always there, and so is a piece of nothing else, if it has the hash that so many zeros have.
 */
import PQueue from 'p-queue';
import { equalBytes } from '../base/bytes.js';
import type { FileWishes } from '../base/file-priority.js';
import type { Random } from '../base/random.js';
import { ok } from '../base/result.js';
import { BLOCK_BYTES, type Bytes } from '../base/units.js';
import { Bitfield } from '../model/bitfield.js';
import type { Layout } from '../model/layout.js';
import { filesTouched, settled } from '../policy/pick/priority.js';
import type { CheckOutcome, FileFacts, ReadOutcome, Span, Storage, Trouble } from '../ports/disk.js';
import { pieceHash } from '../protocol/metainfo.js';
import { encodeResumeRecord, parseResumeRecord, type FileStamp, type ResumeRecord } from '../protocol/resume-record.js';
import { withoutPieces, type Facts } from './files-foreign.js';
import { newAssembly, onDisk, takeUp, type Assembly } from './files-pieces.js';
import { READS_AT_ONCE, type FilesState } from './files-state.js';
import type { Unfinished } from './piece-mgr.js';

export interface Recalled {
  readonly good: readonly number[];
  readonly doubtful: readonly number[];
  /** Blocks that are on disk by the record. */
  readonly begun: readonly Unfinished[];
  readonly trouble: Located | undefined;
  /** There is a record; and which files others had put here before the first. */
  readonly recorded: boolean;
  readonly others: Facts;
  /** How files were wanted in earlier runs; and those for which a place was made. */
  readonly earlier: FileWishes;
  readonly touched: readonly boolean[];
}
/** Trouble, and what has to be readable before it is over. */
export interface Located {
  readonly what: Trouble;
  readonly where: readonly Span[];
}

/** A record is believed where so many of its pieces, taken at random, are right. */
const SPOT_CHECKS = 32;

export async function recall(s: FilesState, random: Random): Promise<Recalled> {
  const facts = await s.storage.facts();
  const written = await readRecord(s);
  const record = s.check === 'record' ? written : undefined;
  const insisted = s.ailment?.insisted === true;
  const lost = record && !insisted ? await vanished(s, record.have, facts) : undefined;
  const earlier = written?.priorities ?? [];
  const touched = filesTouched(s.layout, settled(s.files.length, s.lasting.changed, s.said, earlier));
  const unmade = lost ? undefined : await s.storage.prepare(touched);
  const trouble = unmade ? { what: unmade, where: [] } : lost;
  const { good, likely, doubtful, padding } = sortOut(s, facts, record);
  const sound = await areGood(s, sample(likely, random));
  const zeros = await rightPadding(s, padding);
  return {
    trouble, good: [...good, ...zeros, ...(sound ? likely : [])], doubtful: sound ? doubtful : [...likely, ...doubtful],
    // Whoever insists takes the loss: in the place of what the record names there may be zeros by now, as room.
    begun: insisted ? [] : record?.unfinished.flatMap((u) => begunOf(s, u, facts)) ?? [],
    recorded: written !== undefined, earlier, touched,
    others: written ? facts.map((found, file) => (written.others.has(file) ? found : undefined)) : facts,
  };
}

/** Where nothing is in the way, and nothing else wrong: while a drive is not mounted, no file is made in its place. */
export async function makeRoom(s: FilesState): Promise<MadeRoom> {
  const found = await inTheWay(s);
  return found || s.ailment ? { trouble: found, room: [] } : allocate(s);
}

export interface MadeRoom {
  readonly trouble: Trouble | undefined;
  /** The files for which there is room now. */
  readonly room: readonly number[];
}

/** Strangers that would be written to. */
export const inTheWay = ({ storage, strangers, touched }: FilesState): Promise<Trouble | undefined> =>
  storage.inTheWay(strangers.filter((file) => touched[file]));

/** Files that are not wanted get no room: at most they hold a part of a piece. */
export async function allocate({ storage, allocate: how, layout, priorities }: FilesState): Promise<MadeRoom> {
  if (!how) return { trouble: undefined, room: [] };
  const wanted = [...layout.files.keys()].filter((file) => priorities[file] !== 'skip' && !layout.files[file]!.padding);
  const trouble = await storage.allocate(wanted, how);
  return { trouble, room: trouble ? [] : wanted };
}

interface Sorted {
  readonly good: number[];
  /** Good by the record, in files that have changed since. */
  readonly likely: number[];
  readonly doubtful: number[];
  /** Nothing else is in them. */
  readonly padding: number[];
}

interface Claims extends Pick<ResumeRecord, 'files' | 'unfinished' | 'priorities'> {
  readonly have: Bitfield;
  /** By file. */
  readonly others: Bitfield;
}

function sortOut({ files, layout }: FilesState, facts: Facts, record: Claims | undefined): Sorted {
  const trust = files.map((_, file) => record && trustIn(facts[file], record.files[file], () => isWhole(layout.piecesOf(file), record.have)));
  const sorted: Sorted = { good: [], likely: [], doubtful: [], padding: [] };
  for (let piece = 0; piece < layout.pieceCount; piece++) {
    const spans = layout.pieceSpans(piece);
    if (spans.every((p) => layout.files[p.file]!.padding)) {
      sorted.padding.push(piece);
      continue;
    }
    if (!areThere(spans, facts)) continue;
    const claimed = record?.have.has(piece) === true;
    if (spans.every((p) => trust[p.file] === 'full')) {
      if (claimed) sorted.good.push(piece);
    } else if (claimed && spans.every((p) => trust[p.file] !== undefined)) sorted.likely.push(piece);
    else sorted.doubtful.push(piece);
  }
  return sorted;
}

const areThere = (spans: readonly Span[], facts: Facts): boolean => spans.every((p) => (facts[p.file]?.length ?? 0) >= p.offset + p.length);

/**
 * Pieces of padding alone whose hash is right. The first of each length is hashed, of which a torrent has two; the others have the same
 * hash, or are wrong: padding costs a torrent nothing, so that much of it must not cost us either.
 */
async function rightPadding(s: FilesState, pieces: readonly number[]): Promise<readonly number[]> {
  const firsts = new Map<Bytes, number>();
  for (const piece of pieces) {
    const length = s.layout.pieceBytes(piece);
    if (!firsts.has(length)) firsts.set(length, piece);
  }
  const right = new Set<number>();
  await check(s, [...firsts.values()], (piece, outcome) => { if (outcome.type === 'match') right.add(piece); });
  return pieces.filter((piece) => {
    const first = firsts.get(s.layout.pieceBytes(piece))!;
    return right.has(first) && equalBytes(pieceHash(s, piece), pieceHash(s, first));
  });
}

function trustIn(facts: FileFacts | undefined, stamp: FileStamp | undefined, isWhole: () => boolean): 'full' | 'some' | undefined {
  if (!facts || !stamp) return undefined;
  const modifiedAt = Math.floor(facts.modifiedAt);
  if (facts.length === stamp.length && modifiedAt === stamp.modifiedAt) return 'full';
  return facts.length >= stamp.length && modifiedAt >= stamp.modifiedAt && !isWhole() ? 'some' : undefined;
}

function isWhole({ first, last }: { readonly first: number; readonly last: number }, have: Bitfield): boolean {
  const missing = have.nextMissing(first);
  return missing < 0 || missing > last;
}

/** At most SPOT_CHECKS of them. */
function sample(pieces: readonly number[], random: Random): readonly number[] {
  if (pieces.length <= SPOT_CHECKS) return pieces;
  return Array.from({ length: SPOT_CHECKS }, () => pieces[random.below(pieces.length)]!);
}

async function areGood(s: FilesState, pieces: readonly number[]): Promise<boolean> {
  let sound = true;
  await check(s, pieces, (_, outcome) => { sound &&= outcome.type === 'match'; });
  return sound;
}

/** The first of what is claimed that is not there, and what the disk says about that. */
async function vanished(s: FilesState, claimed: Bitfield, facts: Facts): Promise<Located | undefined> {
  const where = lacking(s, claimed, facts);
  if (!where) return undefined;
  const what = await readThrough(s.storage, [where]);
  return what && { what, where: [where] };
}

/** Where the first file that is too short for what we have of it, or for the room that was made for it, should go on to: one byte. */
export function lacking({ layout, room, priorities }: FilesState, have: Bitfield, facts: Facts): Span | undefined {
  for (let file = 0; file < layout.files.length; file++) {
    const needed = room.has(file) && priorities[file] !== 'skip' ? layout.files[file]!.length : neededOf(layout, have, file);
    if ((facts[file]?.length ?? 0) < needed) return { file, offset: needed - 1, length: 1 };
  }
  return undefined;
}

/** How long the file has to be. */
function neededOf(layout: Layout, have: Bitfield, file: number): Bytes {
  const { first, last } = layout.piecesOf(file);
  for (let piece = last; piece >= first; piece--) {
    if (!have.has(piece)) continue;
    const { offset, length } = layout.pieceSpans(piece).find((span) => span.file === file)!;
    return offset + length;
  }
  return 0;
}

/** Reads it all, one after the other; what is wrong with the first that cannot be read. */
export async function readThrough(storage: Storage, spans: readonly Span[]): Promise<Trouble | undefined> {
  for (const span of spans) {
    const outcome = await readSpans(storage, [span]);
    if (outcome.type === 'trouble') return outcome.trouble;
    storage.recycle(outcome.bytes);
  }
  return undefined;
}

const readSpans = (storage: Storage, spans: readonly Span[]): Promise<ReadOutcome> =>
  new Promise((resolve) => storage.read(spans, resolve));

async function readRecord(s: FilesState): Promise<Claims | undefined> {
  const bytes = await s.disk.readRecord(s.folder, nameOf(s));
  if (!bytes) return undefined;
  const { files: { length: fileCount }, layout: { pieceCount } } = s;
  const record = parseResumeRecord(bytes, { infoHash: s.torrent, pieceCount, fileCount });
  if (!record.ok) return undefined;
  const have = Bitfield.parse(record.value.pieces, pieceCount);
  const others = record.value.others ? Bitfield.parse(record.value.others, fileCount) : ok(new Bitfield(fileCount));
  return have.ok && others.ok ? { ...record.value, have: have.value, others: others.value } : undefined;
}

/** As far as it is there, before room is made in its place. */
function begunOf({ layout }: FilesState, { piece, blocks }: ResumeRecord['unfinished'][number], facts: Facts): Unfinished[] {
  const parsed = Bitfield.parse(blocks, layout.blocksIn(piece));
  if (!parsed.ok) return [];
  const found = parsed.value;
  for (let block = found.nextSet(0); block >= 0; block = found.nextSet(block + 1)) {
    if (!areThere(blockSpans(layout, piece, block), facts)) found.clear(block);
  }
  return found.isEmpty ? [] : [{ piece, blocks: found }];
}

const blockSpans = (layout: Layout, piece: number, block: number): readonly Span[] =>
  layout.spans(piece * layout.pieceLength + block * BLOCK_BYTES, layout.blockBytes(piece, block));

/** Hashes pieces, as many at once as the disk has workers for, and one more so that none is idle between two. */
export async function check(s: FilesState, pieces: readonly number[], done: (piece: number, outcome: CheckOutcome) => void): Promise<void> {
  const queue = new PQueue({ concurrency: s.disk.parallel + 1 });
  for (const piece of pieces) {
    const job = { expected: pieceHash(s, piece), spans: s.layout.pieceSpans(piece) };
    void queue.add(() => new Promise<void>((resolve) => {
      s.storage.check(job, (outcome) => {
        resolve();
        done(piece, outcome);
      });
    }));
  }
  await queue.onIdle();
}

/** Pieces that were begun, in memory as they were. What cannot be read is fetched anew. */
export async function readBlocks(s: FilesState, begun: readonly Unfinished[]): Promise<ReadonlyMap<number, Assembly>> {
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const pieces = new Map<number, Assembly>();
  for (const { piece, blocks } of begun) {
    const a = newAssembly(s, piece);
    pieces.set(piece, a);
    for (let block = blocks.nextSet(0); block >= 0; block = blocks.nextSet(block + 1)) {
      const at = block;
      void queue.add(() => readBlock(s, piece, at).then((data) => { if (data) takeUp(s, a, at, data); }));
    }
  }
  await queue.onIdle();
  return pieces;
}

async function readBlock({ storage, layout }: FilesState, piece: number, block: number): Promise<Uint8Array | undefined> {
  const outcome = await readSpans(storage, blockSpans(layout, piece, block));
  return outcome.type === 'read' ? outcome.bytes : undefined;
}

export interface Remembered {
  /** What we had is not there any more: there is no record of that. */
  readonly gone?: Located;
  readonly unsaved?: Trouble;
}

/** Data first, record after: a record never claims what the device does not have. */
export async function remember(s: FilesState): Promise<Remembered> {
  // Taken before the sync: what is stored during it is not claimed.
  const have = s.have.clone();
  const unfinished = onDisk(s).map(({ piece, blocks }) => ({ piece, blocks: blocks.bytes() }));
  const unsynced = await s.storage.sync();
  if (unsynced) return { unsaved: unsynced };
  const files = await s.storage.facts();
  const gone = await vanished(s, have, files);
  if (gone) return { gone };
  const others = new Bitfield(s.files.length);
  for (const file of withoutPieces(s.layout, have, s.others)) others.set(file);
  const record = encodeResumeRecord({
    infoHash: s.torrent, pieces: have.bytes(), files, unfinished, ...(!others.isEmpty && { others: others.bytes() }),
    priorities: s.files.map((_, file) => s.lasting.changed[file] ?? s.earlier[file]),
  });
  const unsaved = await s.disk.writeRecord(s.folder, nameOf(s), record);
  return unsaved ? { unsaved } : {};
}

export const nameOf = (s: FilesState): string => `${s.torrent}.resume`;
