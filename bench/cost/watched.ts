/** The ways in which a client is watched, from not at all to all at once, and what each may cost. */

export interface Watching {
  readonly name: WatchingName;
  /** More CPU than the one it is compared with, as a share. */
  readonly goal?: { readonly over: WatchingName; readonly most: number };
}
export type WatchingName = 'nothing' | 'counting' | 'page' | 'trace' | 'trace all';

export const WATCHINGS: readonly Watching[] = [
  // No message is counted. No client is run so: it is what the others are measured by.
  { name: 'nothing' },
  // As always.
  { name: 'counting', goal: { over: 'nothing', most: 0.02 } },
  // Somebody looks at the live page: at its processes and the torrent.
  { name: 'page', goal: { over: 'counting', most: 0.05 } },
  // `--trace` writes lines; and with `--trace-blocks`.
  { name: 'trace' },
  { name: 'trace all' },
];

/** What the program that downloads is told, as JSON. */
export interface LeechOrder {
  readonly watching: WatchingName;
  /** Path of the torrent file. */
  readonly torrent: string;
  readonly folder: string;
  /** Its own address, and that of the seeder with its port. */
  readonly ip: string;
  readonly peer: string;
}

/** What it says, a line each. */
export type LeechWord =
  /** Where it is to be looked at, now. */
  | { readonly page: string }
  /** Complete: CPU time of all its threads since its client started, ms. */
  | { readonly cpuMs: number };
