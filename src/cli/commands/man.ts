/** `man`: prints the manual page: `actorrent man | man -l -`. */
import { defineCommand, type Command } from '../command.js';
import { EXIT } from '../exit.js';
import { madeAt } from '../made-at.js';
import { manPage } from '../man.js';
import { VERSION } from '../../library/version.js';

/** `all` is asked late: this command is one of them. */
export const manOf = (all: () => readonly Command[]): Command => defineCommand({
  name: 'man',
  group: 'Learn',
  summary: 'prints the manual page, for man -l -',
  args: '',
  arity: { least: 0, most: 0 },
  options: {},
  async run({ io }) {
    io.stdout.write(manPage(all(), { version: VERSION, madeAt: madeAt(io.env) }));
    return EXIT.done;
  },
});
