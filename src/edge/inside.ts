/**
 * Inside: a torrent's paths stay below its folder. The metainfo codec has refused bad names already; this is the second
 * lock, on the names themselves and on what symbolic links make of them. A link within the folder is followed, one out
 * of it is not.
 */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf } from './words.js';

/** Ours, in every folder: records. */
export const OWN_FOLDER = '.actorrent';

/**
 * Where a torrent's file goes. Throws on a path that leaves the folder, or goes where our records are: who let it pass
 * has a bug.
 */
export function contentPath(folder: string, names: readonly string[]): string {
  if (names[0]?.toLowerCase() === OWN_FOLDER) throw new Error(`a torrent has no business in ${OWN_FOLDER}`);
  return pathBelow(folder, names);
}

/** Throws on a path that leaves the folder. */
export function pathBelow(folder: string, names: readonly string[]): string {
  const sound = names.length > 0 && names.every((name) => !['', '.', '..'].includes(name) && !/[/\0]/.test(name));
  const root = resolve(folder);
  const path = join(root, ...names);
  if (sound && path.startsWith(root.endsWith(sep) ? root : root + sep)) return path;
  throw new Error(`a path that leaves its folder: ${JSON.stringify(names)}`);
}

/** Rejects where `path`, existing or about to be made, is really outside of `folder`. */
export async function assertInside(folder: string, path: string): Promise<void> {
  const root = await realpath(folder);
  if (!isWithin(root, await realOrNearest(path))) throw new OutsideError();
}

class OutsideError extends Error {
  readonly code = 'EOUTSIDE';
  constructor() {
    super('a symbolic link leads out of the folder');
  }
}

/** The real path of `path`, or of the nearest folder above it that exists. */
async function realOrNearest(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    // What is there and no link has been made since.
    const dangling = await lstat(path).then((found) => found.isSymbolicLink(), () => false);
    if (dangling) throw new OutsideError(); // opened with O_CREAT it would be made wherever it points
    return realOrNearest(dirname(path));
  }
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
