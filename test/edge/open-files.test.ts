/** Which files stay open, and which make room. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { OpenFiles } from '../../src/edge/open-files.js';
import { eventually } from '../system/swarm.js';
import { scratch } from './scratch.js';

const DESCRIPTORS = '/proc/self/fd';

function openBelow(folder: string): string[] {
  const paths = readdirSync(DESCRIPTORS).flatMap((fd) => (existsSync(join(DESCRIPTORS, fd)) ? [readlinkSync(join(DESCRIPTORS, fd))] : []));
  return paths.map((path) => relative(folder, path)).filter((path) => !path.startsWith('..')).sort();
}

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
  if (!existsSync(DESCRIPTORS)) return t.skip(`no ${DESCRIPTORS} here`);
  const a = await open('a');
  const b = await open('b');
  const again = await open('a');
  assert.equal(again.fd, a.fd);
  b.release();
  a.release();
  const c = await open('c'); // b goes: idle; a is leased once more
  const reader = await files.lease({ folder, path: join(folder, 'a'), access: 'read' });
  assert.equal(reader.fd, a.fd, 'a file open for writing can be read');
  for (const lease of [again, reader, c]) lease.release();
  await eventually(() => openBelow(folder).join() === 'a,c', () => openBelow(folder).join());
  files.close(['a', 'b', 'c'].map((name) => join(folder, name)));
  await assert.rejects(files.lease({ folder, path: join(folder, 'absent'), access: 'read' }), { code: 'ENOENT' });
  const made = await open('absent');
  made.release();
});

test('no more are open than may be, however many read at once: who needs one waits, and all have their turn', async (t) => {
  const folder = scratch(t);
  const files = new OpenFiles(3);
  const leased = new Map<number, number>();
  let [most, turns] = [0, 0];
  await Promise.all(Array.from({ length: 40 }, async (_, i) => {
    // Four of each file.
    const lease = await files.lease({ folder, path: join(folder, `${i % 10}`), access: 'make' });
    turns++;
    leased.set(lease.fd, (leased.get(lease.fd) ?? 0) + 1);
    most = Math.max(most, leased.size);
    await setImmediate();
    const left = leased.get(lease.fd)! - 1;
    if (left > 0) leased.set(lease.fd, left);
    else leased.delete(lease.fd);
    lease.release();
  }));
  assert.equal(turns, 40);
  assert.ok(most > 1 && most <= 3, `${most} at once`);
  assert.deepEqual([files.hasRoomFor(3), files.hasRoomFor(4)], [true, false], 'no turn is lost');
  files.close(Array.from({ length: 10 }, (_, i) => join(folder, `${i}`)));
});
