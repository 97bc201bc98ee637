/**
 * The worker thread of `create`: reads a run of pieces from the source files and answers with their SHA-1s, 20 bytes
 * each. Files are read as they lie; one that is shorter than it was when the work began is an error, since the torrent
 * would be wrong.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Layout } from '../../model/layout.js';
import { inWords } from '../../edge/words.js';

export interface HashPlan {
  /** Of the files, in their order in the piece space. */
  readonly paths: readonly string[];
  readonly lengths: readonly number[];
  readonly pieceLength: number;
}
export interface HashJob {
  readonly first: number;
  readonly count: number;
}
export type HashAnswer = { readonly first: number; readonly hashes: Uint8Array } | { readonly error: string };

const READ_BYTES = 1_048_576;
const HASH_BYTES = 20;

const { paths, lengths, pieceLength } = workerData as HashPlan;
const layout = new Layout({
  files: lengths.map((length) => ({ length, padding: false })),
  pieceLength,
  totalBytes: lengths.reduce((sum, n) => sum + n, 0),
});
const buffer = Buffer.allocUnsafe(READ_BYTES);
/** Most pieces begin in the file where the last one ended. */
let open: { readonly file: number; readonly fd: number } | undefined;

parentPort!.on('message', (job: HashJob) => {
  let answer: HashAnswer;
  try {
    answer = { first: job.first, hashes: hashPieces(job) };
  } catch (e) {
    answer = { error: inWords(e) };
  }
  parentPort!.postMessage(answer);
});

function hashPieces({ first, count }: HashJob): Uint8Array {
  const hashes = new Uint8Array(count * HASH_BYTES);
  for (let i = 0; i < count; i++) {
    const sha1 = createHash('sha1');
    for (const { file, offset, length } of layout.pieceSpans(first + i)) {
      for (let at = 0; at < length;) {
        const n = readSync(openFile(file), buffer, 0, Math.min(READ_BYTES, length - at), offset + at);
        if (n === 0) throw new Error(`${paths[file]}: became shorter while it was read`);
        sha1.update(buffer.subarray(0, n));
        at += n;
      }
    }
    hashes.set(sha1.digest(), i * HASH_BYTES);
  }
  return hashes;
}

function openFile(file: number): number {
  if (open?.file === file) return open.fd;
  if (open !== undefined) closeSync(open.fd);
  open = undefined;
  const path = paths[file]!;
  try {
    open = { file, fd: openSync(path, 'r') };
  } catch (e) {
    throw new Error(`${path}: ${inWords(e)}`);
  }
  return open.fd;
}
