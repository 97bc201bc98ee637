/**
 * What can be typed, as plain data for the shells' completions: read off the same tables as help and the parser, so it cannot go stale.
 * Pure: commands in, grammar out.
 */
import type { Command } from '../command.js';
import { dashed, type Option } from '../option.js';

export interface Grammar {
  readonly commands: readonly CommandWords[];
  /** What takes no command: `--help` and the like. */
  readonly options: readonly OptionWords[];
}

export interface CommandWords {
  readonly name: string;
  readonly meaning: string;
  readonly takes: Kind;
  readonly options: readonly OptionWords[];
}

export interface OptionWords {
  /** `--output`. */
  readonly long: string;
  /** `-o`. */
  readonly short?: string;
  readonly meaning: string;
  /** Absent: a flag. */
  readonly value?: Kind & { readonly metavar: string };
}

/** What may stand in a place: some words, files, or something that only the user knows. */
export interface Kind {
  readonly words: readonly string[];
  readonly files: 'none' | 'any' | 'torrents' | 'folders';
}

export const HELP: OptionWords = { long: '--help', short: '-h', meaning: 'shows help' };

export const grammarOf = (commands: readonly Command[]): Grammar => ({
  commands: [
    ...commands.map(({ name, summary, args, words = [], options }) => ({
      name, meaning: summary, takes: { words, files: filesOf(args) },
      options: [...Object.entries(options).map(([key, option]) => optionWords(key, option)), HELP],
    })),
    { name: 'help', meaning: HELP.meaning, takes: { words: commands.map((c) => c.name), files: 'none' }, options: [] },
  ],
  options: [HELP, { long: '--version', meaning: 'tells the version' }],
});

/** What a line may begin with that names no command: those, and the options of a download, which needs no name. */
export const firstOptions = ({ commands, options }: Grammar): readonly OptionWords[] =>
  [...options, ...downloadOf(commands).options.filter((o) => o !== HELP)];

/** What `actorrent TORRENT` is short for. */
export const downloadOf = (commands: readonly CommandWords[]): CommandWords => commands.find((c) => c.name === 'download')!;

function optionWords(key: string, { short, meaning, metavar, words = [] }: Option<unknown>): OptionWords {
  return {
    long: `--${dashed(key)}`, ...(short !== undefined && { short: `-${short}` }), meaning,
    ...(metavar !== undefined && { value: { metavar, words, files: filesOf(metavar) } }),
  };
}

/** By how help calls it: `TORRENT...`, `NAME|FILE`, `DIR`. */
function filesOf(called: string): Kind['files'] {
  if (/\bTORRENT\b/.test(called)) return 'torrents';
  if (/\bDIR\b/.test(called)) return 'folders';
  return /\b(FILE|PATH|SCENARIO)\b/.test(called) ? 'any' : 'none';
}
