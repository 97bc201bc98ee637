/**
 * Help, made from the tables: groups stand in the left margin, so that every option has one line and a whole command
 * fits a screen of 80 x 24; what few people need is left to `--help-all`. Pure: tables in, text out.
 */
import type { Command } from './command.js';
import { dashed, type Option } from './option.js';

const WIDTH = 80;

interface Row {
  readonly group: string;
  readonly name: string;
  readonly meaning: string;
}

export function programHelp(commands: readonly Command[], version: string): string {
  const rows = commands.map((c) => ({ group: c.group, name: `${c.name} ${c.args}`.trimEnd(), meaning: c.summary }));
  return [
    `actorrent ${version}: a BitTorrent client built as a hierarchy of processes`,
    '',
    'Usage: actorrent COMMAND [OPTION...]',
    '       actorrent TORRENT...             short for: actorrent download TORRENT...',
    '',
    ...table(rows),
    '',
    'A TORRENT is a path, a URL, a magnet link or an info-hash. COMMAND --help: more.',
    'Exit: 0 done, 1 failed, 2 wrong usage, 3 bad torrent, 4 data differs, 130 ^C',
  ].join('\n');
}

export function commandHelp(command: Command, all = false): string {
  const { notes = [] } = command;
  const options = Object.entries(command.options);
  const shown = options.filter(([, option]) => all || option.rare !== true);
  const rows = shown.map(([key, option]) => optionRow(key, option));
  const more = options.length - shown.length;
  return [
    `Usage: actorrent ${[command.name, command.args, rows.length > 0 ? '[OPTION...]' : ''].filter(Boolean).join(' ')}`,
    ...(rows.length > 0 ? table(rows) : [`       ${command.summary}`]),
    ...(more > 0 ? [`${more} more: actorrent ${command.name} --help-all`] : []),
    ...(notes.length > 0 ? ['', ...notes.flatMap((note) => wrap(note, WIDTH))] : []),
  ].join('\n');
}

function optionRow(key: string, { group, metavar, meaning, short, initial, shownDefault }: Option<unknown>): Row {
  const letter = short === undefined ? '' : `-${short}, `;
  const name = `${letter}--${dashed(key)} ${metavar ?? ''}`.trimEnd();
  const plain = typeof initial === 'string' || typeof initial === 'number' ? String(initial) : undefined;
  const shown = shownDefault ?? plain;
  return { group, name, meaning: shown === undefined ? meaning : `${meaning} (${shown})` };
}

/** Three columns: group where it changes, name, meaning; a meaning that is too long goes on below. */
export function table(rows: readonly Row[]): readonly string[] {
  const groupWidth = Math.max(...rows.map((r) => r.group.length)) + 2;
  const nameWidth = Math.max(...rows.map((r) => r.name.length)) + 2;
  return rows.flatMap(({ group, name, meaning }, i) => {
    const shown = rows[i - 1]?.group === group ? '' : group;
    const [first = '', ...more] = wrap(meaning, WIDTH - groupWidth - nameWidth);
    const margin = ' '.repeat(groupWidth + nameWidth);
    return [`${shown.padEnd(groupWidth)}${name.padEnd(nameWidth)}${first}`, ...more.map((line) => margin + line)];
  });
}

export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
