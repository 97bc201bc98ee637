/** The line of progress at several widths: it never fills one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import { progressLine } from '../../src/cli/progress.js';
import { ASCII, UNICODE } from '../../src/cli/render/status-line.js';
import { columnsOf } from '../../src/cli/render/text.js';

const work = { what: 'hashing', done: 419e6, total: 652e6, speed: 98.7e6 };
const at = (width: number, glyphs = UNICODE): string => progressLine(work, { width, colors: pc.createColors(false), glyphs });

test('a narrow terminal loses the amount, the rate, the ETA and the bar, in this order', () => {
  assert.equal(at(100), 'hashing  ━━━━━━━━━━━━━━━━━━━───────────   64.2 %  419 of 652 MB  98.7 MB/s  ETA 0:03');
  assert.equal(at(70), 'hashing  ━━━━━━━━╸─────   64.2 %  419 of 652 MB  98.7 MB/s  ETA 0:03');
  assert.equal(at(50), 'hashing  ━━━━━╸───   64.2 %  98.7 MB/s  ETA 0:03');
  assert.equal(at(40), 'hashing  ━━━━━━────   64.2 %  ETA 0:03');
  assert.equal(at(30), 'hashing  ━━━━━━━────   64.2 %');
  assert.equal(at(20), 'hashing   64.2 %');
});

test('it stays within its terminal, however narrow', () => {
  for (let width = 1; width <= 200; width++) {
    for (const glyphs of [UNICODE, ASCII]) assert.ok(columnsOf(at(width, glyphs)) < width, `${width}: ${at(width, glyphs)}`);
  }
});
