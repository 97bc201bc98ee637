/**
 * The demo's screen: steps as they come, and below them the clients' status lines; plain lines where it is no terminal.
 */
import { createLogUpdate } from 'log-update';
import { canRedraw, type Io } from '../io.js';
import type { Board } from '../render/board.js';
import { ASCII, plainStatus, statusLines, UNICODE } from '../render/status-line.js';

const REDRAW_EVERY_MS = 150;
const PLAIN_EVERY_MS = 2000;

export interface Screen {
  step(line: string): void;
  /** From now on the board is shown, as `board` gives it. */
  follow(board: () => Board): void;
  /** The board stays as it is. */
  end(): void;
}

export function openScreen(io: Io): Screen {
  const live = canRedraw(io.stdout, io.env);
  const region = live ? createLogUpdate(io.stdout) : undefined;
  let timer: NodeJS.Timeout | undefined;
  let draw = (): void => undefined;

  const drawLive = (board: Board): void => {
    const { columns: width = 80, rows = 24 } = io.stdout;
    region?.(statusLines(board, { width, rows, colors: io.colors, glyphs: io.unicode ? UNICODE : ASCII }).join('\n'));
  };
  const drawPlain = (board: Board): void => {
    for (const row of board.values()) io.print(plainStatus(row));
  };
  return {
    step(line) {
      region?.clear();
      io.print(line);
      if (timer !== undefined && live) draw();
    },
    follow(board) {
      draw = () => live ? drawLive(board()) : drawPlain(board());
      timer = setInterval(draw, live ? REDRAW_EVERY_MS : PLAIN_EVERY_MS);
    },
    end() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      draw();
      region?.done();
    },
  };
}
