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

export const highestFirst = (of: (peer: PeerView) => number): Compare => (a, b) => of(b) - of(a);
export const lowestFirst = (of: (peer: PeerView) => number): Compare => (a, b) => of(a) - of(b);
/** Those of which it is true before all others. */
export const first = (is: (peer: PeerView) => boolean): Compare => (a, b) => Number(is(b)) - Number(is(a));
/** The first comparator that tells two peers apart decides. */
export const inTurn = (...compares: readonly Compare[]): Compare => (a, b) => {
  for (const compare of compares) {
    const order = compare(a, b);
    if (order !== 0) return order;
  }
  return 0;
};

export function rank(peers: readonly PeerView[], compare: Compare, random: Random): readonly PeerView[] {
  const salted = [...peers].sort(byKey).map((peer) => ({ peer, salt: random.u32() }));
  salted.sort((a, b) => compare(a.peer, b.peer) || a.salt - b.salt || byKey(a.peer, b.peer));
  return salted.map(({ peer }) => peer);
}
