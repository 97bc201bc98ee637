/**
 * What is on disk at the start, and the record that spares hashing it next time. Used by the Files process only.
 * A piece is good by the record where every file it touches has the length and time that the record says. It is absent where one of its
 * files is not there or too short. Where a file has changed that was unfinished, as by our own writes before a crash, some of what the
 * record has of it are hashed, and if those are right it is believed; what the record does not have is hashed. Where a finished file has
 * changed, somebody else did it: all of it is hashed.
 */
import PQueue from 'p-queue';
import type { Random } from '../base/random.js';
import { BLOCK_BYTES } from '../base/units.js';
import { Bitfield } from '../model/bitfield.js';
import type { CheckOutcome, FileFacts, Trouble } from '../ports/disk.js';
import { encodeResumeRecord, parseResumeRecord, type FileStamp, type ResumeRecord } from '../protocol/resume-record.js';
import { newAssembly, onDisk, takeUp, type Assembly } from './files-pieces.js';
import { READS_AT_ONCE, type FilesState } from './files-state.js';
import type { Unfinished } from './piece-mgr.js';

export interface Recalled {
  readonly good: readonly number[];
  readonly doubtful: readonly number[];
  /** Blocks that are on disk by the record. */
  readonly begun: readonly Unfinished[];
  readonly trouble: Trouble | undefined;
}

/** A record is believed where so many of its pieces, taken at random, are right. */
const SPOT_CHECKS = 32;

export async function recall(s: FilesState, random: Random): Promise<Recalled> {
  const facts = await s.storage.facts();
  const record = s.check === 'record' ? await readRecord(s) : undefined;
  const trouble = await s.storage.prepare();
  const { good, likely, doubtful } = sortOut(s, facts, record);
  const sound = await areGood(s, sample(likely, random));
  return {
    trouble, good: sound ? [...good, ...likely] : good, doubtful: sound ? doubtful : [...likely, ...doubtful],
    begun: record?.unfinished.flatMap((u) => begunOf(s, u)) ?? [],
  };
}

interface Sorted {
  readonly good: number[];
  /** Good by the record, in files that have changed since. */
  readonly likely: number[];
  readonly doubtful: number[];
}

interface Claims extends Pick<ResumeRecord, 'files' | 'unfinished'> {
  readonly have: Bitfield;
}

function sortOut({ files, layout }: FilesState, facts: readonly (FileFacts | undefined)[], record: Claims | undefined): Sorted {
  const trust = files.map((_, file) => record && trustIn(facts[file], record.files[file], () => isWhole(layout.piecesOf(file), record.have)));
  const sorted: Sorted = { good: [], likely: [], doubtful: [] };
  for (let piece = 0; piece < layout.pieceCount; piece++) {
    const spans = layout.pieceSpans(piece);
    if (!spans.every((p) => (facts[p.file]?.length ?? 0) >= p.offset + p.length)) continue;
    const claimed = record?.have.has(piece) === true;
    if (spans.every((p) => trust[p.file] === 'full')) {
      if (claimed) sorted.good.push(piece);
    } else if (claimed && spans.every((p) => trust[p.file] !== undefined)) sorted.likely.push(piece);
    else sorted.doubtful.push(piece);
  }
  return sorted;
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

async function readRecord(s: FilesState): Promise<Claims | undefined> {
  const bytes = await s.disk.readRecord(s.folder, nameOf(s));
  if (!bytes) return undefined;
  const { pieceCount } = s.layout;
  const record = parseResumeRecord(bytes, { infoHash: s.torrent, pieceCount, fileCount: s.files.length });
  if (!record.ok) return undefined;
  const have = Bitfield.parse(record.value.pieces, pieceCount);
  return have.ok ? { ...record.value, have: have.value } : undefined;
}

function begunOf({ layout }: FilesState, { piece, blocks }: ResumeRecord['unfinished'][number]): Unfinished[] {
  const parsed = Bitfield.parse(blocks, layout.blocksIn(piece));
  return parsed.ok ? [{ piece, blocks: parsed.value }] : [];
}

/** Hashes pieces, as many at once as the disk has workers for, and one more so that none is idle between two. */
export async function check(s: FilesState, pieces: readonly number[], done: (piece: number, outcome: CheckOutcome) => void): Promise<void> {
  const queue = new PQueue({ concurrency: s.disk.parallel + 1 });
  for (const piece of pieces) {
    const job = { expected: s.hashes.subarray(20 * piece, 20 * piece + 20), spans: s.layout.pieceSpans(piece) };
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

function readBlock({ storage, layout }: FilesState, piece: number, block: number): Promise<Uint8Array | undefined> {
  const spans = layout.spans(piece * layout.pieceLength + block * BLOCK_BYTES, layout.blockBytes(piece, block));
  return new Promise((resolve) => storage.read(spans, (outcome) => resolve(outcome.type === 'read' ? outcome.bytes : undefined)));
}

/** Data first, record after: a record never claims what the device does not have. */
export async function remember(s: FilesState): Promise<Trouble | undefined> {
  // Taken before the sync: what is stored during it is not claimed.
  const pieces = s.have.bytes();
  const unfinished = onDisk(s).map(({ piece, blocks }) => ({ piece, blocks: blocks.bytes() }));
  const trouble = await s.storage.sync();
  if (trouble) return trouble;
  const files = await s.storage.facts();
  return s.disk.writeRecord(s.folder, nameOf(s), encodeResumeRecord({ infoHash: s.torrent, pieces, files, unfinished }));
}

const nameOf = (s: FilesState): string => `${s.torrent}.resume`;
