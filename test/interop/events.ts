/**
 * The lines of JSON that a program prints on stdout, each with the time we read it (ms, monotonic), and waiting for one
 * of them. A line that is not a JSON object is an error: `--json` promises "nothing else there".
 */
import type { Child } from './child.js';

/** More than any run of these tests prints; a program that prints for ever is stopped by the error. */
const MAX_EVENTS = 200_000;
const TAIL_EVENTS = 5;

export type Fields = Readonly<Record<string, unknown>>;
export interface Heard {
  readonly at: number;
  readonly event: string;
  readonly fields: Fields;
}

export interface Events {
  readonly all: () => readonly Heard[];
  readonly last: (event: string) => Heard | undefined;
  /** The first that fits, past or future. Rejects at the deadline, and when the program ends without it. */
  readonly first: (what: string, fits: (h: Heard) => boolean, deadlineMs: number) => Promise<Heard>;
}

interface Waiter {
  readonly fits: (h: Heard) => boolean;
  readonly resolve: (h: Heard) => void;
}

export function listen(child: Child): Events {
  const all: Heard[] = [];
  const waiters = new Set<Waiter>();
  let broken: string | undefined;

  child.onStdout((line) => {
    const fields = parse(line);
    if (!fields || all.length >= MAX_EVENTS) {
      broken ??= fields ? `more than ${MAX_EVENTS} lines` : `a line on stdout is no JSON object with "event": ${line}`;
      child.kill(); // the waiters learn of it by its end
      return;
    }
    const heard: Heard = { at: performance.now(), event: String(fields.event), fields };
    all.push(heard);
    for (const waiter of waiters) if (waiter.fits(heard)) waiter.resolve(heard);
  });

  const first: Events['first'] = async (what, fits, deadlineMs) => {
    const past = all.find(fits);
    if (past) return past;
    let timer: NodeJS.Timeout | undefined;
    let waiter: Waiter | undefined;
    const future = new Promise<Heard>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(
        `${child.name}: waited for ${what}, but ${broken ?? why}. It last said:\n${lastWords(all)}`));
      waiter = { fits, resolve };
      waiters.add(waiter);
      timer = setTimeout(() => fail(`${deadlineMs} ms went by`), deadlineMs);
      void child.exited.then(({ code, signal }) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
    });
    return future.finally(() => {
      clearTimeout(timer);
      if (waiter) waiters.delete(waiter);
    });
  };

  return { all: () => all, last: (event) => all.findLast((h) => h.event === event), first };
}

function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const lastWords = (all: readonly Heard[]): string =>
  all.slice(-TAIL_EVENTS).map((h) => `  ${JSON.stringify(h.fields)}`).join('\n');

/** A number among the fields of an event; absent or of another type is an error, since the field is promised. */
export function numberIn(heard: Heard, field: string): number {
  const value = heard.fields[field];
  if (typeof value === 'number') return value;
  throw new Error(`event ${heard.event}: ${field} is ${JSON.stringify(value)}, not a number`);
}
