/**
 * OpenFiles: descriptors of all torrents, by path, at most `max` of them idle or in use; the least recently used idle
 * one is closed first. Reads and writes share a descriptor, and so do the hash workers: a descriptor belongs to the
 * process. A lease keeps it open. Who needs several
 * asks whether there is room. Who needs one is never refused: the bound is exceeded by as many until they come back.
 */
import { close, constants, open } from 'node:fs';
import { assertInside } from './inside.js';

export interface Opening {
  /** The torrent's folder, which the file must be in. */
  readonly folder: string;
  readonly path: string;
  readonly access: Access;
}

/** `make` is `update`, and makes the file where there is none. None truncates. */
export type Access = 'read' | 'update' | 'make';

export interface Lease {
  readonly fd: number;
  release(): void;
}

interface Entry {
  readonly fd: Promise<number>;
  readonly writable: boolean;
  leases: number;
  /** Replaced or to be closed: goes with its last lease. */
  retired: boolean;
}

export const FLAGS: Readonly<Record<Access, number>> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  make: constants.O_RDWR | constants.O_CREAT,
};

export class OpenFiles {
  private readonly max: number;
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  /** Descriptors that are leased. */
  private inUse = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** Whether so many more may be leased, if it is done at once. */
  hasRoomFor(count: number): boolean {
    return this.inUse + count <= this.max;
  }

  async lease(opening: Opening): Promise<Lease> {
    const entry = this.entryFor(opening);
    this.take(entry);
    this.trim();
    try {
      return { fd: await entry.fd, release: () => this.release(entry) };
    } catch (error) {
      if (this.entries.get(opening.path) === entry) this.entries.delete(opening.path);
      this.drop(entry);
      throw error;
    }
  }

  /** Closes these files as soon as they are idle. */
  close(paths: Iterable<string>): void {
    for (const path of paths) {
      const entry = this.entries.get(path);
      if (entry !== undefined) this.retire(path, entry);
    }
  }

  private entryFor(opening: Opening): Entry {
    const { path } = opening;
    const writable = opening.access !== 'read';
    const found = this.entries.get(path);
    if (found !== undefined && (found.writable || !writable)) {
      this.entries.delete(path);
      this.entries.set(path, found);
      return found;
    }
    if (found !== undefined) this.retire(path, found);
    const entry: Entry = { fd: openInside(opening), writable, leases: 0, retired: false };
    this.entries.set(path, entry);
    return entry;
  }

  private trim(): void {
    let excess = this.entries.size - this.max;
    if (excess <= 0) return;
    for (const [path, entry] of this.entries) {
      if (entry.leases > 0) continue;
      this.retire(path, entry);
      if (--excess === 0) return;
    }
  }

  private take(entry: Entry): void {
    if (entry.leases++ === 0) this.inUse++;
  }

  private drop(entry: Entry): void {
    if (--entry.leases === 0) this.inUse--;
  }

  private release(entry: Entry): void {
    this.drop(entry);
    if (entry.retired && entry.leases === 0) closeEntry(entry);
    else this.trim();
  }

  private retire(path: string, entry: Entry): void {
    this.entries.delete(path);
    entry.retired = true;
    if (entry.leases === 0) closeEntry(entry);
  }
}

async function openInside({ folder, path, access }: Opening): Promise<number> {
  await assertInside(folder, path);
  return new Promise((resolve, reject) => {
    open(path, FLAGS[access], 0o666, (error, fd) => {
      if (error === null) resolve(fd);
      else reject(error);
    });
  });
}

/** What close() could still complain of, `sync` has asked for before. */
function closeEntry(entry: Entry): void {
  entry.fd.then((fd) => close(fd, () => undefined), () => undefined);
}
