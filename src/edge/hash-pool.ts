/**
 * HashPool: hands piece jobs to `procs` worker threads, to the one with the least to do. A worker holds few jobs, the
 * rest wait here in order; how many there are is bounded by the piece memory of those who ask. Threads start when first
 * needed and keep the process alive only while they work. One that dies is replaced; its jobs, which may be done twice
 * without harm, are tried once more.
 */
import { Worker } from 'node:worker_threads';
import type { Answer, Order } from './hash-worker.js';
import type { OutcomeOf, PieceJob, PieceOutcome, PieceRunner } from './piece-job.js';
import { inWords } from './words.js';

/** One to work on and one waiting, so that the worker never waits for this thread. */
const JOBS_PER_WORKER = 2;
const TRIES = 2;

interface Task {
  readonly job: PieceJob;
  readonly answer: (outcome: PieceOutcome) => void;
  tries: number;
}

interface Hand {
  readonly worker: Worker;
  readonly tasks: Map<number, Task>;
}

export interface HashPoolOptions {
  /** At least 1. */
  readonly procs: number;
  /** Makes a thread; by default one that runs hash-worker.js. */
  readonly start?: () => Worker;
}

/** Over `edge/`, so that it also holds where modules are bundled (tools/bundle.ts). */
const CODE = new URL('../edge/hash-worker.js', import.meta.url);
/** Without the flags of this process: some (`--input-type`) stop a worker from starting. */
const startWorker = (): Worker => new Worker(CODE, { name: 'hash', execArgv: [] });

export class HashPool implements PieceRunner {
  private readonly procs: number;
  private readonly start: () => Worker;
  private readonly hands = new Set<Hand>();
  private waiting: Task[] = [];
  private nextId = 0;

  constructor({ procs, start = startWorker }: HashPoolOptions) {
    this.procs = procs;
    this.start = start;
  }

  run<J extends PieceJob>(job: J): Promise<OutcomeOf<J>> {
    return new Promise((resolve) => {
      const answer = (outcome: PieceOutcome): void => resolve(outcome as OutcomeOf<J>);
      this.place({ job, answer, tries: 0 });
    });
  }

  /** Ends the threads that have nothing to do. */
  close(): void {
    for (const hand of this.hands) {
      if (hand.tasks.size > 0) continue;
      this.hands.delete(hand);
      void hand.worker.terminate();
    }
  }

  private place(task: Task): void {
    const hand = this.freest();
    if (hand === undefined) this.waiting.push(task);
    else this.give(hand, task);
  }

  /** An idle worker, else a new one, else the least busy with room. */
  private freest(): Hand | undefined {
    let best: Hand | undefined;
    for (const hand of this.hands) if (best === undefined || hand.tasks.size < best.tasks.size) best = hand;
    if (this.hands.size < this.procs && (best === undefined || best.tasks.size > 0)) return this.hire();
    return best !== undefined && best.tasks.size < JOBS_PER_WORKER ? best : undefined;
  }

  private hire(): Hand {
    const worker = this.start();
    const hand: Hand = { worker, tasks: new Map() };
    let reason = 'it stopped';
    worker.on('message', (answer: Answer) => this.take(hand, answer));
    worker.on('error', (error) => { reason = inWords(error); });
    worker.on('exit', () => this.lose(hand, reason));
    this.hands.add(hand);
    return hand;
  }

  private give(hand: Hand, task: Task): void {
    if (hand.tasks.size === 0) hand.worker.ref();
    const id = this.nextId++;
    task.tries++;
    hand.tasks.set(id, task);
    hand.worker.postMessage({ id, job: task.job } satisfies Order);
  }

  private take(hand: Hand, { id, outcome }: Answer): void {
    const task = hand.tasks.get(id);
    hand.tasks.delete(id);
    const next = this.waiting.shift();
    if (next !== undefined) this.give(hand, next);
    else if (hand.tasks.size === 0) hand.worker.unref();
    task?.answer(outcome);
  }

  private lose(hand: Hand, reason: string): void {
    this.hands.delete(hand);
    const again: Task[] = [];
    for (const task of hand.tasks.values()) {
      if (task.tries < TRIES) again.push(task);
      else task.answer(lost(task.job, reason));
    }
    const tasks = [...again, ...this.waiting];
    this.waiting = [];
    for (const task of tasks) this.place(task);
  }
}

function lost({ stretches }: PieceJob, reason: string): PieceOutcome {
  const file = stretches[0]?.path ?? '';
  return { type: 'trouble', trouble: { file, cause: 'failed', detail: `the hash worker died: ${reason}` } };
}
