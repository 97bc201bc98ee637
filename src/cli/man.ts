/**
 * The manual page in man(7), made from the same tables as help: every command with every option. Pure: tables in, roff out.
 */
import type { Command } from './command.js';
import { dashed, variableOf, type Option } from './option.js';

export function manPage(commands: readonly Command[], version: string): string {
  return [
    `.TH ACTORRENT 1 "" "actorrent ${version}" "User Commands"`,
    '.SH NAME', 'actorrent \\- a BitTorrent client built as a hierarchy of processes',
    '.SH SYNOPSIS', '.B actorrent', '.I COMMAND', '.RI [ OPTION ...]', '.br', '.B actorrent', '.I TORRENT...',
    '.SH DESCRIPTION',
    roff('Downloads and seeds torrents, makes and checks them, runs a tracker, and compares choking policies in simulated swarms. '
      + 'A TORRENT is the path of a metainfo file or its http(s) URL. Without a command it is downloaded.'),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH ENVIRONMENT',
    roff(`${configurableNames(commands)} also take their options from variables: --up-limit from ${variableOf('upLimit')}, and so on. `
      + 'The command line wins, then the variables, then the file of --config.'),
    '.TP', '.B NO_COLOR', 'If set, nothing is coloured.',
    '.TP', '.B ACTORRENT_DEBUG', 'If set, an unexpected error is shown with its stack.',
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
    ...paragraph(notes.join(' ').trim()),
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

const paragraph = (text: string): readonly string[] => (text === '' ? [] : ['.PP', roff(text)]);

const sentence = (text: string): string => {
  const whole = roff(text.charAt(0).toUpperCase() + text.slice(1));
  return /[.:!?]$/.test(whole) ? whole : `${whole}.`;
};

/** A hyphen of an option stays one when copied, and no line begins a request. */
const roff = (text: string): string => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
