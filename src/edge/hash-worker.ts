/** A hash worker: a thread of its own that does piece jobs, one after the other, and answers each by its number. */
import { parentPort } from 'node:worker_threads';
import { runPieceJob, type PieceJob, type PieceOutcome } from './piece-job.js';

export interface Order {
  readonly id: number;
  readonly job: PieceJob;
}

export interface Answer {
  readonly id: number;
  readonly outcome: PieceOutcome;
}

const port = parentPort;
if (port === null) throw new Error('hash-worker.js is started by HashPool only');
port.on('message', ({ id, job }: Order) => port.postMessage({ id, outcome: runPieceJob(job) } satisfies Answer));
