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
  quick: { type: 'boolean' }, only: { type: 'string', multiple: true }, client: { type: 'string', multiple: true },
  runs: { type: 'string' }, mib: { type: 'string' }, json: { type: 'string' },
  list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

/** A mistake in what was typed. */
export class Misuse extends Error {}

export interface Names {
  readonly parts: readonly string[];
  readonly clients: readonly string[];
}

export function parseOrder(argv: readonly string[], names: Names): Order {
  const options = Object.keys(OPTIONS);
  const stray = argv.find((word) => word.startsWith('--') && !options.includes(nameOf(word)));
  if (stray !== undefined) throw new Misuse(`unknown option --${nameOf(stray)}${didYouMean(nameOf(stray), options)}`);
  const values = parse(argv);
  if (values.help) return { type: 'help' };
  if (values.list) return { type: 'list' };
  const only = known('only', values.only, names.parts);
  const clients = known('client', values.client, names.clients);
  const quick = values.quick ?? false;
  return {
    type: 'run', only, json: values.json,
    options: {
      quick, clients,
      runs: wholeNumber('runs', values.runs, MOST_RUNS) ?? (quick ? 1 : USUAL_RUNS),
      mib: wholeNumber('mib', values.mib, MOST_MIB),
    },
  };
}

function known(option: string, typed: readonly string[] = [], names: readonly string[]): readonly string[] {
  const stray = typed.find((name) => !names.includes(name));
  if (stray !== undefined) throw new Misuse(`--${option}: expected one of ${names.join(', ')}, found ${stray}${didYouMean(stray, names)}`);
  return typed;
}

const nameOf = (word: string): string => word.replace(/^--/, '').replace(/=.*$/s, '');

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (e) {
    throw new Misuse(e instanceof Error ? e.message.split('. ')[0]! : String(e));
  }
}

export function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < 1 || n > most) throw new Misuse(`--${option}: expected 1 to ${most}, found ${text}`);
  return n;
}
