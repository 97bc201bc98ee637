/** The ways in which a client is watched, from not at all to all at once, and what each may cost. */

export interface Watching {
  readonly name: WatchingName;
  readonly doc: string;
  /** More CPU than the one it is compared with, as a share. */
  readonly goal?: { readonly over: WatchingName; readonly most: number };
}
export type WatchingName = 'nothing' | 'counting' | 'page' | 'trace' | 'trace all';

export const WATCHINGS: readonly Watching[] = [
  { name: 'nothing', doc: 'no message is counted: so no client is run, it is the measure of the others' },
  { name: 'counting', doc: 'as always', goal: { over: 'nothing', most: 0.02 } },
  { name: 'page', doc: 'and somebody looks at the live page, at its processes and the torrent', goal: { over: 'counting', most: 0.05 } },
  { name: 'trace', doc: 'and --trace writes lines' },
  { name: 'trace all', doc: 'and with --trace-blocks' },
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
  /** Complete: CPU time of all its threads since its client started, ms; all processes told each other so many messages. */
  | { readonly cpuMs: number; readonly messages: number };
