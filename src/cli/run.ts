/** One run of the program: words in, exit code out. Whatever ends it early has said why in one line on stderr. */
import { inWords } from '../edge/words.js';
import { commandHelp, programHelp } from './help.js';
import { configPath, readConfig } from './config-file.js';
import { COMMANDS } from './commands/all.js';
import type { Command } from './command.js';
import { Ending, EXIT, type ExitCode } from './exit.js';
import type { Io } from './io.js';
import { commandLine, DEBUG, environment, slips, type Layer } from './layers.js';
import { parseArgv, type Given } from './parse.js';
import { VERSION } from '../library/version.js';

export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const parsed = parseArgv(argv, COMMANDS);
    switch (parsed.type) {
      case 'help':
        io.print(parsed.command === undefined ? programHelp(COMMANDS, VERSION) : commandHelp(parsed.command, parsed.all));
        return argv.length === 0 ? EXIT.usage : EXIT.done;
      case 'version':
        io.print(`actorrent ${VERSION}`);
        return EXIT.done;
      case 'run':
        return await parsed.command.start(layersFor(parsed.command, parsed.given, io), { args: parsed.args, io });
    }
  } catch (e) {
    return explain(e, io);
  }
}

function layersFor(command: Command, given: Given, io: Io): readonly Layer[] {
  const { env } = io;
  const typed = commandLine(given);
  if (command.configurable !== true) return [typed];
  for (const slip of slips(env, command.options)) io.complain(`actorrent: ${slip}`);
  const path = configPath(given.get('config')?.[0], env);
  const file = path === undefined ? [] : [readConfig(path, command.options)];
  return [typed, environment(env, command.options), ...file];
}

function explain(error: unknown, io: Io): ExitCode {
  if (error instanceof Ending) {
    // A bad torrent's line begins with its name, as a compiler's does.
    io.complain(error.code === EXIT.badTorrent ? error.message : `actorrent: ${error.message}`);
    return error.code;
  }
  // A bug of ours: people get the line, and those who can mend it the stack.
  io.complain(`actorrent: ${inWords(error)}`);
  if (error instanceof Error && (io.env[DEBUG] ?? '') !== '') io.complain(error.stack ?? '');
  return EXIT.failed;
}
