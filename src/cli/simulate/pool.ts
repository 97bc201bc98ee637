/**
 * Runs tasks in worker threads and gives their results in the tasks' order. Workers have a young generation far larger
 * than Node's default: a simulation makes much that dies soon, and collecting it was a fifth of its time.
 */
import { Worker } from 'node:worker_threads';
import { Ending, type ExitCode } from '../exit.js';
import type { Answer } from './serve.js';

export interface PoolOptions<D> {
  /** What carries out such tasks in each thread; of ../entries.js. */
  readonly worker: URL;
  /** Threads. */
  readonly procs: number;
  /** Called as each of them is done: which one, and how many are by now. */
  readonly onDone: (at: number, done: D, finished: number) => void;
}

const YOUNG_MB = 96;
/** An upper bound only: a thousand peers take several GB. */
const OLD_MB = 24_576;

export async function runAll<T, D>(tasks: readonly T[], { worker: code, procs, onDone }: PoolOptions<D>): Promise<D[]> {
  const results = new Array<D>(tasks.length);
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(code, {
      name: 'simulation', execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: OLD_MB },
    });
    try {
      while (next < tasks.length) {
        const at = next++;
        const done = await carryOutBy<T, D>(worker, tasks[at]!);
        results[at] = done;
        onDone(at, done, ++finished);
      }
    } finally {
      // After a failure nobody begins anything more.
      next = finished === tasks.length ? next : tasks.length;
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(procs, tasks.length) }, work));
  return results;
}

function carryOutBy<T, D>(worker: Worker, task: T): Promise<D> {
  return new Promise((resolve, reject) => {
    const answered = (answer: Answer<D>): void => {
      worker.off('error', failed).off('exit', ended);
      if (answer.ok) resolve(answer.done);
      else reject(new Ending(answer.code as ExitCode, answer.reason));
    };
    const failed = (error: Error): void => reject(error);
    const ended = (code: number): void => reject(new Error(`a simulation's thread ended with code ${code}`));
    worker.once('message', answered).once('error', failed).once('exit', ended);
    worker.postMessage(task);
  });
}
