/** A folder on this machine as a WatchedFolder: looked into when asked, so that network folders are watched as well. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../base/units.js';
import type { Sighting, WatchedFolder } from '../ports/watched-folder.js';
import { inWords } from './words.js';

export interface FolderBounds {
  readonly mostFiles: number;
  readonly largestFile: Bytes;
}

export function nodeWatchedFolder(path: string, { mostFiles, largestFile }: FolderBounds): WatchedFolder {
  /** Undefined for what is no file, or went meanwhile. */
  const look = (name: string): Promise<Sighting | undefined> => stat(join(path, name)).then(
    (found) => (found.isFile() ? { name, length: found.size, modifiedAt: found.mtimeMs } : undefined), () => undefined);
  return {
    path,
    async list(are) {
      const names = await inTheirWords(readdir(path));
      const looks = await Promise.all(names.filter(are).sort().slice(0, mostFiles).map(look));
      return looks.filter((found) => found !== undefined);
    },
    read: (name) => inTheirWords(readBounded(join(path, name), largestFile)),
  };
}

async function readBounded(path: string, largest: Bytes): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > largest) throw new Error(`too large: ${size} bytes, of at most ${largest}`);
  return readFile(path);
}

const inTheirWords = <T>(work: Promise<T>): Promise<T> => work.catch((e: unknown) => { throw new Error(inWords(e), { cause: e }); });
