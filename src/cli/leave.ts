/**
 * The end of the process. No process.exit at once, since what is on its way to a pipe must arrive; but what is left
 * behind (a connection that lingers, a terminal that is read) must not keep it alive either.
 */
import type { ExitCode } from './exit.js';

const LINGER_MS = 1000;

export function leave(code: ExitCode): void {
  process.exitCode = code;
  setTimeout(() => process.stdout.write('', () => process.exit()), LINGER_MS).unref();
}
