/**
 * One test's world: a network, a folder, and every program started in them. All of it is gone when the test ends,
 * however it ends. When the test fails, the last lines of each program are printed first.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Child } from './child.js';
import { makeContent, type Content, type ContentOptions } from './content.js';
import { missing, required, type Need } from './needs.js';
import { makeNetwork, type Host } from './netns.js';
import { KEEP_FILES, RUNS } from './settings.js';

const MAX_CHILDREN = 40;

export interface Lab {
  readonly host: (name: string) => Host;
  /** A new folder. */
  readonly folder: (name: string) => string;
  readonly content: (options: Omit<ContentOptions, 'at'>) => Promise<Content>;
  /** A line of the test's report. */
  readonly report: (line: string) => void;
}

export interface LabTest {
  readonly needs: readonly Need[];
  /** Names; the first is 10.77.0.1. */
  readonly hosts: readonly string[];
  /** Self-tests of the harness run once, whatever `ACTORRENT_INTEROP_RUNS` says. */
  readonly once?: boolean;
}

type Body = (lab: Lab) => Promise<void>;

export function labTest(name: string, { needs, hosts, once = false }: LabTest, body: Body): void {
  const why = missing(needs);
  if (why !== undefined && required) {
    test(name, () => { throw new Error(`ACTORRENT_INTEROP=required, but ${why}`); });
    return;
  }
  const runs = once ? 1 : RUNS;
  for (let run = 1; run <= runs; run++) {
    const title = runs === 1 ? name : `${name}, run ${run} of ${runs}`;
    // The test itself has no timeout: every wait inside has its own, and ends in a message that says what for.
    test(title, { skip: why === undefined ? false : `SKIP interop: ${why}` }, (t) => inLab(t, hosts, body));
  }
}

async function inLab(t: TestContext, names: readonly string[], body: Body): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'actorrent-interop-'));
  const children: Child[] = [];
  const network = makeNetwork(names);
  const tidy = (): void => {
    for (const child of children) child.kill();
    network.remove();
    if (!KEEP_FILES) rmSync(scratch, { recursive: true, force: true });
  };
  atExit.add(tidy);

  const hosts = new Map(network.hosts.map((h): [string, Host] => [h.name, {
    ...h,
    start: (command) => {
      if (children.length >= MAX_CHILDREN) throw new Error(`more than ${MAX_CHILDREN} programs in one test`);
      const child = h.start(command);
      children.push(child);
      return child;
    },
  }]));
  const folder = (name: string): string => {
    const path = join(scratch, name);
    mkdirSync(path);
    return path;
  };
  const lab: Lab = {
    host: (name) => hosts.get(name) ?? fail(`no host ${name}`),
    folder,
    content: (options) => makeContent({ ...options, at: folder(`content of ${options.seed}`) }),
    report: (line) => t.diagnostic(line),
  };

  try {
    await body(lab);
  } catch (e) {
    for (const child of children) for (const line of child.tail().split('\n')) if (line !== '') t.diagnostic(line);
    throw e;
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.exited));
    tidy();
    atExit.delete(tidy);
    if (KEEP_FILES) t.diagnostic(`files kept in ${scratch}`);
  }
}

/** For a run that is interrupted: nothing of it stays on the machine. */
const atExit = new Set<() => void>();
process.on('exit', () => { for (const tidy of atExit) tidy(); });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

function fail(message: string): never {
  throw new Error(message);
}
