/** Completion for bash 4.4 and newer, without the bash-completion package. Words hold no spaces, and file names may. */
import { downloadOf, firstOptions, type CommandWords, type Grammar, type Kind, type OptionWords } from './grammar.js';

export function bashCompletion(grammar: Grammar): string {
  const { commands } = grammar;
  const first: Kind = { words: commands.map((c) => c.name), files: 'torrents' };
  return `# Completion of actorrent for bash: put this line into ~/.bashrc
#   eval "$(actorrent completion bash)"
_actorrent() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words= files=
  if ((COMP_CWORD == 1)) && [[ $word == -* ]]; then
    ${setting({ words: firstOptions(grammar).map((o) => o.long), files: 'none' })}
  elif ((COMP_CWORD == 1)); then
    ${setting(first)}
  else
    case \${COMP_WORDS[1]} in
${commands.map(branch).join('\n')}
    *) # a torrent: short for download
${before(downloadOf(commands))} ;;
    esac
  fi
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "\${words// /$IFS}" -- "$word"))
  case $files in
  any) COMPREPLY+=($(compgen -f -- "$word")) ;;
  torrents) COMPREPLY+=($(compgen -f -X '!*.torrent' -- "$word") $(compgen -d -- "$word")) ;;
  folders) COMPREPLY+=($(compgen -d -- "$word")) ;;
  *) return ;;
  esac
  compopt -o filenames 2>/dev/null # not there when called by hand
}
complete -F _actorrent actorrent
`;
}

const branch = (command: CommandWords): string => `    ${command.name})\n${before(command)} ;;`;

/** What may follow depends on the option before, if that takes a value. */
function before({ takes, options }: CommandWords): string {
  const valued = options.flatMap((o) => (o.value ? [`      ${patternOf(o)}) ${setting(o.value)} ;;`] : []));
  const plain = setting({ words: [...takes.words, ...options.map((o) => o.long)], files: takes.files });
  return ['      case $before in', ...valued, `      *) ${plain} ;;`, '      esac'].join('\n');
}

const patternOf = ({ long, short }: OptionWords): string => (short === undefined ? long : `${short} | ${long}`);

const setting = ({ words, files }: Kind): string => `words='${words.join(' ')}' files=${files}`;
