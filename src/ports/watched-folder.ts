/** WatchedFolder: where people put torrent files and magnet links that are to be added. It may vanish, and come back. */
import type { Bytes, Millis } from '../base/units.js';

/** A file as it was at one look. */
export interface Sighting {
  readonly name: string;
  readonly length: Bytes;
  readonly modifiedAt: Millis;
}

export interface WatchedFolder {
  /** For people. */
  readonly path: string;
  /** The files in it whose names `are` of interest: a bounded number. Rejects with an Error that says why it cannot be looked into. */
  list(are: (name: string) => boolean): Promise<readonly Sighting[]>;
  /** Of bounded size. Rejects with an Error that says why. */
  read(name: string): Promise<Uint8Array>;
}
