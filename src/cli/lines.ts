/** The lines of a file that came from somewhere, one after the other: none is longer than it may be, so memory is bounded. */
import { createReadStream } from 'node:fs';
import { MIB } from '../base/units.js';
import { inWords } from '../edge/words.js';
import { Ending, failure } from './exit.js';

/** Of the longest line, in UTF-16 units. */
const LONGEST = MIB;

/** With its number, from 1. Empty ones count, and are left out. */
export async function* linesOf(path: string): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  let rest = '';
  let number = 0;
  try {
    for await (const part of createReadStream(path, 'utf8') as AsyncIterable<string>) {
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        number++;
        if (line.trim() !== '') yield { line, number };
      }
      if (rest.length > LONGEST) throw failure(`${path}, line ${number + 1}: expected at most ${LONGEST} characters, found more`);
    }
  } catch (e) {
    throw e instanceof Ending ? e : failure(`${path}: ${inWords(e)}`);
  }
  if (rest.trim() !== '') yield { line: rest, number: number + 1 };
}
