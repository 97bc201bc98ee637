/**
 * A world to run programs in: a network, a folder, and every program started in them. All of it is gone when the work in
 * it ends, however that ends, also by Ctrl-C. A part of a lab is a world on the same network, with files and programs of
 * its own that are gone when the part ends.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from './child.js';
import { makeContent, type Content, type ContentOptions } from './content.js';
import type { Host, Network } from './netns.js';

/** At once, in one part. */
const MAX_CHILDREN = 40;

export interface Lab {
  readonly host: (name: string) => Host;
  /** A new folder. */
  readonly folder: (name: string) => string;
  readonly content: (options: Omit<ContentOptions, 'at'>) => Promise<Content>;
  /** A line for whoever reads along. */
  readonly report: (line: string) => void;
  readonly part: <T>(name: string, work: (part: Lab) => Promise<T>) => Promise<T>;
}

export interface LabOptions {
  /** Goes with the lab. */
  readonly network: Network;
  readonly report: (line: string) => void;
  /** Where the lab's folder is made; the system's folder for temporary files by default. */
  readonly under?: string;
  /** Leaves the files, and reports where they are. */
  readonly keepFiles?: boolean;
}

/** When the work fails, the last lines of each of its programs are reported first. */
export async function inLab<T>(o: LabOptions, work: (lab: Lab) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(o.under ?? tmpdir(), 'actorrent-lab-'));
  const running = new Set<Child>();
  const tidy = (): void => {
    for (const child of running) child.kill();
    o.network.remove();
    if (o.keepFiles !== true) rmSync(scratch, { recursive: true, force: true });
  };
  atExit.add(tidy);
  try {
    return await inFolder({ ...o, scratch, running }, work);
  } finally {
    tidy();
    atExit.delete(tidy);
    if (o.keepFiles === true) o.report(`files kept in ${scratch}`);
  }
}

interface Site extends LabOptions {
  readonly scratch: string;
  readonly running: Set<Child>;
}

async function inFolder<T>(site: Site, work: (lab: Lab) => Promise<T>): Promise<T> {
  const children: Child[] = [];
  const start = (host: Host): Host['start'] => (command) => {
    if (children.length >= MAX_CHILDREN) throw new Error(`more than ${MAX_CHILDREN} programs at once`);
    const child = host.start(command);
    children.push(child);
    site.running.add(child);
    return child;
  };
  const hosts = new Map(site.network.hosts.map((h): [string, Host] => [h.name, { ...h, start: start(h) }]));
  const folder = (name: string): string => {
    const path = join(site.scratch, name);
    mkdirSync(path);
    return path;
  };
  try {
    return await work({
      folder,
      host: (name) => hosts.get(name) ?? fail(`no host ${name}`),
      content: (options) => makeContent({ ...options, at: folder(`content of ${options.seed}`) }),
      report: site.report,
      part: async (name, partOfWork) => {
        const scratch = folder(name);
        try {
          return await inFolder({ ...site, scratch }, partOfWork);
        } finally {
          if (site.keepFiles !== true) rmSync(scratch, { recursive: true, force: true });
        }
      },
    });
  } catch (e) {
    for (const child of children) for (const line of child.tail().split('\n')) if (line !== '') site.report(line);
    throw e;
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.exited));
    for (const child of children) site.running.delete(child);
  }
}

/** For a run that is interrupted: nothing of it stays on the machine. */
const atExit = new Set<() => void>();
process.on('exit', () => { for (const tidy of atExit) tidy(); });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

function fail(message: string): never {
  throw new Error(message);
}
