/**
 * A BitTorrent client in a test's network, whoever wrote it. The tests speak only this, so each of them can put any
 * client at either end.
 */
import type { Host } from '../netns.js';

export const PEER_PORT = 6881;

/** `seed` has everything; `fetch` downloads and may then leave; `share` downloads, or has a part, and stays. */
export type Goal = 'seed' | 'fetch' | 'share';

export interface Job {
  readonly name: string;
  readonly goal: Goal;
  readonly host: Host;
  /** A file, or a magnet link. */
  readonly torrent: string;
  /** Where the torrent's own folder is, or shall be. What is there is checked first. */
  readonly folder: string;
  /** The client's own place for its settings and logs. */
  readonly home: string;
  /** Whether the torrent names a tracker: then `ready` also waits for the tracker's first answer. */
  readonly tracked: boolean;
  /** Peers to connect to at once, as addresses without the port, which is always `PEER_PORT`. */
  readonly peers?: readonly string[];
  /** Listen on the IPv6 address of the host, and there only. */
  readonly ipv6?: boolean;
}

export interface Client {
  readonly name: string;
  readonly pid: number;
  /** Listening, and known to the tracker if there is one. A seeder has also checked its files. */
  readonly ready: () => Promise<void>;
  /** Resolves with the time (ms, monotonic) at which it said that it has every byte. */
  readonly complete: (deadlineMs: number) => Promise<number>;
  /** Payload, as the client itself counts it. */
  readonly uploaded: () => Promise<number>;
  readonly peakRss: () => number;
  /** In good order: tells the tracker, writes what it holds, and ends; anything else rejects. */
  readonly stop: () => Promise<void>;
}

export const READY_MS = 60_000;

export async function until(what: string, isSo: () => boolean | Promise<boolean>, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}
