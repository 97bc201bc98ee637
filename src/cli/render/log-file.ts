/** `--log-file`: every headline, details too, with its time; appended, so that runs follow each other. */
import { openSync, writeSync } from 'node:fs';
import { inWords } from '../../edge/words.js';
import type { ClientEvent } from '../../ports/events.js';
import { failure } from '../exit.js';
import { headline } from './headline.js';

export interface LogFile {
  show(event: ClientEvent): void;
}

export function openLogFile(path: string, wall: () => number): LogFile {
  const file = attempt(path, () => openSync(path, 'a'));
  return {
    show(event): void {
      const told = headline(event);
      if (told === undefined) return;
      const line = `${new Date(wall()).toISOString()} ${told.weight.padEnd(7)} ${told.text}\n`;
      // Written at once, a few short lines a second at most: the log of a crash is the one people need.
      attempt(path, () => writeSync(file, line));
    },
  };
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (e) {
    throw failure(`log file ${path}: ${inWords(e)}`);
  }
}
