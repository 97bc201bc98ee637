/**
 * Where option values come from, in order of rank: the command line, ACTORRENT_* variables, the config file, the
 * default. The first place that names an option decides it alone: lists of two places are not joined.
 */
import { nearest } from '../policy/choke/nearest.js';
import { misuse } from './exit.js';
import { dashed, PREFIX, variableOf, type OptionTable, type ValuesOf } from './option.js';

/** Not an option: the stack of an unexpected error is shown. */
export const DEBUG = `${PREFIX}DEBUG`;

/** One place: the texts it gives for an option, and what it calls it in an error message. */
export interface Layer {
  readonly texts: (key: string) => readonly string[] | undefined;
  readonly label: (key: string) => string;
}

export const commandLine = (given: ReadonlyMap<string, readonly string[]>): Layer =>
  ({ texts: (key) => given.get(key), label: (key) => `--${dashed(key)}` });

/** Lists are split at white space: `ACTORRENT_PEER="10.0.0.1:6881 10.0.0.2:6881"`. Empty is the same as unset. */
export const environment = (env: Readonly<Record<string, string | undefined>>, options: OptionTable): Layer => ({
  label: variableOf,
  texts: (key) => {
    const found = env[variableOf(key)]?.trim() ?? '';
    if (found === '') return undefined;
    return options[key]?.repeats === true ? found.split(/\s+/) : [found];
  },
});

/** Variables that look like a slip of the pen, and what was meant. Others may be there for other programs, and are left alone. */
export function slips(env: Readonly<Record<string, string | undefined>>, options: OptionTable): readonly string[] {
  const known = [...Object.keys(options).map(variableOf), DEBUG];
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.includes(name)).flatMap((name) => {
    const meant = nearest(name.slice(PREFIX.length), known.map((k) => k.slice(PREFIX.length)));
    return meant === undefined ? [] : [`${name} sets nothing (did you mean ${PREFIX}${meant}?)`];
  });
}

/** Throws an Ending that says where the text that does not fit was found. */
export function resolve<O extends OptionTable>(options: O, layers: readonly Layer[]): ValuesOf<O> {
  const values = Object.entries(options).map(([key, option]) => {
    const layer = layers.find((l) => l.texts(key) !== undefined);
    let result = option.initial;
    for (const text of layer?.texts(key) ?? []) {
      if (text === '' && option.metavar !== undefined) throw misuse(`${layer?.label(key)}: expected ${option.metavar}, found nothing`);
      const taken = option.take(text, result);
      if (!taken.ok) throw misuse(`${layer?.label(key)}: expected ${taken.error.expected}, found ${taken.error.found}`);
      result = taken.value;
    }
    return [key, result];
  });
  return Object.fromEntries(values) as ValuesOf<O>;
}
