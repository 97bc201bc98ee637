/**
 * One line of progress on stderr while the CLI itself works through bytes: only on a terminal, gone when the work is
 * done.
 */
import { createLogUpdate } from 'log-update';
import type { Bytes } from '../base/units.js';
import type { Io } from './io.js';
import { duration, eta, percent, rate, sizeOf } from '../base/format.js';
import { ASCII, UNICODE } from './render/status-line.js';

const REDRAW_EVERY_MS = 100;
const BAR = 30;

export interface Progress {
  at(done: Bytes): void;
  end(): void;
}

export function showProgress(what: string, total: Bytes, io: Io): Progress {
  if (!io.stderr.isTTY) return { at: () => undefined, end: () => undefined };
  const line = createLogUpdate(io.stderr);
  const colors = io.errorColors;
  const glyphs = io.unicode ? UNICODE : ASCII;
  const started = performance.now();
  let drawn = -Infinity;
  return {
    at(done) {
      const now = performance.now();
      if (now - drawn < REDRAW_EVERY_MS) return;
      drawn = now;
      const speed = done / Math.max(0.001, (now - started) / 1000);
      const left = eta(total - done, speed);
      const full = Math.floor((total === 0 ? 1 : done / total) * BAR);
      const bar = colors.cyan(glyphs.full.repeat(full)) + colors.dim(glyphs.rest.repeat(BAR - full));
      line([what, bar, percent(total === 0 ? 1 : done / total), sizeOf(done, total), rate(speed),
        left === undefined ? '' : `ETA ${duration(left)}`].join('  '));
    },
    end() {
      line.clear();
      line.done();
    },
  };
}
