/** The region at the bottom of a terminal, as bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import { liveOutput } from '../../../src/cli/render/live.js';
import { started, stats } from './events.js';

const UP_A_LINE = '\u001b[1A';

function terminal() {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  const nothing = (): void => undefined;
  const stdout = { isTTY: true, columns: 80, rows: 24, write, cork: nothing, uncork: nothing } as unknown as NodeJS.WriteStream;
  const colors = pc.createColors(false);
  const output = liveOutput({
    io: {
      env: {}, stdout, stderr: stdout, colors, errorColors: colors, unicode: true, print: () => undefined, complain: () => undefined,
    },
    quiet: false, verbose: false,
  });
  return { output, since: () => written.splice(0).join('') };
}

test('suspended: what is drawn later leaves alone what others have written meanwhile', () => {
  const { output, since } = terminal();
  output.show(started);
  output.show(stats());
  output.typing('stat');
  since();
  output.suspend();
  output.typing('statu');
  const next = since();
  assert.match(next, /> statu/);
  assert.ok(!next.includes(UP_A_LINE), 'nothing above is erased');
  output.typing('status');
  assert.ok(since().includes(UP_A_LINE), 'but its own lines are');
  output.end();
});

test('a line that is too long is left for the terminal to wrap: what is copied from it is whole', () => {
  const { output, since } = terminal();
  output.show(started);
  const url = `http://127.0.0.1:6882/${'5'.repeat(100)}/`;
  output.show({ event: 'page', url });
  assert.ok(since().includes(`live page: ${url}\n`));
  output.end();
});
