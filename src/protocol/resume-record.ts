/**
 * Resume record: what we know to be on disk, so that a restart need not hash it again. A bencoded dictionary of our own:
 *   `info-hash`   40 hex digits
 *   `pieces`      a bitfield, in BEP 3 bit order
 *   `files`       a list of [length, modification time in ms], -1 where the file was not there
 *   `unfinished`  a list of [piece, bitfield of its blocks that are on disk]; absent: none
 *   `others`      a bitfield by file: what was here before us, and holds nothing of the torrent; absent: none
 *   `priorities`  a byte a file: how much the user wants it, counted from 1 as in FILE_PRIORITIES; 0, or all absent: nothing was said
 *   `version`
 * Of pieces it is only as good as the files' lengths and times: where they differ, look again. Nothing vouches for the blocks but the hash of
 * their piece, once it is whole.
 */
import type { InfoHash } from '../base/brand.js';
import { FILE_PRIORITIES, type FileWishes } from '../base/file-priority.js';
import { flaw, ok, type Result } from '../base/result.js';
import { fromUtf8Lossy } from '../base/bytes.js';
import { decode, encode, type BValue } from './bencode.js';
import { isDict, isList } from './fields.js';

const VERSION = 1;

export interface FileStamp {
  readonly length: number;
  readonly modifiedAt: number;
}
export interface ResumeRecord {
  readonly infoHash: InfoHash;
  readonly pieces: Uint8Array;
  readonly files: readonly (FileStamp | undefined)[];
  readonly unfinished: readonly UnfinishedBlocks[];
  /** As on the wire: a bit a file. */
  readonly others?: Uint8Array;
  /** What was said while it ran; never empty: without it, nothing. */
  readonly priorities?: FileWishes;
}
export interface UnfinishedBlocks {
  readonly piece: number;
  /** As on the wire: a bit a block. */
  readonly blocks: Uint8Array;
}

export function encodeResumeRecord({ infoHash, pieces, files, unfinished, others, priorities }: ResumeRecord): Uint8Array {
  const stamps = files.map((f) => (f ? [f.length, Math.floor(f.modifiedAt)] : [-1, -1]));
  const begun = unfinished.map(({ piece, blocks }) => [piece, blocks]);
  return encode({
    files: stamps, 'info-hash': infoHash, pieces, ...(begun.length > 0 && { unfinished: begun }), ...(others && { others }),
    ...(priorities?.some(Boolean) && { priorities: Uint8Array.from(priorities, (wish) => (wish ? FILE_PRIORITIES.indexOf(wish) + 1 : 0)) }),
    version: VERSION,
  });
}

/** `expected` is the torrent's own: a record of another torrent or shape is refused, never half believed. */
export function parseResumeRecord(
  bytes: Uint8Array, expected: { readonly infoHash: InfoHash; readonly pieceCount: number; readonly fileCount: number },
): Result<ResumeRecord> {
  const decoded = decode(bytes);
  if (!decoded.ok) return decoded;
  const record = decoded.value;
  if (!isDict(record)) return flaw('record', 'a dictionary', 'something else');
  const { version, pieces, files, unfinished = [], others, priorities } = record;
  if (version !== VERSION) return flaw('version', `${VERSION}`, String(version));
  const hash = record['info-hash'];
  if (!(hash instanceof Uint8Array) || fromUtf8Lossy(hash) !== expected.infoHash) return flaw('info-hash', expected.infoHash, 'another');
  if (!(pieces instanceof Uint8Array)) return flaw('pieces', 'bytes', typeof pieces);
  const size = Math.ceil(expected.pieceCount / 8);
  if (pieces.length !== size) return flaw('pieces', `${size} bytes`, `${pieces.length} bytes`);
  if (files === undefined || !isList(files) || files.length !== expected.fileCount) {
    return flaw('files', `a list of ${expected.fileCount}`, 'something else');
  }
  const stamps = files.map(stampOf);
  const broken = stamps.indexOf(null);
  if (broken >= 0) return flaw(`files[${broken}]`, 'length and time', 'something else');
  if (!isList(unfinished) || unfinished.length > expected.pieceCount) {
    return flaw('unfinished', `a list of at most ${expected.pieceCount}`, 'something else');
  }
  const begun = unfinished.map((value) => blocksOf(value, expected.pieceCount));
  const wrong = begun.indexOf(null);
  if (wrong >= 0) return flaw(`unfinished[${wrong}]`, 'a piece and its blocks', 'something else');
  if (others !== undefined && !(others instanceof Uint8Array)) return flaw('others', 'bytes', typeof others);
  const wishes = priorities === undefined ? undefined : wishesOf(priorities, expected.fileCount);
  if (wishes === null) return flaw('priorities', `${expected.fileCount} bytes of 0 to ${FILE_PRIORITIES.length}`, 'something else');
  const { infoHash } = expected;
  return ok({
    infoHash, pieces, files: stamps as (FileStamp | undefined)[], unfinished: begun as UnfinishedBlocks[], ...(others && { others }),
    ...(wishes && { priorities: wishes }),
  });
}

function wishesOf(value: BValue, fileCount: number): FileWishes | null {
  if (!(value instanceof Uint8Array) || value.length !== fileCount || value.some((byte) => byte > FILE_PRIORITIES.length)) return null;
  return Array.from(value, (byte) => FILE_PRIORITIES[byte - 1]);
}

function blocksOf(value: BValue, pieceCount: number): UnfinishedBlocks | null {
  if (!isList(value)) return null;
  const [piece, blocks] = value;
  if (typeof piece !== 'number' || piece < 0 || piece >= pieceCount || !(blocks instanceof Uint8Array)) return null;
  return { piece, blocks };
}

function stampOf(value: BValue): FileStamp | undefined | null {
  if (!isList(value)) return null;
  const [length, modifiedAt] = value;
  if (typeof length !== 'number' || typeof modifiedAt !== 'number') return null;
  return length < 0 ? undefined : { length, modifiedAt };
}
