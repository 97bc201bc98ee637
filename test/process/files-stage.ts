/** Files on the stage, with a disk that the test answers for. */
import { infoHash } from '../../src/base/brand.js';
import type { FilePriority, FileWishes } from '../../src/base/file-priority.js';
import { BLOCK_BYTES, SECOND } from '../../src/base/units.js';
import { Layout } from '../../src/model/layout.js';
import type { Allocation } from '../../src/ports/disk.js';
import { files } from '../../src/process/files.js';
import type { FilesMsg } from '../../src/process/files-state.js';
import { encodeResumeRecord } from '../../src/protocol/resume-record.js';
import { FakeDisk } from './fake-disk.js';
import { bitsOf, Stage } from './stage.js';

export const TORRENT = infoHash('ab'.repeat(20));
export const RECORD = `${TORRENT}.resume`;
export const PIECE = 2 * BLOCK_BYTES;
/** Four pieces of two blocks, the last of one and a half; two files, and piece 1 lies in both. */
export const LENGTHS = [PIECE + BLOCK_BYTES, 3 * PIECE - 1.5 * BLOCK_BYTES];
/** Nobody has said anything of a file. */
export const ALIKE: readonly FilePriority[] = ['normal', 'normal'];
export const TOTAL = LENGTHS[0]! + LENGTHS[1]!;
export const LAYOUT = new Layout({
  files: LENGTHS.map((length) => ({ length, padding: false })), pieceLength: PIECE, totalBytes: TOTAL,
});
export const HASHES = new Uint8Array(80).map((_, i) => Math.floor(i / 20) + 1);

/** On the stage, with the disk as given; the recall is through, unless it is said otherwise. */
export async function start(o: {
  disk?: FakeDisk; check?: 'record' | 'full'; overwrite?: boolean; allocate?: Allocation; layout?: Layout; said?: FileWishes;
  recalled?: boolean; hashes?: Uint8Array; pathOf?: (file: number) => string[];
} = {}) {
  const { disk = new FakeDisk(), layout = LAYOUT, recalled = true, pathOf = (file) => [`${file}`] } = o;
  let [sender, api]: any[] = [];
  const stage = new Stage(files, (cast) => {
    sender = cast('Sender');
    api = cast('Api');
    return {
      torrent: TORRENT, layout, files: layout.files.map(({ length }, i) => ({ path: pathOf(i), length })),
      hashes: o.hashes ?? HASHES, folder: '/f', said: o.said ?? [], check: o.check ?? 'record', overwrite: o.overwrite ?? false,
      ...(o.allocate && { allocate: o.allocate }), saveEvery: 60 * SECOND, disk, pieceMgr: cast('PieceMgr'),
      status: cast('Status'), torrentMgr: cast('TorrentMgr'), timer: cast('Timer'),
    };
  });
  if (recalled) await stage.settle();
  const read = (piece: number, begin: number, length = BLOCK_BYTES): FilesMsg =>
    ({ type: 'read', stretches: [{ piece, begin, length }], replyTo: sender });
  const look = (find: string, from: number): FilesMsg => ({ type: 'look', find, from, replyTo: api });
  return { stage, disk, read, look };
}

/** A disk with whole files and a record of these pieces, as of time 7. */
export function remembered(pieces: readonly number[], over: Partial<Parameters<typeof encodeResumeRecord>[0]> = {}): FakeDisk {
  const disk = new FakeDisk();
  disk.files = LENGTHS.map((length) => ({ length, modifiedAt: 7 }));
  disk.records.set(RECORD, encodeResumeRecord({
    infoHash: TORRENT, pieces: bitsOf(4, pieces).bytes(), files: disk.files, unfinished: [], ...over,
  }));
  return disk;
}

export const block = (piece: number, index: number, fill: number, length = BLOCK_BYTES): FilesMsg =>
  ({ type: 'blocks', blocks: [{ piece, begin: index * BLOCK_BYTES, data: new Uint8Array(length).fill(fill) }] });
export const check = (piece: number): FilesMsg => ({ type: 'check', piece });
export const whole = (piece: number): FilesMsg[] => [block(piece, 0, 1), block(piece, 1, 2), check(piece)];
export const discard = (piece: number): FilesMsg => ({ type: 'discard', piece });
export const prioritize = (priority: FilePriority, ...which: readonly number[]): FilesMsg =>
  ({ type: 'prioritize', files: which, priority });
export const recover: FilesMsg = { type: 'recover' };
export const stop: FilesMsg = { type: 'stop', withData: false };
