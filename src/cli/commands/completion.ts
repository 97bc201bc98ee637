/** `completion SHELL`: prints what makes a shell complete our commands, options and files. */
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { grammarOf, type Grammar } from '../completion/grammar.js';
import { zshCompletion } from '../completion/zsh.js';
import { defineCommand, type Command } from '../command.js';
import { EXIT, misuse } from '../exit.js';
import { quoted } from '../option.js';

const SHELLS: Readonly<Record<string, (grammar: Grammar) => string>> = {
  bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion,
};

/** `all` is asked late: this command is one of them. */
export const completionOf = (all: () => readonly Command[]): Command => defineCommand({
  name: 'completion',
  group: 'Learn',
  summary: 'completes what you type in a shell',
  args: 'SHELL',
  arity: { least: 1, most: 1 },
  words: Object.keys(SHELLS),
  options: {},
  notes: [
    'bash, in ~/.bashrc:  eval "$(actorrent completion bash)"',
    'zsh, in ~/.zshrc:    eval "$(actorrent completion zsh)"',
    'fish, in ~/.config/fish/config.fish:  actorrent completion fish | source',
  ],
  async run({ args: [shell = ''], io }) {
    const completion = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (completion === undefined) throw misuse(`completion: expected one of ${Object.keys(SHELLS).join(', ')}, found ${quoted(shell)}`);
    io.stdout.write(completion(grammarOf(all())));
    return EXIT.done;
  },
});
