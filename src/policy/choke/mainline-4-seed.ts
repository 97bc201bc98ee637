/**
 * How mainline 4 chooses once it seeds: every peer is served for equally long, whatever its speed. It keeps those unchoked last, and in
 * two of three rounds lets go of so many that some wait no longer; the list of connections says who is next, and is turned behind the
 * last that was let in. With four slots two peers change in 30 s.
 * Source: BitTorrent 4 (mainline), Choker.py; named SKU and SRU by Legout et al. (2006).
 */
import type { PeerKey } from '../../base/brand.js';
import type { Chain } from './chain.js';
import { inOrder } from './chain.js';
import { grant, type Unchoked } from './decision.js';
import type { PeerView } from './policy.js';
import { first, highestFirst, inTurn } from './rank.js';

interface SeedMemory {
  readonly chain: Chain;
  readonly count: number;
  readonly unchokesSince: number;
  readonly unchokedIn: { readonly [key: string]: number };
}
interface Seeding {
  readonly slots: number;
  /** Rounds in which a third of the slots, rounded up, is to change hands. */
  readonly rounds: number;
  readonly tick: boolean;
}

export function chooseAsSeed(peers: readonly PeerView[], memory: SeedMemory, { slots, rounds, tick }: Seeding) {
  const { chain, count } = memory;
  const walk = inOrder(chain, peers);
  const roundOf = ({ key }: PeerView): number => memory.unchokedIn[key] ?? -Infinity;
  const isRecent = (peer: PeerView): boolean => roundOf(peer) > count - rounds || (peer.queuedFromPeer > 0 && peer.socketDrained);
  const latest = highestFirst((peer) => (isRecent(peer) ? Math.max(0, roundOf(peer)) : 0));
  const fastest = highestFirst((peer) => peer.up[1] ?? 0);

  const holders = walk.filter((peer) => !peer.amChoking && peer.peerInterested).sort(inTurn(first(isRecent), latest, fastest));
  const kept = holders.slice(0, Math.max(0, slots - (tick ? forced(slots, memory, rounds) : 0)));
  const unchoked: Unchoked = new Map();
  grant(unchoked, kept, 'kept');

  const fresh: PeerKey[] = [];
  let free = slots - kept.length;
  const unchokesSince = tick ? 0 : memory.unchokesSince + free;
  for (const peer of walk) {
    if (free === 0) break;
    if (!peer.peerInterested || unchoked.has(peer.key) || (peer.amChoking && !peer.socketDrained)) continue;
    unchoked.set(peer.key, { why: 'regular' });
    if (peer.amChoking) fresh.push(peer.key);
    free--;
  }
  const behind = chain.findIndex((key) => key === fresh.at(-1)) + 1;
  const unchokedIn = Object.fromEntries(peers.flatMap(({ key }): [PeerKey, number][] => {
    const since = fresh.includes(key) ? count : memory.unchokedIn[key];
    return since === undefined || !unchoked.has(key) ? [] : [[key, since]];
  }));
  return { unchoked, unchokesSince, unchokedIn, chain: [...chain.slice(behind), ...chain.slice(0, behind)] };
}

/** How many of the slots must change hands in this round. */
function forced(slots: number, { count, unchokesSince }: SeedMemory, rounds: number): number {
  const share = Math.floor((slots + 2) / 3);
  return Math.max(0, Math.floor((share + (count % rounds)) / 3) - unchokesSince);
}
