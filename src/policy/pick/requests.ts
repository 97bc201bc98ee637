/**
 * Requests: which block has been asked of whom, and when. Each request hangs on two lists: its peer's, in the order of
 * asking, and its block's, which in the common case holds just one.
 * Cost: `ask`, `drop` and `markLate` are O(1); a block's list is walked, and it is as long as its requesters are many.
 * Spent requests are kept for reuse, so that a block costs no garbage.
 * A late request has outlived its time: its block may be asked elsewhere, but it is still answered for if it arrives.
 */
import type { Millis } from '../../base/units.js';
import type { ActivePiece } from './active-piece.js';
import type { PickPeer } from './swarm.js';

export interface Request {
  peer: PickPeer;
  active: ActivePiece;
  block: number;
  askedAt: Millis;
  late: boolean;
  /** The peer's list: `older` was asked before this one. */
  older: Request | null;
  newer: Request | null;
  /** The block's list, in no order. A spent request uses it for the list of the spent. */
  sibling: Request | null;
}

export interface Ask {
  readonly peer: PickPeer;
  readonly active: ActivePiece;
  readonly block: number;
  readonly now: Millis;
}

export class Requests {
  private spent: Request | null = null;

  ask({ peer, active, block, now }: Ask): void {
    const request = this.fresh(peer, active);
    request.block = block;
    request.askedAt = now;
    request.older = peer.newest;
    request.sibling = active.requests[block]!;
    if (peer.newest === null) peer.oldest = request;
    else peer.newest.newer = request;
    peer.newest = request;
    peer.live++;
    active.requests[block] = request;
    active.asked(block);
    active.touchedAt = now;
    peer.current = active;
  }

  /** Forgets a request: it was answered, cancelled, rejected, or its peer is gone. */
  drop(request: Request): void {
    const { peer, active, block, older, newer } = request;
    if (older === null) peer.oldest = newer;
    else older.newer = newer;
    if (newer === null) peer.newest = older;
    else newer.older = older;
    active.unlink(request);
    if (request.late) peer.late--;
    else {
      peer.live--;
      active.released(block);
    }
    request.older = request.newer = null;
    request.sibling = this.spent;
    this.spent = request;
  }

  markLate(request: Request): void {
    if (request.late) return;
    request.late = true;
    request.peer.live--;
    request.peer.late++;
    request.active.released(request.block);
  }

  private fresh(peer: PickPeer, active: ActivePiece): Request {
    const request = this.spent;
    if (request === null) {
      return { peer, active, block: 0, askedAt: 0, late: false, older: null, newer: null, sibling: null };
    }
    this.spent = request.sibling;
    request.peer = peer;
    request.active = active;
    request.late = false;
    return request;
  }
}
