/**
 * --on-done COMMAND: run by the shell once for each torrent that has been downloaded, with its name, folder and info-hash in variables.
 * What it says is shown line by line, apart from our own output; that it fails is told and fails nothing else.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { InfoHash } from '../base/brand.js';
import type { ClientEvent } from '../ports/events.js';

export interface OnDone {
  show(event: ClientEvent): void;
  /** All that were started have ended. */
  settled(): Promise<void>;
}

export interface OnDoneOptions {
  readonly command: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly note: (line: string) => void;
}

export function onDone(o: OnDoneOptions): OnDone {
  const running = new Set<Promise<void>>();
  const told = new Set<InfoHash>();
  return {
    show(event) {
      // What was there already has been told of by an earlier run.
      if (event.event !== 'done' || event.downloaded === 0 || told.has(event.torrent)) return;
      told.add(event.torrent);
      const run = runFor(event, o).finally(() => running.delete(run));
      running.add(run);
    },
    settled: async () => void (await Promise.all(running)),
  };
}

type Done = Extract<ClientEvent, { event: 'done' }>;

function runFor({ name, torrent }: Done, { command, folder, env, note }: OnDoneOptions): Promise<void> {
  const told = { TORRENT_NAME: name, TORRENT_HASH: torrent, TORRENT_FOLDER: folder };
  const child = spawn(command, { shell: true, env: { ...env, ...told }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => note(`on-done: ${line}`));
  return new Promise((resolve) => {
    const failed = (why: string): void => note(`on-done failed for ${name}: ${why}`);
    child.on('error', (error) => { failed(error.message); resolve(); });
    child.on('close', (code, signal) => {
      if (code !== 0) failed(signal === null ? `exit code ${code}` : `ended by ${signal}`);
      resolve();
    });
  });
}
