/**
 * OpenFiles: descriptors of all torrents, by path, at most `max` of them idle or in use; the least recently used idle
 * one is closed first. Reads and writes share a descriptor, and so do the hash workers: a descriptor belongs to the
 * process. A lease keeps it open. Who needs several at once asks whether there is room, and does without where there is none. Who needs one
 * waits for its turn, first come, first served; so nobody may ask for a second one while it has one.
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
  /** Opened, or being opened, and not closed. */
  private open = 0;
  /** Leased, or about to be. */
  private inUse = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(max: number) {
    this.max = max;
  }

  /** Whether so many more may be leased, if it is done at once. */
  hasRoomFor(count: number): boolean {
    return this.inUse + count <= this.max;
  }

  async lease(opening: Opening): Promise<Lease> {
    const counted = (this.usable(opening)?.leases ?? 0) > 0;
    if (!counted) await this.turn();
    const entry = this.entryFor(opening);
    // Another may have leased it meanwhile.
    if (entry.leases++ > 0 && !counted) this.endTurn();
    this.trim();
    try {
      return { fd: await entry.fd, release: () => this.release(entry) };
    } catch (error) {
      if (this.entries.get(opening.path) === entry) this.entries.delete(opening.path);
      entry.retired = true;
      this.release(entry);
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
    const { path, access } = opening;
    const found = this.usable(opening);
    if (found) {
      this.entries.delete(path);
      this.entries.set(path, found);
      return found;
    }
    this.close([path]);
    const entry: Entry = { fd: openInside(opening), writable: access !== 'read', leases: 0, retired: false };
    this.open++;
    this.entries.set(path, entry);
    return entry;
  }

  private usable({ path, access }: Opening): Entry | undefined {
    const found = this.entries.get(path);
    return found && (found.writable || access === 'read') ? found : undefined;
  }

  private trim(): void {
    let excess = this.open - this.max;
    if (excess <= 0) return;
    for (const [path, entry] of this.entries) {
      if (entry.leases > 0) continue;
      this.retire(path, entry);
      if (--excess === 0) return;
    }
  }

  /** To have one descriptor more in use. */
  private async turn(): Promise<void> {
    if (this.inUse < this.max) this.inUse++;
    else await new Promise<void>((resolve) => { this.waiting.push(resolve); });
  }

  private endTurn(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.inUse--;
  }

  private release(entry: Entry): void {
    if (--entry.leases > 0) return;
    this.endTurn();
    if (entry.retired) this.shut(entry);
    else this.trim();
  }

  private retire(path: string, entry: Entry): void {
    this.entries.delete(path);
    entry.retired = true;
    if (entry.leases === 0) this.shut(entry);
  }

  /** What close() could still complain of, `sync` has asked for before. */
  private shut(entry: Entry): void {
    this.open--;
    entry.fd.then((fd) => close(fd, () => undefined), () => undefined);
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
