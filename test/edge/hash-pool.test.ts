/** HashPool when threads die: terminated from outside by the test's own handle on them, or unable to start. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { HashPool } from '../../src/edge/hash-pool.js';
import type { StoreJob } from '../../src/edge/piece-job.js';
import { content, scratch, sha1 } from './scratch.js';

const WORKER = new URL('../../src/edge/hash-worker.js', import.meta.url);

const storeJob = (path: string, fd: number, salt: number): StoreJob => {
  const bytes = content(1000, salt);
  return { type: 'store', bytes, expected: sha1(bytes), stretches: [{ path, fd, access: 'make', offset: salt * 1000, length: 1000, least: 0 }], digests: false };
};

test('the jobs of a worker that dies are done by its successor', async (t) => {
  const path = join(scratch(t), 'file');
  const fd = openSync(path, 'w+');
  t.after(() => closeSync(fd));
  const started: Worker[] = [];
  const pool = new HashPool({ procs: 2, start: () => {
    const worker = new Worker(WORKER);
    started.push(worker);
    return worker;
  } });
  const jobs = Array.from({ length: 40 }, (_, i) => pool.run(storeJob(path, fd, i)));
  assert.equal(started.length, 2, 'no more threads than asked for');
  // Before they have begun: nothing is done yet.
  await Promise.all([started[0]!.terminate(), started[1]!.terminate()]);
  assert.deepEqual(new Set((await Promise.all(jobs)).map((o) => o.type)), new Set(['stored']));
  assert.equal(started.length, 4);
  assert.deepEqual(readFileSync(path).subarray(39_000), Buffer.from(content(1000, 39)));
  await Promise.all(started.map((w) => w.terminate()));
  assert.deepEqual(await pool.run(storeJob(path, fd, 0)), { type: 'stored' }, 'idle ones are replaced when needed');
});

test('a job that kills two workers is answered with trouble that names its file', async () => {
  let started = 0;
  const pool = new HashPool({ procs: 1, start: () => {
    started++;
    return new Worker('throw new Error("out of order")', { eval: true });
  } });
  const outcomes = await Promise.all([0, 1, 2, 3, 4].map((i) => pool.run(storeJob('/some/file', 0, i))));
  for (const outcome of outcomes) {
    assert.deepEqual(outcome, { type: 'trouble',
      trouble: { file: '/some/file', cause: 'failed', detail: 'the hash worker died: out of order' } });
  }
  assert.ok(started <= 10);
});

test('close ends the threads that have nothing to do, and a later job gets a new one', async (t) => {
  const path = join(scratch(t), 'file');
  const fd = openSync(path, 'w+');
  t.after(() => closeSync(fd));
  const exits: Promise<unknown>[] = [];
  const pool = new HashPool({ procs: 1, start: () => {
    const worker = new Worker(WORKER);
    exits.push(once(worker, 'exit'));
    return worker;
  } });
  const store = (): Promise<{ type: string }> => pool.run(storeJob(path, fd, 7));
  const first = store();
  pool.close();
  assert.equal((await first).type, 'stored');
  assert.equal(exits.length, 1);
  pool.close();
  await exits[0];
  assert.equal((await store()).type, 'stored');
  assert.equal(exits.length, 2);
  pool.close();
});

test('idle workers do not keep the process alive', (t) => {
  const url = new URL('../../src/edge/disk.js', import.meta.url).href;
  const script = `
    const { nodeDisk } = await import(${JSON.stringify(url)});
    const storage = nodeDisk({ procs: 2 }).open(process.argv[1], [{ path: ['f'], length: 3 }]);
    await storage.prepare();
    const bytes = storage.buffer(3);
    const expected = (await import('node:crypto')).createHash('sha1').update(bytes).digest();
    storage.store({ bytes, expected, spans: [{ file: 0, offset: 0, length: 3 }] }, (o) => console.log(o.type));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script, scratch(t)], { timeout: 20_000 });
  assert.equal(out.toString(), 'stored\n');
});
