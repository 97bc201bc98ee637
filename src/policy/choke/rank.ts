/**
 * Ranking: peers in a canonical order (their keys, which is the order of joining), then by a comparator with ties
 * broken by chance. Salts are drawn in key order, so the result depends on the peers and the entropy and on nothing
 * else.
 */
import type { Random } from '../../base/random.js';
import type { PeerView } from './policy.js';

/** Negative: `a` before `b`, as for `Array.prototype.sort`. */
export type Compare = (a: PeerView, b: PeerView) => number;

export const byKey: Compare = (a, b) => a.key - b.key;

export function rank(peers: readonly PeerView[], compare: Compare, random: Random): readonly PeerView[] {
  const salted = [...peers].sort(byKey).map((peer) => ({ peer, salt: random.u32() }));
  salted.sort((a, b) => compare(a.peer, b.peer) || a.salt - b.salt || byKey(a.peer, b.peer));
  return salted.map(({ peer }) => peer);
}
