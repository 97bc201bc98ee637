/**
 * The manual page in man(7), made from the same tables as help: every command with every option. Pure: tables in, roff out.
 */
import type { Command } from './command.js';
import { wrap } from './help.js';
import { DEBUG } from './layers.js';
import { dashed, variableOf, type Option } from './option.js';
import { HELP as CONSOLE } from '../process/console-commands.js';

interface Edition {
  readonly version: string;
  /** Unix seconds. */
  readonly madeAt: number;
}

export function manPage(commands: readonly Command[], { version, madeAt }: Edition): string {
  return [
    `.TH ACTORRENT 1 "${new Date(madeAt * 1000).toISOString().slice(0, 10)}" "actorrent ${version}" "User Commands"`,
    '.SH NAME', 'actorrent \\- a BitTorrent client built as a hierarchy of processes',
    '.SH SYNOPSIS', '.B actorrent', '.I COMMAND', '.RI [ OPTION ...]', '.br', '.B actorrent', '.I TORRENT...',
    '.SH DESCRIPTION',
    ...prose('Downloads and seeds torrents, makes and checks them, runs a tracker, and compares choking policies in simulated swarms. '
      + 'A TORRENT is the path of a metainfo file, its http(s) URL, a magnet link or an info-hash. Without a command it is downloaded.'),
    '.PP',
    ...prose('Of an option without a value there is the opposite too: --no-seed undoes what a config file says. '
      + 'Long options may have one dash, and underscores: -up_limit=20, as in wgo.'),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH CONSOLE',
    ...prose(`While ${configurableNames(commands)} run, they take commands from standard input, one a line:`),
    '.PP', '.nf', ...CONSOLE.map(roff), '.fi',
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH ENVIRONMENT',
    ...prose(`${configurableNames(commands)} also take their options from variables: --up-limit from ${variableOf('upLimit')}, and so on. `
      + 'The command line wins, then the variables, then the config file.'),
    '.TP', '.B NO_COLOR', 'If set, nothing is coloured.',
    '.TP', `.B ${DEBUG}`, 'If set, an unexpected error is shown with its stack.',
    '.SH FILES',
    '.TP', '.I ~/.config/actorrent/config.toml',
    ...prose('The config file, unless --config names another: options of download and seed, as in up-limit = "500K". '
      + 'Or config.json beside it; and XDG_CONFIG_HOME may be another folder than ~/.config.'),
    '.TP', '.I .actorrent',
    ...prose('In the folder of --folder: what is here, so that a restart need not hash it, and the metainfo of magnet links.'),
    '',
  ].join('\n');
}

const EXITS: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'Done.'], [1, 'Failed while running; the last line says why.'], [2, 'Wrong usage.'], [3, 'Not a valid torrent.'],
  [4, 'Data on disk does not match.'], [130, 'Stopped by Ctrl-C, after saving state and telling the tracker.'],
];

function commandSection({ name, args, summary, options, notes = [] }: Command): readonly string[] {
  return [
    `.SS ${roff(`${name} ${args}`.trimEnd())}`, sentence(summary),
    ...Object.entries(options).flatMap(([key, option]) => optionEntry(key, option)),
    ...notes.flatMap((note) => ['.PP', ...prose(note)]),
  ];
}

function optionEntry(key: string, { short, metavar, meaning, initial, shownDefault }: Option<unknown>): readonly string[] {
  const bold = [...(short === undefined ? [] : [`-${short}`]), `--${dashed(key)}`].map((n) => `\\fB${roff(n)}\\fR`).join(', ');
  const plain = typeof initial === 'string' || typeof initial === 'number' ? String(initial) : undefined;
  const shown = shownDefault ?? plain;
  const standard = shown === undefined ? '' : ` (default: ${shown})`;
  return ['.TP', metavar === undefined ? bold : `${bold} \\fI${roff(metavar)}\\fR`, sentence(meaning + standard)];
}

const configurableNames = (commands: readonly Command[]): string =>
  commands.filter((c) => c.configurable).map((c) => c.name).join(' and ');

/** In lines of at most 80 characters, as is the custom of roff. */
const prose = (text: string): readonly string[] => wrap(roff(text), 80).map(guard);

const sentence = (text: string): string => {
  const whole = roff(text.charAt(0).toUpperCase() + text.slice(1));
  return /[.:!?]$/.test(whole) ? whole : `${whole}.`;
};

/** A hyphen of an option stays one when copied, and no line begins a request. */
const roff = (text: string): string => guard(text.replaceAll('\\', '\\e').replaceAll('-', '\\-'));
const guard = (line: string): string => line.replace(/^[.']/, '\\&$&');
