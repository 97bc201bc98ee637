/**
 * Chain: the list in which mainline and its descendants keep their connections. Newcomers are put in at random, and now
 * and then it is turned so that another peer is its head; whoever comes first in it is tried first. Plain JSON; O(peers).
 * Sources: mainline Choker.py; Haskell-Torrent Process/ChokeMgr.hs.
 */
import type { PeerKey } from '../../base/brand.js';
import type { PeerView } from './policy.js';
import { byKey } from './rank.js';

export type Chain = readonly PeerKey[];

/** Without those that left; newcomers, in the order of joining, go where `place` says for the length of the list. */
export function relink(chain: Chain, peers: readonly PeerView[], place: (length: number) => number): Chain {
  const connected = new Set(peers.map((p) => p.key));
  const linked = chain.filter((key) => connected.has(key));
  const known = new Set(linked);
  for (const { key } of [...peers].sort(byKey)) if (!known.has(key)) linked.splice(place(linked.length), 0, key);
  return linked;
}

/** Turned so that the first that qualifies is the head; where none does, as it was. */
export function turnTo(chain: Chain, qualifies: (key: PeerKey) => boolean): Chain {
  const at = chain.findIndex(qualifies);
  return at < 1 ? chain : [...chain.slice(at), ...chain.slice(0, at)];
}

/** The peers in the order of the chain. */
export function inOrder(chain: Chain, peers: readonly PeerView[]): readonly PeerView[] {
  const byKeys = new Map(peers.map((p) => [p.key, p]));
  return chain.flatMap((key) => byKeys.get(key) ?? []);
}
