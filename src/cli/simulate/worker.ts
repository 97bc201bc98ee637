/** A worker of the simulation: carries out one task after the other. A task that cannot be carried out is told in words. */
import { parentPort } from 'node:worker_threads';
import { Ending } from '../exit.js';
import { carryOut, type Done, type Task } from './task.js';

export type Answer = { readonly ok: true; readonly done: Done } | { readonly ok: false; readonly code: number; readonly reason: string };

parentPort!.on('message', (task: Task) => {
  carryOut(task).then(
    (done): Answer => ({ ok: true, done }),
    (error: unknown): Answer => ({ ok: false, code: error instanceof Ending ? error.code : 1, reason: String((error as Error).message) }),
  ).then((answer) => parentPort!.postMessage(answer));
});
