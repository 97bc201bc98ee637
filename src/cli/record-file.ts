/**
 * `--record-choke`: lines into a file, which is emptied at the start. A file that cannot be opened ends the run before it begins; one that
 * cannot be written later is told of once, and the run goes on without it.
 */
import { createWriteStream, openSync } from 'node:fs';
import { inWords } from '../edge/words.js';
import type { RecordFile } from '../ports/record.js';
import { failure } from './exit.js';

export interface OpenRecord extends RecordFile {
  /** Resolves when all is written. */
  close(): Promise<void>;
}

export function openRecord(path: string, note: (line: string) => void): OpenRecord {
  const stream = createWriteStream(path, { fd: open(path) });
  let isBroken = false;
  stream.on('error', (e) => {
    isBroken = true;
    note(`record ${path}: ${inWords(e)}`);
  });
  return {
    line(text): void {
      if (!isBroken) stream.write(`${text}\n`);
    },
    close: () => new Promise((resolve) => {
      if (isBroken) resolve();
      else stream.on('close', resolve).end();
    }),
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (e) {
    throw failure(`record ${path}: ${inWords(e)}`);
  }
}
