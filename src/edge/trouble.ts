/** Trouble of a file: an error of the system as something people can mend (ports/disk.ts). */
import type { Trouble } from '../ports/disk.js';
import { codeOf, inWords } from './words.js';

const CAUSES: Readonly<Record<string, Trouble['cause']>> = {
  EACCES: 'denied',
  EDQUOT: 'full',
  ENOENT: 'missing',
  ENOSPC: 'full',
  EOUTSIDE: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
};

export const troubleOf = (file: string, error: unknown): Trouble =>
  ({ file, cause: CAUSES[codeOf(error)] ?? 'failed', detail: inWords(error) });

/** A read that came back with less than was asked. */
export const tooShort = (file: string): Trouble =>
  ({ file, cause: 'missing', detail: 'the file is shorter than it should be' });
