/**
 * What is on disk at the start, and the record that spares hashing it next time. Used by the Files process only.
 * A piece is good by the record where every file it touches has the length and time that the record says; it is absent where one of its
 * files is not there or too short; the rest is doubtful and is hashed.
 */
import PQueue from 'p-queue';
import { Bitfield } from '../model/bitfield.js';
import type { CheckOutcome, FileFacts, Trouble } from '../ports/disk.js';
import { encodeResumeRecord, parseResumeRecord, type FileStamp } from '../protocol/resume-record.js';
import type { FilesState } from './files.js';

export interface Recalled {
  readonly good: readonly number[];
  readonly doubtful: readonly number[];
  readonly trouble: Trouble | undefined;
}

export async function recall(s: FilesState): Promise<Recalled> {
  const facts = await s.storage.facts();
  const record = s.check === 'record' ? await readRecord(s) : undefined;
  const trouble = await s.storage.prepare();
  const unchanged = s.files.map((_, i) => same(facts[i], record?.files[i]));
  const good: number[] = [];
  const doubtful: number[] = [];
  for (let piece = 0; piece < s.layout.pieceCount; piece++) {
    const spans = s.layout.pieceSpans(piece);
    if (!spans.every((p) => (facts[p.file]?.length ?? 0) >= p.offset + p.length)) continue;
    if (!record || !spans.every((p) => unchanged[p.file])) doubtful.push(piece);
    else if (record.have.has(piece)) good.push(piece);
  }
  return { good, doubtful, trouble };
}

async function readRecord(s: FilesState): Promise<{ have: Bitfield; files: readonly (FileStamp | undefined)[] } | undefined> {
  const bytes = await s.disk.readRecord(s.folder, nameOf(s));
  if (!bytes) return undefined;
  const { pieceCount } = s.layout;
  const record = parseResumeRecord(bytes, { infoHash: s.torrent, pieceCount, fileCount: s.files.length });
  if (!record.ok) return undefined;
  const have = Bitfield.parse(record.value.pieces, pieceCount);
  return have.ok ? { have: have.value, files: record.value.files } : undefined;
}

const same = (facts: FileFacts | undefined, stamp: FileStamp | undefined): boolean =>
  facts !== undefined && stamp !== undefined && facts.length === stamp.length && Math.floor(facts.modifiedAt) === stamp.modifiedAt;

/** Hashes pieces, as many at once as the disk has workers for, and one more so that none is idle between two. */
export function fullCheck(s: FilesState, pieces: readonly number[], done: (piece: number, outcome: CheckOutcome) => void): void {
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
}

/** Data first, record after: a record never claims what the device does not have. */
export async function remember(s: FilesState, dirty: boolean): Promise<Trouble | undefined> {
  if (!dirty) return undefined;
  // Taken before the sync: what is stored during it is not claimed.
  const pieces = s.have.bytes();
  const trouble = await s.storage.sync();
  if (trouble) return trouble;
  const facts = await s.storage.facts();
  return s.disk.writeRecord(s.folder, nameOf(s), encodeResumeRecord({ infoHash: s.torrent, pieces, files: facts }));
}

const nameOf = (s: FilesState): string => `${s.torrent}.resume`;
