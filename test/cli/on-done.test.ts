import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { onDone } from '../../src/cli/on-done.js';

const DONE = { event: 'done', torrent: infoHash('1'.repeat(40)), name: 'a file', downloaded: 5, uploaded: 0, elapsedMs: 1 } as const;

function run(command: string) {
  const notes: string[] = [];
  const hook = onDone({ command, folder: '/some/where', env: process.env, note: (line) => notes.push(line) });
  return { hook, notes: async () => { await hook.settled(); return notes; } };
}

test('the command is told which torrent, and what it says is shown', async () => {
  const { hook, notes } = run('echo "$TORRENT_NAME, $TORRENT_HASH, $TORRENT_FOLDER"; echo oh >&2');
  hook.show(DONE);
  assert.deepEqual((await notes()).sort(), [`on-done: a file, ${'1'.repeat(40)}, /some/where`, 'on-done: oh']);
});

test('once a torrent, and not for what was there already', async () => {
  const { hook, notes } = run('echo once');
  hook.show({ ...DONE, torrent: infoHash('2'.repeat(40)), downloaded: 0 });
  hook.show(DONE);
  hook.show(DONE);
  hook.show({ event: 'paused', torrent: DONE.torrent, name: DONE.name });
  assert.deepEqual(await notes(), ['on-done: once']);
});

test('that it fails is told', async () => {
  const { hook, notes } = run('exit 3');
  hook.show(DONE);
  assert.deepEqual(await notes(), ['on-done failed for a file: exit code 3']);
});
