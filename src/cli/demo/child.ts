/**
 * A child of the demo: one run of the real CLI as a process of the operating system. Its JSON lines become events, the
 * end of its stderr is kept for when it fails. It is ended by its own handle, never by name.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PROGRAM } from '../entries.js';
import type { Env } from '../io.js';

export interface ChildPlan {
  readonly name: string;
  /** Arguments of `actorrent`. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Env;
  readonly onLine: (line: string) => void;
}

export interface Child {
  readonly name: string;
  readonly args: readonly string[];
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it said last on stderr. */
  lastWords(): string;
  stop(): void;
}

const STOP_WITHIN_MS = 8000;
const MOST_STDERR = 4000;

export function startChild({ name, args, cwd, env, onLine }: ChildPlan): Child {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: ownEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr = (stderr + text).slice(-MOST_STDERR); });
  createInterface({ input: child.stdout }).on('line', onLine);
  return {
    name, args,
    ended: new Promise((resolve) => {
      child.once('error', (e) => resolve(e.message));
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
    }),
    lastWords: () => stderr.trimEnd(),
    stop: () => stop(child),
  };
}

/** The user's own options must not change the demo. */
function ownEnv(env: Env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => !key.startsWith('ACTORRENT_'));
  return { ...Object.fromEntries(kept), ACTORRENT_CONFIG: 'none' };
}

function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  child.once('exit', () => clearTimeout(timer));
}
