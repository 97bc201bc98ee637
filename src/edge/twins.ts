/**
 * Twins: files of a torrent that are one on disk. So are names that differ only by case or by their Unicode form, where the file system
 * takes them for the same, and so are links. What is written to one would spoil the other unseen, so nothing is written to the second.
 */
import { stat } from 'node:fs/promises';
import type { Trouble } from '../ports/disk.js';

interface Place {
  readonly dev: number;
  readonly ino: number;
}

export class Twins {
  private readonly byPlace = new Map<string, string>();
  /** The second of two -> the first, as far as can be told from numbers that may have been rounded, or been of a file that is gone. */
  private readonly firsts = new Map<string, string>();

  /** All are looked at anew. */
  forget(): void {
    this.byPlace.clear();
    this.firsts.clear();
  }

  see(path: string, { dev, ino }: Place): void {
    const place = `${dev}:${ino}`;
    const first = this.byPlace.get(place);
    if (first === undefined) this.byPlace.set(place, path);
    else if (first !== path) this.firsts.set(path, first);
  }

  /** To be asked before these are written to, of which some were just `made`. */
  async troubleOf(written: readonly string[], made: readonly string[]): Promise<Trouble | undefined> {
    for (const path of made) this.see(path, await stat(path));
    for (const path of written) {
      const first = this.firsts.get(path);
      if (first === undefined || !await areOne(path, first)) continue;
      const detail = `on this disk it is the same file as ${first}; start again without one of them, or in another folder`;
      return { file: path, cause: 'failed', detail };
    }
    return undefined;
  }
}

async function areOne(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
