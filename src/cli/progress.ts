/**
 * One line of progress on stderr while the CLI itself works through bytes: only on a terminal, gone when the work is
 * done.
 */
import { createLogUpdate } from 'log-update';
import type { Bytes, BytesPerSec } from '../base/units.js';
import { canRedraw, type Io } from './io.js';
import { duration, eta, percent, rate, sizeOf } from '../base/format.js';
import { ASCII, progressBar, UNICODE, type Look } from './render/status-line.js';

const REDRAW_EVERY_MS = 100;
const LEAST_BAR = 8;
const MOST_BAR = 30;
const GAP = '  ';

export interface Progress {
  at(done: Bytes): void;
  end(): void;
}

export function showProgress(what: string, total: Bytes, io: Io): Progress {
  const { stderr } = io;
  if (!canRedraw(stderr, io.env)) return { at: () => undefined, end: () => undefined };
  const line = createLogUpdate(stderr);
  const look = { colors: io.errorColors, glyphs: io.unicode ? UNICODE : ASCII };
  const started = performance.now();
  let drawn = -Infinity;
  return {
    at(done) {
      const now = performance.now();
      if (now - drawn < REDRAW_EVERY_MS) return;
      drawn = now;
      const speed = done / Math.max(0.001, (now - started) / 1000);
      line(progressLine({ what, done, total, speed }, { ...look, width: stderr.columns }));
    },
    end() {
      line.clear();
      line.done();
    },
  };
}

interface Work {
  readonly what: string;
  readonly done: Bytes;
  readonly total: Bytes;
  readonly speed: BytesPerSec;
}

/** Fitted to the terminal, which would wrap a line that fills it: the amount goes first, then rate, ETA and the bar. Pure. */
export function progressLine({ what, done, total, speed }: Work, { width, ...look }: Omit<Look, 'rows'>): string {
  const share = total === 0 ? 1 : done / total;
  const left = eta(total - done, speed);
  const shown = [percent(share).padStart(7), sizeOf(done, total).padStart(13), rate(speed).padStart(9),
    (left === undefined ? '' : `ETA ${duration(left)}`).padEnd(9)];
  const room = (): number => width - 1 - [what, '', ...shown].join(GAP).length;
  while (room() < LEAST_BAR && shown.length > 1) shown.splice(1, 1);
  if (room() < LEAST_BAR) return [what, ...shown].join(GAP).slice(0, width - 1);
  const bar = progressBar(share, Math.min(room(), MOST_BAR), { ...look, paint: look.colors.cyan });
  return [what, bar, ...shown].join(GAP).trimEnd();
}
