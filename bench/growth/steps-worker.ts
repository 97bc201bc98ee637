/** The thread behind `stepsOf`: is given shapes of worlds, answers with the steps of each. */
import { Session } from 'node:inspector/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { WorldShape } from './world.js';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { World } = await import('./world.js');

const shapes = workerData as readonly WorldShape[];
// What is done once belongs to no world.
await new World(shapes[0]!).run();
const steps: number[] = [];
for (const shape of shapes) {
  await sinceLast();
  await new World(shape).run();
  steps.push(await sinceLast());
}
parentPort!.postMessage(steps);

/** Executions of all blocks since this was asked last. */
async function sinceLast(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges)).reduce((sum, { count }) => sum + count, 0);
}
