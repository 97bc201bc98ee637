/**
 * Steps: how many blocks of code worlds execute, by V8's own count. That is work, whatever caches, the collector and other load make of the
 * time it takes, and it is the same each time. A step inside a built-in function (to copy an array, to search it) is none. V8 counts only
 * in code that it compiles after it was told to, and runs it slowly: so it is done in a thread of its own, which loads the code then.
 */
import { Worker } from 'node:worker_threads';
import type { WorldShape } from './world.js';

/** Of each world, in their order. */
export function stepsOf(shapes: readonly WorldShape[]): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./steps-worker.js', import.meta.url), { workerData: shapes });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread that counts steps ended with ${code}`)));
  });
}
