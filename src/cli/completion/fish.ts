/** Completion for fish: one line an option. */
import { downloadOf, type CommandWords, type Grammar, type Kind, type OptionWords } from './grammar.js';

export function fishCompletion({ commands, options }: Grammar): string {
  const names = commands.map((c) => c.name).join(' ');
  const download = downloadOf(commands);
  const others = commands.filter((c) => c !== download).map((c) => c.name).join(' ');
  // Where no other command stands, it is a download: `actorrent TORRENT` is short for that.
  const conditionOf = (command: CommandWords): string =>
    (command === download ? `not __fish_seen_subcommand_from ${others}` : `__fish_seen_subcommand_from ${command.name}`);
  return [
    '# Completion of actorrent for fish: put this line into ~/.config/fish/config.fish',
    '#   actorrent completion fish | source',
    'complete -c actorrent -f',
    ...options.map((o) => line(`not __fish_seen_subcommand_from ${names}`, optionArgs(o))),
    ...commands.map((c) => line(`not __fish_seen_subcommand_from ${names}`, `-a ${c.name} -d ${quote(c.meaning)}`)),
    ...commands.flatMap((c) => [
      ...argumentLines(c.takes).map((args) => line(conditionOf(c), args)),
      ...c.options.map((o) => line(conditionOf(c), optionArgs(o))),
    ]),
    '',
  ].join('\n');
}

const line = (condition: string, args: string): string => `complete -c actorrent -n ${quote(condition)} ${args}`;

const optionArgs = ({ long, short, meaning, value }: OptionWords): string => [
  ...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`,
  ...(value === undefined ? [] : ['-r', ...argumentLines(value)]), `-d ${quote(meaning)}`,
].join(' ');

const FOUND: Readonly<Record<Kind['files'], string>> = {
  none: '-f', any: '-F', torrents: `-a '(__fish_complete_suffix .torrent)'`, folders: `-a '(__fish_complete_directories)'`,
};

function argumentLines({ words, files }: Kind): readonly string[] {
  return [...(words.length > 0 ? [`-a ${quote(words.join(' '))}`] : []), FOUND[files]];
}

const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
