/** A torrent of more files than may be open at once: both ends keep to the bound, and every byte is right. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KIB } from '../../src/base/units.js';
import { Running } from './running.js';
import { bytesIn, share } from './shared.js';

const FILES = 400;
/** 128, and those that all workers hold together. */
const MOST_OPEN = 160;

/** How many files below the folder the program has open. */
function openIn(folder: string, { pid }: Running): number {
  const descriptors = `/proc/${pid}/fd`;
  return readdirSync(descriptors).filter((fd) => {
    try {
      return readlinkSync(join(descriptors, fd)).startsWith(folder);
    } catch {
      return false; // closed since
    }
  }).length;
}

test(`${FILES} files, and never more than ${MOST_OPEN} open`, { skip: !existsSync('/proc/self/fd') && 'no /proc here' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'actorrent-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`${i % 20}/${i}`, 5000 + i]));
  const { meta, bytes } = await share(folder, { name: 'many', pieceLength: 64 * KIB, files });
  const seeder = new Running({ folder }, ['seed', 'many.torrent', '--folder', 'from', '--port', '0']);
  t.after(() => seeder.kill());
  const { port } = await seeder.first('listening');
  const leecher = new Running({ folder },
    ['download', 'many.torrent', '--folder', 'to', '--port', '0', '--peer', `127.0.0.1:${port}`, '--seed']);
  t.after(() => leecher.kill());

  const open: number[] = [];
  for (let have = 1; have <= meta.pieceCount; have++) {
    await leecher.first('piece', (e) => e.have === have);
    open.push(openIn(join(folder, 'to'), leecher), openIn(join(folder, 'from'), seeder));
  }
  const most = Math.max(...open);
  assert.ok(most > 16 && most <= MOST_OPEN, `${most} files were open`);
  await leecher.first('done');
  assert.ok((await bytesIn(join(folder, 'to'), meta)).equals(bytes));
});
