/**
 * Plain lines, for pipes and logs: headlines as they come, and now and then the status of a torrent where it has
 * changed. What goes wrong is on stderr.
 */
import type { InfoHash } from '../../base/brand.js';
import type { Millis } from '../../base/units.js';
import type { ClientEvent } from '../../ports/events.js';
import type { Io } from '../io.js';
import { EMPTY_BOARD, post, type Board } from './board.js';
import { headline, isLastLine, type Weight } from './headline.js';
import type { Output, Verbosity } from './output.js';
import { plainStatus } from './status-line.js';
import { spoken } from './spoken.js';

export const STATUS_EVERY: Millis = 5000;

interface PlainOptions extends Verbosity {
  readonly io: Io;
  /** Monotonic. */
  readonly now: () => Millis;
}

export function plainOutput({ io, now, quiet, verbose }: PlainOptions): Output {
  let board: Board = EMPTY_BOARD;
  const said = new Map<InfoHash, { readonly line: string; readonly at: Millis }>();

  const sayStatus = (torrent: InfoHash): void => {
    const row = board.get(torrent);
    const last = said.get(torrent);
    // The first status is due one interval after the start: before that there is nothing to tell.
    if (last === undefined) return void said.set(torrent, { line: '', at: now() });
    if (row === undefined || now() - last.at < STATUS_EVERY) return;
    const line = plainStatus(row);
    if (line === last.line) return;
    said.set(torrent, { line, at: now() });
    io.print(line);
  };

  return {
    show(event: ClientEvent): void {
      board = post(board, event);
      for (const line of spoken(event)) io.print(line);
      if (!quiet && (event.event === 'stats' || event.event === 'checking' || event.event === 'metadata')) sayStatus(event.torrent);
      const told = headline(event);
      if (told !== undefined && !isLastLine(event) && isTold(told.weight, { quiet, verbose })) write(io, told.weight, told.text);
    },
    note: (line) => io.complain(`actorrent: ${line}`),
    typing: () => undefined,
    suspend: () => undefined,
    end: () => undefined,
  };
}

export function isTold(weight: Weight, { quiet, verbose }: Verbosity): boolean {
  switch (weight) {
    case 'trouble': return true;
    case 'caution': case 'good': case 'news': return !quiet;
    case 'detail': return verbose && !quiet;
  }
}

function write(io: Io, weight: Weight, text: string): void {
  if (weight === 'trouble' || weight === 'caution') io.complain(text);
  else io.print(text);
}
