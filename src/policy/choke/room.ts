/**
 * Room: what is left of each torrent's own limit on uploads (`maxUploads`) in the course of one decision. The one
 * mutable thing in it; made at its start and gone at its end. O(1) a claim.
 */
import type { TorrentKey } from '../../base/brand.js';
import type { PeerView, TorrentView } from './policy.js';
import { optimisticOf } from './slots.js';

export interface Room {
  /** Takes one of the torrent's places, or says that none is left. */
  claim(peer: PeerView): boolean;
  /** The same, but leaves the places that are for optimistic unchokes. */
  claimRegular(peer: PeerView): boolean;
}

export function makeRoom(torrents: ReadonlyMap<TorrentKey, TorrentView>): Room {
  const used = new Map<TorrentKey, number>();
  const take = (torrent: TorrentKey, limit: number): boolean => {
    const n = used.get(torrent) ?? 0;
    if (n >= limit) return false;
    used.set(torrent, n + 1);
    return true;
  };
  const limitOf = (torrent: TorrentKey): number => torrents.get(torrent)?.maxUploads ?? Infinity;
  return {
    claim: ({ torrent }) => take(torrent, limitOf(torrent)),
    claimRegular({ torrent }) {
      const limit = limitOf(torrent);
      return take(torrent, limit === Infinity ? limit : limit - optimisticOf(limit));
    },
  };
}

/** How many of these peers their torrents' limits would let us unchoke. */
export function placesFor(peers: readonly PeerView[], torrents: ReadonlyMap<TorrentKey, TorrentView>): number {
  const room = makeRoom(torrents);
  return peers.filter((peer) => room.claim(peer)).length;
}
