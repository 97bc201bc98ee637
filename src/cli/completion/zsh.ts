/** Completion for zsh, by its own _arguments. */
import { downloadOf, firstOptions, type CommandWords, type Grammar, type Kind, type OptionWords } from './grammar.js';

export function zshCompletion(grammar: Grammar): string {
  const { commands } = grammar;
  return `#compdef actorrent
# Completion of actorrent for zsh: put this line into ~/.zshrc, after compinit
#   eval "$(actorrent completion zsh)"
_actorrent() {
  if ((CURRENT == 2)); then
    local -a commands=(
${commands.map((c) => `      ${quote(`${c.name}:${c.meaning}`)}`).join('\n')}
    )
    _describe command commands
    _arguments ${[...firstOptions(grammar).map(specOf), quote(`*:torrent:${action({ words: [], files: 'torrents' })}`)].join(' ')}
    return
  fi
  local command=$words[2]
  if [[ $command != -* ]]; then
    shift words
    ((CURRENT--))
  fi
  case $command in
${commands.map((c) => `  ${c.name})\n${argumentsOf(c)} ;;`).join('\n')}
  *) # a torrent: short for download
${argumentsOf(downloadOf(commands))} ;;
  esac
}
compdef _actorrent actorrent
`;
}

function argumentsOf({ takes, options }: CommandWords): string {
  const rest = quote(`*:argument:${action(takes)}`);
  return `    _arguments -S \\\n${[...options.map(specOf), rest].map((spec) => `      ${spec}`).join(' \\\n')}`;
}

function specOf({ long, short, meaning, value }: OptionWords): string {
  const told = `[${meaning.replace(/[[\]\\]/g, '\\$&')}]${value ? `:${value.metavar.replaceAll(':', '\\:')}:${action(value)}` : ''}`;
  // May be repeated: which options do not repeat is the parser's business, and it says so.
  return short === undefined ? quote(`*${long}${told}`) : `'*'{${short},${long}}${quote(told)}`;
}

function action({ words, files }: Kind): string {
  const choice = words.length > 0 ? `(${words.map((w) => w.replaceAll(':', '\\:')).join(' ')})` : '';
  const found = { none: ' ', any: '_files', torrents: '_files -g "*.torrent(-.) *(-/)"', folders: '_files -/' }[files];
  if (choice === '') return found;
  // The space keeps _arguments from handing it options of its own.
  return files === 'none' ? choice
    : ` _alternative "words\\:word\\:${choice}" "files\\:file\\:${files === 'folders' ? '_files -/' : '_files'}"`;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
