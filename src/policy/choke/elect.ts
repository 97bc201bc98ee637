/**
 * Elections in the manner of Haskell-Torrent and etorrent: the slots are divided 70:30 between peers of torrents we download and peers of
 * torrents we seed, what one side cannot fill the other gets, and each side elects its fastest.
 * Quirk: each share is rounded by itself, so the two may add up to a slot more or less than there are (5 are 4 and 2).
 * Sources: Haskell-Torrent, Process/ChokeMgr.hs; etorrent, etorrent_choker.erl.
 */
import type { PeerView } from './policy.js';
import { highestFirst } from './rank.js';
import { downRate, upRate } from './standing.js';

export type Rounding = (x: number) => number;

/** As Haskell rounds: halves go to the even neighbour. */
export const halfToEven: Rounding = (x) => {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
};

interface Shares {
  readonly leeching: number;
  readonly seeding: number;
}

export const shares = (slots: number, round: Rounding): Shares =>
  ({ leeching: Math.max(1, round(0.7 * slots)), seeding: Math.max(1, round(0.3 * slots)) });

export interface Candidates {
  readonly leeching: readonly PeerView[];
  readonly seeding: readonly PeerView[];
}

/** Ties fall by the order given. */
export function elect({ leeching, seeding }: Candidates, own: Shares): readonly PeerView[] {
  const spareOfLeeching = Math.max(0, own.leeching - leeching.length);
  const seeds = own.seeding + spareOfLeeching;
  const spareOfSeeding = Math.max(0, seeds - seeding.length);
  const leeches = own.leeching - spareOfLeeching + spareOfSeeding;
  return [
    ...[...leeching].sort(highestFirst(downRate)).slice(0, leeches),
    ...[...seeding].sort(highestFirst(upRate)).slice(0, seeds - spareOfSeeding),
  ];
}
