/** What shows a client's events to whoever started it: a terminal, a pipe, a program. */
import type { ClientEvent } from '../../ports/events.js';

export interface Output {
  show(event: ClientEvent): void;
  /** A line of the CLI itself. */
  note(line: string): void;
  /** What is being typed at the console; undefined where it is empty. */
  typing(line: string | undefined): void;
  /** The terminal goes to somebody else for a while. */
  suspend(): void;
  /** The last call: leaves the terminal as it was. */
  end(): void;
}

export interface Verbosity {
  readonly quiet: boolean;
  readonly verbose: boolean;
}
