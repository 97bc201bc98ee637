/**
 * On a terminal: a region at the bottom with a line a torrent, redrawn a few times a second, and the headlines
 * scrolling by above it. Below it stands what is being typed at the console.
 */
import { createLogUpdate } from 'log-update';
import type { ClientEvent } from '../../ports/events.js';
import type { Colors, Io } from '../io.js';
import { EMPTY_BOARD, post, type Board } from './board.js';
import { headline, isLastLine, type Headline } from './headline.js';
import type { Output, Verbosity } from './output.js';
import { isTold } from './plain.js';
import { ASCII, statusLines, UNICODE } from './status-line.js';
import { spoken } from './spoken.js';

const REDRAW_EVERY_MS = 200;

export function liveOutput({ io, ...verbosity }: Verbosity & { readonly io: Io }): Output {
  const { stdout, colors } = io;
  const region = createLogUpdate(stdout);
  let board: Board = EMPTY_BOARD;
  let typed: string | undefined;
  let stale = false;

  const draw = (): void => {
    stale = false;
    const { columns: width = 80, rows = 24 } = stdout;
    const lines = statusLines(board, { width, rows, colors, glyphs: io.unicode ? UNICODE : ASCII });
    const prompt = typed === undefined ? [] : [`> ${typed}${colors.inverse(' ')}`];
    if (lines.length + prompt.length > 0) region([...lines, ...prompt].join('\n'));
  };
  // Written as it is, for the terminal to wrap: an address stays in one piece. Corked, so that region and line change at once.
  const say = (line: string): void => {
    stdout.cork();
    region.clear();
    stdout.write(`${line}\n`);
    draw();
    stdout.uncork();
  };
  const timer = setInterval(() => { if (stale) draw(); }, REDRAW_EVERY_MS);
  timer.unref();

  return {
    show(event: ClientEvent): void {
      board = post(board, event);
      stale = true;
      const lines = spoken(event);
      if (lines.length > 0) say(lines.join('\n'));
      const told = headline(event, event.event === 'started' || board.size > 1);
      if (told !== undefined && !isLastLine(event) && isTold(told.weight, verbosity)) say(paint(told, colors));
    },
    note: (line) => say(colors.bold(line)),
    typing(line): void {
      typed = line;
      draw();
    },
    // What is drawn next stands below what others write meanwhile.
    suspend: () => region.done(),
    end(): void {
      clearInterval(timer);
      typed = undefined;
      draw();
      region.done();
    },
  };
}

function paint({ weight, text }: Headline, colors: Colors): string {
  switch (weight) {
    case 'detail': return colors.dim(text);
    case 'news': return text;
    case 'good': return colors.green(text);
    case 'caution': return colors.yellow(text);
    case 'trouble': return colors.red(text);
  }
}
