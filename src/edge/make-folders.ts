/**
 * A folder and all above it that are not there. Not Node's own `recursive`, which goes round for ever where a folder is there and yet
 * nothing can be made in it (`/proc/x`).
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './words.js';

export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    if (codeOf(error) !== 'ENOENT' || await isFolder(dirname(path))) throw error;
    await makeFolders(dirname(path));
    await makeFolders(path);
  }
}

const isFolder = (path: string): Promise<boolean> => stat(path).then((s) => s.isDirectory(), () => false);
