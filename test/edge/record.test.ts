/** Records: written whole or not at all. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toUtf8 } from '../../src/base/bytes.js';
import { nodeDisk } from '../../src/edge/disk.js';
import { content, scratch } from './scratch.js';

const disk = nodeDisk({ procs: 0 });

test('a record is read as it was written, and replaced by the next', async (t) => {
  const folder = join(scratch(t), 'new');
  assert.equal(await disk.readRecord(folder, 'resume'), undefined);
  assert.equal(await disk.writeRecord(folder, 'resume', content(100_000)), undefined);
  assert.deepEqual(await disk.readRecord(folder, 'resume'), Buffer.from(content(100_000)));
  assert.equal(await disk.writeRecord(folder, 'resume', toUtf8('short')), undefined);
  assert.deepEqual(await disk.readRecord(folder, 'resume'), Buffer.from('short'));
  assert.deepEqual(readdirSync(join(folder, '.actorrent')), ['resume']);
});

test('a record goes, and its folder with the last; one that is not there is gone already', async (t) => {
  const folder = scratch(t);
  await disk.removeRecord(folder, 'resume');
  for (const name of ['resume', 'torrent']) await disk.writeRecord(folder, name, content(1));
  await disk.removeRecord(folder, 'resume');
  assert.deepEqual(readdirSync(join(folder, '.actorrent')), ['torrent']);
  await disk.removeRecord(folder, 'torrent');
  assert.deepEqual(readdirSync(folder), []);
  await assert.rejects(disk.removeRecord(folder, '../secret'));
});

test('of records written at once one is there, whole', async (t) => {
  const folder = scratch(t);
  await Promise.all([1, 2, 3, 4, 5].map((i) => disk.writeRecord(folder, 'resume', new Uint8Array(50_000).fill(i))));
  const record = await disk.readRecord(folder, 'resume');
  assert.equal(record?.length, 50_000);
  assert.equal(new Set(record).size, 1);
  assert.deepEqual(readdirSync(join(folder, '.actorrent')), ['resume']);
});

test('one that cannot be written leaves the old one and no draft', async (t) => {
  const folder = scratch(t);
  mkdirSync(join(folder, '.actorrent', 'resume'), { recursive: true });
  const trouble = await disk.writeRecord(folder, 'resume', content(9));
  assert.equal(trouble?.file, join(folder, '.actorrent', 'resume'));
  assert.deepEqual(readdirSync(join(folder, '.actorrent')), ['resume']);
  assert.equal(await disk.readRecord(folder, 'resume'), undefined, 'a folder is no record');
});

test('the draft of a process that was killed is swept away, and no other', async (t) => {
  const folder = scratch(t);
  await disk.writeRecord(folder, 'resume', toUtf8('whole'));
  for (const name of ['resume.1-0.tmp', 'other.1-0.tmp']) writeFileSync(join(folder, '.actorrent', name), 'half');
  assert.deepEqual(await disk.readRecord(folder, 'resume'), Buffer.from('whole'));
  assert.deepEqual(readdirSync(join(folder, '.actorrent')).sort(), ['other.1-0.tmp', 'resume']);
});

test('one too large to be ours is not read, and names stay in their folder', async (t) => {
  const folder = scratch(t);
  mkdirSync(join(folder, '.actorrent'));
  writeFileSync(join(folder, '.actorrent', 'huge'), '');
  truncateSync(join(folder, '.actorrent', 'huge'), 64 * 2 ** 20 + 1);
  assert.equal(await disk.readRecord(folder, 'huge'), undefined);
  await assert.rejects(disk.readRecord(folder, '../secret'));
  await assert.rejects(disk.writeRecord(folder, '..', content(1)));
});
