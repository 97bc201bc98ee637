/**
 * Hashes source files piece by piece on worker threads. The answer is the `pieces` of a torrent: 20 bytes a piece, in
 * order.
 */
import { Worker } from 'node:worker_threads';
import { HASH_WORKER } from '../entries.js';
import { failure } from '../exit.js';
import type { HashAnswer, HashJob, HashPlan } from './hash-worker.js';

const HASH_BYTES = 20;
/** Large enough that a message costs nothing, small enough for smooth progress and even shares. */
const JOB_BYTES = 8 * 1_048_576;

interface Wish extends HashPlan {
  readonly procs: number;
  /** Bytes hashed so far. */
  onProgress(bytes: number): void;
}

export async function hashPieces({ procs, onProgress, ...plan }: Wish): Promise<Uint8Array> {
  const total = plan.lengths.reduce((sum, n) => sum + n, 0);
  const pieces = Math.ceil(total / plan.pieceLength);
  const hashes = new Uint8Array(pieces * HASH_BYTES);
  const perJob = Math.max(1, Math.floor(JOB_BYTES / plan.pieceLength));
  let next = 0;
  let done = 0;

  const work = (worker: Worker): Promise<void> => new Promise((resolve, reject) => {
    const ask = (): void => {
      if (next >= pieces) return resolve();
      const job: HashJob = { first: next, count: Math.min(perJob, pieces - next) };
      next += job.count;
      worker.postMessage(job);
    };
    worker.on('error', reject);
    worker.on('message', (answer: HashAnswer) => {
      if ('error' in answer) return reject(failure(answer.error));
      hashes.set(answer.hashes, answer.first * HASH_BYTES);
      done += answer.hashes.length / HASH_BYTES;
      onProgress(Math.min(total, done * plan.pieceLength));
      ask();
    });
    ask();
  });

  const count = Math.min(procs, Math.ceil(pieces / perJob));
  const workers = Array.from({ length: count }, () => new Worker(HASH_WORKER, { workerData: plan }));
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((w) => w.terminate()));
  }
  return hashes;
}
