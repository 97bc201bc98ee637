/**
 * argv -> which command, with which texts for its options. Commander takes the words apart; the tables say what there
 * is, and every error is one line. Values are not parsed here, as they also come from elsewhere (see layers.ts).
 */
import { Command as Parser, CommanderError, Option as ParserOption } from 'commander';
import { kindOf } from '../library/source.js';
import { didYouMean } from '../policy/choke/nearest.js';
import type { Command } from './command.js';
import { misuse, type Ending } from './exit.js';
import { dashed, type Option } from './option.js';
import { respell } from './spelling.js';

/** The texts given for each option, in order. */
export type Given = ReadonlyMap<string, readonly string[]>;

export type Parsed =
  | { readonly type: 'run'; readonly command: Command; readonly args: readonly string[]; readonly given: Given }
  | { readonly type: 'help'; readonly command: Command | undefined; readonly all?: boolean }
  | { readonly type: 'version' };

/** What is typed without a command. */
const SHORTHAND = 'download';

export function parseArgv(argv: readonly string[], commands: readonly Command[]): Parsed {
  const shorts = commands.flatMap((c) => Object.values(c.options).map((o) => o.short ?? '')).join('');
  const words = respell(argv, shorts);
  const rest = words.slice(1);
  const [first] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { type: 'help', command: undefined };
  if (first === '--version' || first === '-V') return { type: 'version' };
  if (first === 'help') return helpOn(rest[0], commands);
  const named = commands.find((c) => c.name === first);
  if (named !== undefined) return parseCommand(named, rest, commands);
  if (isBareWord(first)) throw unknownCommand(first, commands, ` (a file: ./${first})`);
  return parseCommand(commands.find((c) => c.name === SHORTHAND)!, words, commands);
}

/**
 * A word that cannot be a torrent by its looks: no path, URL, option or info-hash. `actorrent ./word` is always a
 * torrent.
 */
const isBareWord = (word: string): boolean => /^[a-z][a-z-]*$/i.test(word) && kindOf(word) === 'path';

const unknownCommand = (word: string, commands: readonly Command[], otherwise = ''): Ending =>
  misuse(`unknown command ${word}${didYouMean(word, commands.map((c) => c.name)) || otherwise}; see actorrent --help`);

function helpOn(name: string | undefined, commands: readonly Command[]): Parsed {
  const command = commands.find((c) => c.name === name);
  if (name !== undefined && command === undefined) throw unknownCommand(name, commands);
  return { type: 'help', command };
}

function parseCommand(command: Command, words: readonly string[], commands: readonly Command[]): Parsed {
  const given = new Map<string, string[]>();
  const parser = new Parser(command.name).exitOverride().helpOption(false).allowExcessArguments().argument('[args...]')
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const [key, option] of Object.entries(command.options)) addOption(parser, key, { option, given });
  let help: Parsed | undefined;
  parser.option('-h, --help').on('option:help', () => { help ??= { type: 'help', command }; });
  parser.option('--help-all').on('option:help-all', () => { help = { type: 'help', command, all: true }; });
  try {
    parser.parse([...words], { from: 'user' });
  } catch (e) {
    if (help) return help;
    throw e instanceof CommanderError ? misuse(explain(e, command)) : e;
  }
  if (help) return help;
  checkArgs(command, parser.args, commands);
  return { type: 'run', command, args: parser.args, given };
}

function checkArgs(command: Command, args: readonly string[], commands: readonly Command[]): void {
  const { name, arity: { least, most } } = command;
  const stray = name === SHORTHAND ? commands.find((c) => c.name === args[0]) : undefined;
  if (stray !== undefined) throw misuse(`the command comes first: actorrent ${stray.name} ...`);
  if (args.length < least) throw misuse(`usage: actorrent ${name} ${command.args}; see actorrent ${name} --help`);
  if (args.length > most) throw misuse(`${name}: unexpected argument ${args[most]}; see actorrent ${name} --help`);
}

interface Slot {
  readonly option: Option<unknown>;
  readonly given: Map<string, string[]>;
}

/** A flag has a silent `--no-...`, so that the command line can undo what a config file says. */
function addOption(parser: Parser, key: string, { option, given }: Slot): void {
  const put = (text: string): void => void given.set(key, option.repeats ? [...(given.get(key) ?? []), text] : [text]);
  const name = dashed(key);
  const short = option.short === undefined ? '' : `-${option.short}, `;
  parser.addOption(new ParserOption(`${short}--${name}${option.metavar === undefined ? '' : ' <value>'}`));
  parser.on(`option:${name}`, (text: unknown) => put(typeof text === 'string' ? text : 'yes'));
  if (option.metavar !== undefined) return;
  parser.addOption(new ParserOption(`--no-${name}`).hideHelp());
  parser.on(`option:no-${name}`, () => put('no'));
}

function explain({ code, message }: CommanderError, command: Command): string {
  const typed = /'([^']*)'/.exec(message)?.[1] ?? '';
  const keys = Object.keys(command.options);
  switch (code) {
    case 'commander.unknownOption': {
      const name = typed.replace(/=.*$/s, '');
      const flagged = keys.find((key) => `--${dashed(key)}` === name);
      if (flagged !== undefined) return `${name}: takes no value; its opposite is --no-${dashed(flagged)}`;
      const guess = didYouMean(name, keys.map((key) => `--${dashed(key)}`));
      return `unknown option ${name}${guess}; see actorrent ${command.name} --help`;
    }
    case 'commander.optionMissingArgument': {
      const key = keys.find((k) => typed.includes(`--${dashed(k)} `)) ?? '';
      return `--${dashed(key)}: expected ${command.options[key]?.metavar}, found nothing`;
    }
    default: return message.replace(/^error: /, '').replaceAll('\n', ' ');
  }
}
