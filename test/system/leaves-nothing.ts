/** What keeps the program alive is the same after some work as before it: no socket, server or timer is left. */
import { eventually } from './swarm.js';

/** But for what the test runner has and what ends by itself. */
const resources = (): string => process.getActiveResourcesInfo().filter((r) => !PASSING.has(r)).sort().join(' ');
const PASSING: ReadonlySet<string> =
  new Set(['TTYWrap', 'PipeWrap', 'FSReqCallback', 'FSReqPromise', 'CloseReq', 'Immediate']);

export async function leavesNothing(work: () => Promise<void>): Promise<void> {
  const before = resources();
  await work();
  await eventually(() => resources() === before, () => `the end of all but '${before}'; there is '${resources()}'`);
}
