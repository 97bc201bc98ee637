/**
 * argv -> what to run. Pure. Values come from a person: an error names the option, what it takes and what was found,
 * and the nearest known name.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from '../src/policy/choke/nearest.js';
import type { BenchOptions } from './parts.js';

export type Order =
  | { readonly type: 'help' }
  | { readonly type: 'list' }
  | { readonly type: 'run'; readonly only: readonly string[]; readonly json: string | undefined; readonly options: BenchOptions };

/** Fewer say nothing about the spread; a person may ask for fewer while trying things out. */
const USUAL_RUNS = 5;
const MOST_RUNS = 1000;
const MOST_MIB = 65_536;

const OPTIONS = {
  quick: { type: 'boolean' }, only: { type: 'string', multiple: true }, runs: { type: 'string' }, mib: { type: 'string' },
  json: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

/** A mistake in what was typed. */
export class Misuse extends Error {}

/** `names`: of all parts. */
export function parseOrder(argv: readonly string[], names: readonly string[]): Order {
  const known = Object.keys(OPTIONS);
  const stray = argv.find((word) => word.startsWith('--') && !known.includes(nameOf(word)));
  if (stray !== undefined) throw new Misuse(`unknown option --${nameOf(stray)}${didYouMean(nameOf(stray), known)}`);
  const values = parse(argv);
  if (values.help) return { type: 'help' };
  if (values.list) return { type: 'list' };
  for (const name of values.only ?? []) {
    if (!names.includes(name)) throw new Misuse(`--only: no scenario ${name}${didYouMean(name, names)}; --list shows them all`);
  }
  const quick = values.quick ?? false;
  return {
    type: 'run', only: values.only ?? [], json: values.json,
    options: {
      quick,
      runs: wholeNumber('runs', values.runs, MOST_RUNS) ?? (quick ? 1 : USUAL_RUNS),
      mib: wholeNumber('mib', values.mib, MOST_MIB),
    },
  };
}

const nameOf = (word: string): string => word.replace(/^--/, '').replace(/=.*$/s, '');

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (e) {
    throw new Misuse(e instanceof Error ? e.message.split('. ')[0]! : String(e));
  }
}

function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < 1 || n > most) throw new Misuse(`--${option}: expected 1 to ${most}, found ${text}`);
  return n;
}
