/**
 * A command of the CLI: its name, what it takes, and what it does. `defineCommand` checks the options against their use
 * and hides their types, so that all commands fit one list.
 */
import type { ExitCode } from './exit.js';
import { resolve, type Layer } from './layers.js';
import type { OptionTable, ValuesOf } from './option.js';
import type { Io } from './io.js';

export interface Invocation<V> {
  readonly values: V;
  readonly args: readonly string[];
  readonly io: Io;
}

interface Described {
  readonly name: string;
  readonly group: string;
  /** One line, in the form "does this". */
  readonly summary: string;
  /** As usage shows it: `TORRENT...`. */
  readonly args: string;
  /** How many arguments it takes. */
  readonly arity: { readonly least: number; readonly most: number };
  /** What its first argument may be, for completion; absent: help's word for it says enough. */
  readonly words?: readonly string[];
  /** Its options also come from ACTORRENT_* variables and the config file. */
  readonly configurable?: boolean;
  /** Below the options: paragraphs. */
  readonly notes?: readonly string[];
}

export interface CommandSpec<O extends OptionTable> extends Described {
  readonly options: O;
  readonly run: (invocation: Invocation<ValuesOf<O>>) => Promise<ExitCode>;
}

export interface Command extends Described {
  readonly options: OptionTable;
  readonly start: (layers: readonly Layer[], rest: Omit<Invocation<unknown>, 'values'>) => Promise<ExitCode>;
}

export const defineCommand = <O extends OptionTable>(spec: CommandSpec<O>): Command => ({
  ...spec,
  start: (layers, rest) => spec.run({ values: resolve(spec.options, layers), ...rest }),
});
