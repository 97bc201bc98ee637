/**
 * What a command sees of its surroundings: two streams, their looks, and the environment. A closed stdout (`| head`)
 * ends the process quietly, as it does for every Unix tool.
 */
import { writeSync } from 'node:fs';
import pc from 'picocolors';
import { inWords } from '../edge/words.js';
import { EXIT } from './exit.js';

export type Colors = ReturnType<typeof pc.createColors>;
export type Env = Readonly<Record<string, string | undefined>>;

export interface Io {
  readonly env: Env;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** One line, or several, to stdout. */
  print(line: string): void;
  /** Diagnostics, to stderr. */
  complain(line: string): void;
  /** For what goes to stdout, and to stderr: off where it is not a terminal, or NO_COLOR is set. */
  readonly colors: Colors;
  readonly errorColors: Colors;
  /** False where the locale cannot show box-drawing characters and arrows. */
  readonly unicode: boolean;
}

export function processIo(): Io {
  const { stdout, stderr, env } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => onBroken('stdout', error));
  stderr.on('error', (error: NodeJS.ErrnoException) => onBroken('stderr', error));
  return {
    env, stdout, stderr,
    print: (line) => void stdout.write(`${line}\n`),
    complain: (line) => void stderr.write(`${line}\n`),
    colors: pc.createColors(wantsColor(stdout, env)),
    errorColors: pc.createColors(wantsColor(stderr, env)),
    unicode: isUnicode(env),
  };
}

/** Nobody reads any more, or what reads is full: everything on disk is as a kill would leave it, which is safe. */
function onBroken(name: string, error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  // At once, since the process ends; where stderr is what broke, nobody can be told.
  if (name === 'stdout') writeSync(process.stderr.fd, `actorrent: stdout: ${inWords(error)}\n`);
  process.exit(EXIT.failed);
}

/** Whether lines can be drawn over: a terminal that can, and that has been told how many columns it has. */
export const canRedraw = (stream: NodeJS.WriteStream, env: Env): boolean =>
  stream.isTTY === true && stream.columns !== 0 && env['TERM'] !== 'dumb';

function wantsColor(stream: NodeJS.WriteStream, env: Env): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

function isUnicode(env: Env): boolean {
  if (process.platform === 'win32') return true;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return env['TERM'] !== 'linux' && (locale === '' || /utf-?8/i.test(locale));
}
