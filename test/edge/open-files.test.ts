/** Which files stay open, and which make room. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OpenFiles } from '../../src/edge/open-files.js';
import { scratch } from './scratch.js';

test('how many more may be leased: by descriptor, not by lease, and again when they come back', async (t) => {
  const folder = scratch(t);
  const files = new OpenFiles(3);
  const open = (name: string) => files.lease({ folder, path: join(folder, name), access: 'make' });
  const [a, again, b] = [await open('a'), await open('a'), await open('b')];
  assert.deepEqual([files.hasRoomFor(1), files.hasRoomFor(2)], [true, false]);
  a.release();
  assert.equal(files.hasRoomFor(2), false, 'it is leased once more');
  again.release();
  assert.equal(files.hasRoomFor(2), true);
  await assert.rejects(files.lease({ folder, path: join(folder, 'none'), access: 'read' }));
  b.release();
  assert.deepEqual([files.hasRoomFor(3), files.hasRoomFor(4)], [true, false], 'idle ones make room');
  files.close(['a', 'b'].map((name) => join(folder, name)));
});

test('the least recently used idle file is closed first; a leased one never', async (t) => {
  const folder = scratch(t);
  const files = new OpenFiles(2);
  const open = (name: string) => files.lease({ folder, path: join(folder, name), access: 'make' });
  const isOpen = (fd: number): boolean => existsSync(`/proc/self/fd/${fd}`);
  if (!isOpen(0)) return t.skip('no /proc here');
  const a = await open('a');
  const b = await open('b');
  const again = await open('a');
  assert.equal(again.fd, a.fd);
  b.release();
  a.release();
  const c = await open('c'); // b goes: idle; a is leased once more
  const reader = await files.lease({ folder, path: join(folder, 'a'), access: 'read' });
  assert.equal(reader.fd, a.fd, 'a file open for writing can be read');
  const d = await open('d'); // all leased: one more than allowed
  for (const lease of [again, reader, c, d]) lease.release();
  files.close(['a', 'b', 'c', 'd'].map((name) => join(folder, name)));
  await assert.rejects(files.lease({ folder, path: join(folder, 'absent'), access: 'read' }), { code: 'ENOENT' });
  const made = await open('absent');
  made.release();
});
