/**
 * Console input: lines from stdin, whether typed on a terminal or sent down a pipe. On a terminal that shows the
 * status region the keys are taken raw, as the terminal's own echo would tear the region. Nothing here keeps the
 * process alive, and an ended stdin is no event. A process in the background must not read its terminal: it would be
 * stopped (SIGTTIN).
 */
import { readFileSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import type { Cancel } from '../ports/clock.js';
import { typeKeys } from './typed-line.js';

interface Hearer {
  onLine(line: string): void;
  /** The line so far, while it is being typed; undefined where it is empty. */
  onTyping(line: string | undefined): void;
  /** The terminal goes to somebody else: now is the time to leave it as they expect it. */
  onSuspend(): void;
}

const MOST_CHARS = 10_000;
/** A terminal signals all of its foreground group: `npm start` and its shell must stop with us, not wait for us. */
const GROUP = process.platform === 'win32' ? process.pid : 0;

/** `raw`: a status region is shown. */
export function listenToStdin(raw: boolean, hearer: Hearer): Cancel {
  const { stdin } = process;
  if (stdin.isTTY && !inForeground()) return () => undefined;
  stdin.setEncoding('utf8');
  stdin.on('error', () => undefined);
  const cancel = raw && stdin.isTTY ? takeKeys(stdin, hearer) : takeLines(stdin, hearer);
  // A terminal, a pipe and a socket can be unreferenced; a file cannot, but it ends.
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => {
    cancel();
    stdin.pause();
  };
}

function takeLines(stdin: NodeJS.ReadStream, { onLine }: Hearer): Cancel {
  let held = '';
  const onData = (text: string): void => {
    const lines = (held + text).split(/\r?\n/);
    held = lines.pop()!.slice(0, MOST_CHARS);
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  };
  stdin.on('data', onData);
  return () => void stdin.off('data', onData);
}

function takeKeys(stdin: ReadStream, { onLine, onTyping, onSuspend }: Hearer): Cancel {
  let line = '';
  const onData = (keys: string): void => {
    const { text, typed } = typeKeys(line, keys);
    line = text;
    onTyping(line === '' ? undefined : line);
    for (const t of typed) {
      if (t.type === 'line') onLine(t.line);
      else process.kill(GROUP, t.signal);
    }
  };
  // By Ctrl-Z, or by whoever sends that signal: stopped only when the terminal is in order.
  const suspend = (): void => {
    onSuspend();
    stdin.setRawMode(false);
    process.kill(process.pid, 'SIGSTOP');
  };
  // Brought back, perhaps to the background: then the keys belong to somebody else.
  const onContinue = (): void => { if (inForeground()) stdin.setRawMode(true); };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', onContinue);
  return () => {
    stdin.off('data', onData);
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', onContinue);
    stdin.setRawMode(false);
  };
}

/** By /proc, where there is one: our process group is the one the terminal listens to. */
function inForeground(): boolean {
  try {
    // pid (name) state ppid pgrp session tty_nr tpgid ...; a name may hold anything, also blanks and brackets.
    const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}
