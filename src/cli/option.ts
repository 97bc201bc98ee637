/**
 * Options, declared once: help, the command line, ACTORRENT_* variables and the config file are all read off the same
 * table. The key in the table is the name in code (`upLimit`); `--up-limit`, `ACTORRENT_UP_LIMIT` and `up-limit` in a
 * file follow from it. Every value arrives as text and is parsed in one place.
 */
import { flaw, ok, type Result } from '../base/result.js';
import { didYouMean } from '../policy/choke/nearest.js';

export interface Option<T> {
  /** Absent: a flag, which takes no value on the command line. */
  readonly metavar?: string;
  /** A single letter, for `-o`. */
  readonly short?: string;
  readonly group: string;
  readonly meaning: string;
  /** The value where nobody says anything. */
  readonly initial: T;
  /** Told to people where `initial` alone does not say it. */
  readonly shownDefault?: string;
  /** What its value may be, for completion; absent: the metavar says enough. */
  readonly words?: readonly string[];
  /** Only `--help-all` shows it. */
  readonly rare?: boolean;
  /** May be given more than once. */
  readonly repeats: boolean;
  /**
   * `before` is what earlier occurrences in the same place gave, at first `initial`. A method, not a property: an
   * option of any type then fits a table, and only `resolve`, which keeps each option's values apart, calls it.
   */
  take(text: string, before: T): Result<T>;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type ValuesOf<O> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

interface Told {
  readonly group: string;
  readonly meaning: string;
  readonly short?: string;
  readonly shownDefault?: string;
  readonly words?: readonly string[];
  readonly rare?: boolean;
}

export const flag = (told: Told): Option<boolean> => ({ ...told, initial: false, repeats: false, take: parseFlag });

type Parse<T> = (text: string) => Result<T>;
type ToldWithInitial<I> = Told & { readonly initial: I };

export const value = <T, I>(metavar: string, parse: Parse<T>, told: ToldWithInitial<I>): Option<T | I> =>
  ({ ...told, metavar, repeats: false, take: parse });

export const many = <T>(metavar: string, parse: Parse<T>, told: Told): Option<readonly T[]> => ({
  ...told,
  metavar,
  initial: [],
  repeats: true,
  take: (text, before) => {
    const one = parse(text);
    return one.ok ? ok([...before, one.value]) : one;
  },
});

export const dashed = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
/** Of variables. */
export const PREFIX = 'ACTORRENT_';
export const variableOf = (key: string): string => `${PREFIX}${dashed(key).replaceAll('-', '_').toUpperCase()}`;

// PARSERS ----------------------------------------------------------------------------

/** What was typed, for an error message: in quotes, and not all of a very long one. */
export const quoted = (typed: string): string => JSON.stringify(typed.slice(0, 80));

export const text = (typed: string): Result<string> => ok(typed);

export const integer = (least: number, most: number) => (typed: string): Result<number> => {
  const n = /^\d{1,15}$/.test(typed) ? Number(typed) : NaN;
  return n >= least && n <= most ? ok(n) : flaw('number', `an integer from ${least} to ${most}`, quoted(typed));
};

/** In whatever case it is typed. */
export function oneOf<T extends string>(what: string, names: readonly T[]): (typed: string) => Result<T> {
  return (typed) => {
    const found = names.find((name) => name.toLowerCase() === typed.toLowerCase());
    return found === undefined ? flaw(what, `one of ${names.join(', ')}`, `${quoted(typed)}${didYouMean(typed, names)}`) : ok(found);
  };
}

export const positive = (typed: string): Result<number> => {
  const n = /^\d{1,12}(\.\d{1,9})?$/.test(typed) ? Number(typed) : NaN;
  return n > 0 ? ok(n) : flaw('number', 'a number above 0', quoted(typed));
};

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true], ['true', true], ['on', true], ['1', true],
  ['no', false], ['false', false], ['off', false], ['0', false],
]);

function parseFlag(typed: string): Result<boolean> {
  const known = FLAGS.get(typed.toLowerCase());
  return known === undefined ? flaw('flag', 'yes or no', quoted(typed)) : ok(known);
}
