/**
 * Selection: which missing piece to start next with a peer, if it has one: of the first tier that has one for it, and in the tier
 * - One that the peer suggests: it has that at hand (BEP 6).
 * - Else, at first a random one: a rare piece has few sources and would arrive late, and until one piece is whole we have
 *   nothing to give in return (BEP 3; Cohen 2003, "random first piece").
 * - Then the rarest. The search is exact among the SCAN rarest; a peer that has none of those is asked for the rarest
 *   of a sample of what it has, so that no peer makes the picker walk a hundred thousand pieces.
 * - In sequential order always the first one, in random order any.
 */
import type { Random } from '../../base/random.js';
import type { PickPeer, Swarm } from './swarm.js';
import type { Tier } from './tiers.js';

export const PICK_ORDERS = ['rarest', 'random', 'sequential'] as const;
export type PickOrder = (typeof PICK_ORDERS)[number];

const SCAN = 256;
const SAMPLE = 16;

export interface Selection {
  readonly swarm: Swarm;
  readonly random: Random;
  readonly order: PickOrder;
  /** We have no whole piece yet. */
  readonly first: boolean;
}

/** A missing piece that `peer` has, or -1. It remembers the tiers that have none for the peer. */
export function selectPiece(selection: Selection, peer: PickPeer): number {
  const { inOrder } = selection.swarm.tiers;
  for (; peer.level < inOrder.length; peer.level++) {
    const piece = selectFrom(inOrder[peer.level]!, selection, peer);
    if (piece >= 0) return piece;
  }
  return -1;
}

function selectFrom(tier: Tier, { random, order, first }: Selection, peer: PickPeer): number {
  const { missing } = tier;
  if (missing.isEmpty) return -1;
  if (order === 'sequential') return nextFrom(tier, peer, tier.firstMissing());
  const suggested = peer.suggested.find((piece) => missing.has(piece) && peer.has(piece));
  if (suggested !== undefined) return suggested;
  if (first || order === 'random') return sampled(tier, peer, { from: random.below(missing.length), size: 1 });
  if (peer.hasAll) return tier.rarity.rarest();
  const rarest = tier.rarity.pickFor(peer.bits, SCAN);
  if (rarest >= 0 || missing.count <= SCAN) return rarest;
  return sampled(tier, peer, { from: random.below(missing.length), size: SAMPLE });
}

/** The rarest of the next `size` pieces at or after `from`, going round; -1 if there is none. */
function sampled(tier: Tier, peer: PickPeer, { from, size }: { from: number; size: number }): number {
  let best = -1;
  let at = from;
  for (let n = 0; n < size; n++) {
    const piece = nextFrom(tier, peer, at);
    const found = piece >= 0 ? piece : nextFrom(tier, peer, 0);
    if (found < 0) return -1;
    if (best < 0 || tier.rarity.availability(found) < tier.rarity.availability(best)) best = found;
    at = found + 1;
  }
  return best;
}

const nextFrom = ({ missing }: Tier, peer: PickPeer, from: number): number =>
  peer.hasAll ? missing.nextSet(from) : missing.nextCommon(peer.bits, from);
