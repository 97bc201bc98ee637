/** A test in a lab of its own, skipped with a reason where the machine cannot make one. */
import { test } from 'node:test';
import { inLab, type Lab } from './lab.js';
import { missing, required, type Need } from './needs.js';
import { makeNetwork } from './netns.js';
import { KEEP_FILES, RUNS } from './settings.js';

export interface LabTest {
  readonly needs: readonly Need[];
  /** Names; the first is 10.77.0.1. */
  readonly hosts: readonly string[];
  /** Self-tests of the harness run once, whatever `ACTORRENT_INTEROP_RUNS` says. */
  readonly once?: boolean;
}

export function labTest(name: string, { needs, hosts, once = false }: LabTest, body: (lab: Lab) => Promise<void>): void {
  const why = missing(needs);
  if (why !== undefined && required) {
    test(name, () => { throw new Error(`ACTORRENT_INTEROP=required, but ${why}`); });
    return;
  }
  const runs = once ? 1 : RUNS;
  for (let run = 1; run <= runs; run++) {
    const title = runs === 1 ? name : `${name}, run ${run} of ${runs}`;
    // The test itself has no timeout: every wait inside has its own, and ends in a message that says what for.
    test(title, { skip: why === undefined ? false : `SKIP interop: ${why}` }, (t) =>
      inLab({ network: makeNetwork(hosts), report: (line) => t.diagnostic(line), keepFiles: KEEP_FILES }, body));
  }
}
