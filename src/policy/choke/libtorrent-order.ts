/**
 * In which order libtorrent serves: by bytes received in the last round, then by a rule that matters when seeding, as nothing is received
 * there. What it asks before, the user's priority for a torrent, is not to be had here. All rules end with whoever has waited longest.
 * - round-robin: peers that have had their quota (so many pieces and a minute) last, then by bytes sent in the last round.
 * - fastest-upload: by bytes sent in the last round.
 * - anti-leech: those that have little or nearly everything before those in the middle, who could trade with others.
 * Sources: libtorrent, src/choker.cpp; for anti-leech Chow, Golubchik and Misra (2008).
 */
import { MINUTE } from '../../base/units.js';
import type { ChokeInput, PeerView } from './policy.js';
import { first, highestFirst, inTurn, lowestFirst, type Compare } from './rank.js';
import { torrentOf } from './standing.js';

export const SEED_RULES = ['round-robin', 'fastest-upload', 'anti-leech'] as const;

const sentLately = (peer: PeerView): number => (peer.amChoking ? 0 : peer.upLastRound);
const longestWaiting = lowestFirst((peer) => peer.lastUnchokedAt ?? 0);

/** `quotaPieces`: what a peer may have in its turn, in pieces. */
export function servingOrder(input: ChokeInput<unknown>, rule: string, quotaPieces: number): Compare {
  const best = highestFirst((peer) => peer.downLastRound);
  if (rule === 'anti-leech') return inTurn(best, highestFirst(farFromHalf(input)), longestWaiting);
  const fastest = highestFirst(sentLately);
  if (rule === 'fastest-upload') return inTurn(best, fastest, longestWaiting);
  const hasQuota = (peer: PeerView): boolean => !peer.amChoking && peer.lastUnchokedAt !== null
    && peer.upSinceUnchoke > quotaPieces * (torrentOf(input, peer)?.pieceLength ?? 0) && input.now - peer.lastUnchokedAt > MINUTE;
  return inTurn(best, first((peer) => !hasQuota(peer)), fastest, longestWaiting);
}

/** 0 with half of the torrent, 1000 with none or all of it. What we sent counts as had, up to the half. */
const farFromHalf = (input: ChokeInput<unknown>) => (peer: PeerView): number => {
  const torrent = torrentOf(input, peer);
  if (!torrent || torrent.totalSize === 0) return 0;
  const { totalSize, pieceLength } = torrent;
  const has = Math.max(Math.min(peer.upTotal, totalSize / 2), pieceLength * peer.havePieces);
  return Math.floor((Math.abs(has - totalSize / 2) * 2000) / totalSize);
};
