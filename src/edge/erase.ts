/**
 * The end of a torrent's files: each is deleted, and each folder above it that is empty then. A path is looked at as it is when it goes:
 * what leads out of the root stays, of a link the link alone goes, and so does no file that is longer than the torrent's, which holds
 * something else.
 */
import { lstat, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Bytes } from '../base/units.js';
import type { Erased, StoredFile, Trouble } from '../ports/disk.js';
import { assertInside } from './inside.js';
import { runAll } from './run-all.js';
import { troubleOf } from './trouble.js';
import { codeOf } from './words.js';

/** Each takes a few calls of the system, which has four threads for them. */
const AT_ONCE = 16;

export interface Doomed extends Pick<StoredFile, 'length'> {
  readonly path: string;
}

export async function eraseFiles(root: string, files: readonly Doomed[]): Promise<Erased> {
  let [count, bytes]: [number, Bytes] = [0, 0];
  let trouble: Trouble | undefined;
  await runAll({ count: files.length, most: AT_ONCE }, (i, done) => {
    const file = files[i]!;
    eraseFile(root, file).then((length) => {
      if (length === undefined) return;
      count++;
      bytes += length;
    }, (error: unknown) => { trouble ??= troubleOf(file.path, error); }).finally(done);
  });
  for (const folder of foldersAbove(root, files)) await removeIfEmpty(root, folder);
  return { files: count, bytes, ...(trouble && { trouble }) };
}

/** Resolves with its length; undefined: it is not there. Rejects where it stays. */
async function eraseFile(root: string, { path, length }: Doomed): Promise<Bytes | undefined> {
  try {
    await assertInside(root, path);
    const found = await lstat(path);
    if (found.isDirectory()) throw new KeptError('a folder is in its place');
    if (found.size > length && found.isFile()) throw new KeptError('it is longer than the file of the torrent');
    await unlink(path);
    return found.size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

class KeptError extends Error {}

/** Below the root, each before the one it is in. */
function foldersAbove(root: string, files: readonly Doomed[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let folder = dirname(path); folder.length > root.length && !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].sort((a, b) => b.length - a.length);
}

/** One that is not empty, or cannot go for another reason, stays. */
async function removeIfEmpty(root: string, folder: string): Promise<void> {
  await assertInside(root, folder).then(() => rmdir(folder)).catch(() => undefined);
}
