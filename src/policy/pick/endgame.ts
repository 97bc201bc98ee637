/**
 * Endgame: once every block is asked of somebody, the last ones are asked of others too, so that the download does
 * not end at the pace of its slowest peer (BEP 3). Blocks with the fewest requesters come first, and none is ever
 * asked twice of one peer. The caller cancels the other requests as soon as a block arrives.
 */
import type { ActivePiece } from './active-piece.js';
import type { PickPeer } from './swarm.js';

/** Each more is one more copy of the last blocks on the wire; late requests do not count. */
const MAX_REQUESTERS = 3;

/** Calls `ask` for up to `count` blocks that `peer` may be asked for as well. */
export function duplicate(
  actives: Iterable<ActivePiece>,
  { peer, count }: { readonly peer: PickPeer; readonly count: number },
  ask: (active: ActivePiece, block: number) => void,
): void {
  const helpful = [...actives].filter((active) => !active.isComplete && active.isFor(peer) && peer.has(active.piece));
  let asked = 0;
  for (let owing = 1; owing < MAX_REQUESTERS; owing++) {
    for (const active of helpful) {
      for (let block = 0; block < active.blocks; block++) {
        if (asked === count) return;
        if (active.owing(block) !== owing || active.requestOf(block, peer) !== null) continue;
        ask(active, block);
        asked++;
      }
    }
  }
}
