/**
 * How a run ends: the exit codes scripts rely on, and `Ending`, which any part of the CLI throws to end the run with a
 * code and one line for people. Only the commands and what they call throw it; nothing below the CLI knows of it.
 */
import { describe, type Flaw } from '../base/result.js';

export const EXIT = {
  done: 0,
  /** Failed while running. */
  failed: 1,
  usage: 2,
  badTorrent: 3,
  /** Data on disk does not match. */
  mismatch: 4,
  /** By Ctrl-C (128 + SIGINT). */
  stopped: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export class Ending extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, line: string) {
    super(line);
    this.code = code;
  }
}

export const failure = (line: string): Ending => new Ending(EXIT.failed, line);
export const misuse = (line: string): Ending => new Ending(EXIT.usage, line);
/** `file.torrent: info.piece length: expected ..., found ...` */
export const badTorrent = (source: string, error: Flaw): Ending =>
  new Ending(EXIT.badTorrent, `${source}: ${describe(error)}`);
