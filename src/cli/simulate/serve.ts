/** What a worker of the simulation does: carries out one task after the other. One that cannot be is told of in words. */
import { parentPort } from 'node:worker_threads';
import { Ending } from '../exit.js';

export type Answer<D> = { readonly ok: true; readonly done: D } | { readonly ok: false; readonly code: number; readonly reason: string };

export function serveTasks<T, D>(carryOut: (task: T) => Promise<D>): void {
  parentPort!.on('message', (task: T) => {
    carryOut(task).then(
      (done): Answer<D> => ({ ok: true, done }),
      (error: unknown): Answer<D> =>
        ({ ok: false, code: error instanceof Ending ? error.code : 1, reason: String((error as Error).message) }),
    ).then((answer) => parentPort!.postMessage(answer));
  });
}
