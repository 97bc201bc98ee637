/**
 * Folders that the files of a torrent go in. Made parents first, so that each is seen to be inside of the torrent's own folder by one look
 * at it. They are remembered as they were: no file is to be made in one that has come in the place of another, as where a drive
 * is not mounted any more.
 */
import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Trouble } from '../ports/disk.js';
import { assertInside } from './inside.js';
import { makeFolders } from './make-folders.js';
import { troubleOf } from './trouble.js';

export class Folders {
  private readonly root: string;
  private readonly places = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
  }

  /** Makes those that are not there, for these files below the root. */
  async prepare(files: readonly string[]): Promise<Trouble | undefined> {
    for (const folder of this.above(files)) {
      try {
        await makeFolders(folder);
        this.places.set(folder, await this.placeOf(folder));
      } catch (error) {
        return troubleOf(folder, error);
      }
    }
    return undefined;
  }

  /** The root, and the folders of the files below it, parents first. */
  private above(files: readonly string[]): ReadonlySet<string> {
    const folders = new Set([this.root]);
    const add = (folder: string): void => {
      if (folders.has(folder)) return;
      add(dirname(folder));
      folders.add(folder);
    };
    for (const file of files) add(dirname(file));
    return folders;
  }

  /** Where the folder of this file is not the one that was prepared, or cannot be seen. */
  async troubleOf(file: string): Promise<Trouble | undefined> {
    const folder = dirname(file);
    const before = this.places.get(folder);
    if (before === undefined) return undefined;
    try {
      if (before === placeOf(await stat(folder))) return undefined;
    } catch (error) {
      return troubleOf(file, error);
    }
    return { file, cause: 'missing', detail: 'its folder is not the one that was there before' };
  }

  /** Rejects where it is outside of the root: what is inside of another inside, and no link, is. */
  private async placeOf(folder: string): Promise<string> {
    const isLink = (await lstat(folder)).isSymbolicLink();
    if (isLink && folder !== this.root) await assertInside(this.root, folder);
    return placeOf(await stat(folder));
  }
}

/** The same name may be of another folder later. */
const placeOf = ({ dev, ino }: { readonly dev: number; readonly ino: number }): string => `${dev}:${ino}`;
