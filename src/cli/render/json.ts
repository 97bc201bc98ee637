/** `--json`: one object a line, `event` and `time` first, the other fields as they come. Nothing else is on stdout. */
import type { ClientEvent } from '../../ports/events.js';
import type { Io } from '../io.js';
import type { Output } from './output.js';

export function jsonLine({ event, ...fields }: ClientEvent, wall: number): string {
  return JSON.stringify({ event, time: new Date(wall).toISOString(), ...fields });
}

export const jsonOutput = ({ io, wall }: { readonly io: Io; readonly wall: () => number }): Output => ({
  show: (event) => io.print(jsonLine(event, wall())),
  note: (line) => io.complain(`actorrent: ${line}`),
  typing: () => undefined,
  suspend: () => undefined,
  end: () => undefined,
});
