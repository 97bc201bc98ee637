/**
 * Records: small files of our own, below `.actorrent` in the torrent's folder. Written beside and moved over, each step
 * forced to the device before the next: after a power cut the old or the new is there, whole.
 */
import { open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MIB, type Bytes } from '../base/units.js';
import type { Trouble } from '../ports/disk.js';
import { OWN_FOLDER, pathBelow } from './inside.js';
import { makeFolders } from './make-folders.js';
import { troubleOf } from './trouble.js';

const LARGEST_RECORD: Bytes = 64 * MIB;

let writes = 0;

/** Undefined where there is none, or none that can be read: it is then made anew. */
export async function readRecord(folder: string, name: string): Promise<Uint8Array | undefined> {
  const path = pathBelow(folder, [OWN_FOLDER, name]);
  await sweep(path);
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      return size <= LARGEST_RECORD ? await file.readFile() : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

export async function writeRecord(folder: string, name: string, bytes: Uint8Array): Promise<Trouble | undefined> {
  const path = pathBelow(folder, [OWN_FOLDER, name]);
  const draft = `${path}.${process.pid}-${writes++}.tmp`; // two writes at once each have their own
  try {
    await makeFolders(dirname(path));
    await writeForced(draft, bytes);
    await rename(draft, path);
    await forceFolder(dirname(path));
    return undefined;
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    return troubleOf(path, error);
  }
}

/** With its folder, where nothing else is in it. One that cannot go is found to be out of date at the next start. */
export async function removeRecord(folder: string, name: string): Promise<void> {
  const path = pathBelow(folder, [OWN_FOLDER, name]);
  await unlink(path).catch(() => undefined);
  await rmdir(dirname(path)).catch(() => undefined);
}

/** Drafts that a process has left behind which was killed while it wrote. */
async function sweep(path: string): Promise<void> {
  const entries = await readdir(dirname(path)).catch(() => []);
  const drafts = entries.filter((entry) => entry.startsWith(`${basename(path)}.`) && entry.endsWith('.tmp'));
  for (const draft of drafts) await unlink(join(dirname(path), draft)).catch(() => undefined);
}

async function writeForced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name last. Windows opens no folders, and needs none of this. */
async function forceFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
