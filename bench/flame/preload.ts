/**
 * Loaded before a program that is profiled: a worker thread started with flags of its own (none, for hashing) would not be profiled;
 * so it is started with those of its process, `--cpu-prof` among them.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type * as Threads from 'node:worker_threads';

const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Threads.Worker };

threads.Worker = class extends threads.Worker {
  constructor(file: string | URL, { execArgv: _, ...options }: Threads.WorkerOptions = {}) {
    super(file, options);
  }
};
syncBuiltinESMExports();
