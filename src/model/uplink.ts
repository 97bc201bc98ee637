/**
 * Uplink: what the limits leave to some torrents together: that of all, and their own where each of them has one. A limit is in bytes/s, or
 * null: none. Pure.
 */
import type { BytesPerSec } from '../base/units.js';

export interface UplinkLimits<T> {
  readonly all: BytesPerSec | null;
  /** Of a torrent that has none of its own. */
  readonly eachTorrent: BytesPerSec | null;
  /** null: this one is free of `eachTorrent`. */
  readonly torrents: ReadonlyMap<T, BytesPerSec | null>;
}

export function uplinkOf<T>({ all, eachTorrent, torrents }: UplinkLimits<T>, some: readonly T[]): BytesPerSec | null {
  let theirs = some.length === 0 ? Infinity : 0;
  for (const torrent of some) {
    const own = torrents.get(torrent);
    theirs += (own === undefined ? eachTorrent : own) ?? Infinity;
  }
  const least = Math.min(all ?? Infinity, theirs);
  return least === Infinity ? null : least;
}
