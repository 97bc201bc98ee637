/**
 * A file that a run writes as it goes (`--record-choke`, `--trace`), emptied at the start. One that cannot be opened ends the run before it
 * begins; one that cannot be written later is told of once, and the run goes on without it. And what is written in one go at the end, into a
 * place that is looked at before the work.
 */
import { createWriteStream, openSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import type { Bytes } from '../base/units.js';
import { inWords } from '../edge/words.js';
import type { RecordFile } from '../ports/record.js';
import { failure } from './exit.js';

export interface OutputFile {
  write(text: string): void;
  /** What waits for the disk; Infinity where the file is broken. */
  readonly backlog: Bytes;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

export interface OutputOptions {
  readonly path: string;
  /** How messages name it. */
  readonly what: string;
  readonly note: (line: string) => void;
}

export function openOutput({ path, what, note }: OutputOptions): OutputFile {
  const stream = createWriteStream(path, { fd: opened(path, what) });
  let isBroken = false;
  stream.on('error', (e) => {
    isBroken = true;
    note(`${what} ${path}: ${inWords(e)}`);
  });
  return {
    write(text): void {
      if (!isBroken) stream.write(text);
    },
    get backlog() {
      return isBroken ? Infinity : stream.writableLength;
    },
    close: () => new Promise((resolve) => {
      if (isBroken) resolve();
      else stream.on('close', resolve).end();
    }),
  };
}

export const recordIn = (file: OutputFile): RecordFile => ({ line: (text) => file.write(`${text}\n`) });

function opened(path: string, what: string): number {
  try {
    return openSync(path, 'w');
  } catch (e) {
    throw failure(`${what} ${path}: ${inWords(e)}`);
  }
}

/** Told before the work that fills it. What is there stays till then. */
export const mustBeWritable = (path: string): Promise<void> => orNamed(path, async () => (await open(path, 'a')).close());

export const writeOutput = (path: string, text: string): Promise<void> => orNamed(path, () => writeFile(path, text));

async function orNamed(path: string, act: () => Promise<void>): Promise<void> {
  await act().catch((e: unknown) => { throw failure(`${path}: ${inWords(e)}`); });
}
