/**
 * Fetching: the life of a started piece, and of the requests on it. Whatever happens to a request or a piece happens
 * here, so that the three books (peers in Swarm, pieces in ActiveSet, requests on both) never disagree.
 * Invariant: between calls no started piece is idle: once nothing is asked and nothing received, it is missing again.
 */
import { pieceIndex, type PieceIndex } from '../../base/brand.js';
import type { Millis } from '../../base/units.js';
import { ActivePiece } from './active-piece.js';
import type { ActiveSet } from './active-set.js';
import type { Outcome, PickRequest, PieceSizes, AskedOf } from './blocks.js';
import { BlockSheets } from './block-sheets.js';
import { duplicate } from './endgame.js';
import { Requests, type Request } from './requests.js';
import type { PickOrder } from './selection.js';
import type { PickPeer, Swarm } from './swarm.js';
import { MAX_REQUEST_TIMEOUT_MS } from './timeouts.js';

const NEW: Outcome = { kind: 'new', pieceComplete: false, cancel: [] };
/** After so many timeouts a late request is forgotten: its answer is not coming, and the peer may be asked again. */
const FORGOTTEN_AFTER_TIMEOUTS = 3;
/**
 * Of the blocks of the endgame that are asked of several peers, all copies but one may come for nothing: where it is our own download
 * limit that is slow, most do, and with many peers a small torrent is in its endgame from the start. So many are free, and one more for
 * each so many blocks that have come.
 */
const FREE_COPIES = 32;
const BLOCKS_A_COPY = 16;
/** To look for stranded pieces is to walk over all open ones: once in so long is enough. */
const STRANDED_CHECK_MS: Millis = 1000;
/** So long may the one peer that is asked for all of a piece keep us waiting: another is asked for all of it then. */
const ALONE_PATIENCE_MS: Millis = 10_000;

export interface Books {
  readonly layout: PieceSizes;
  readonly swarm: Swarm;
  readonly actives: ActiveSet;
  readonly order: PickOrder;
}
export interface Expiry {
  readonly now: Millis;
  readonly timeoutMs: Millis;
  readonly timedOut: AskedOf[];
}

export class Fetching {
  private readonly books: Books;
  private readonly requests = new Requests();
  private readonly sheets = new BlockSheets();
  private starts = 0;
  /** Blocks of the endgame that may still be asked of several peers. */
  private copies = FREE_COPIES;
  private strandedCheckedAt: Millis = -Infinity;
  private evicted: PieceIndex[] = [];
  private withdrawn: AskedOf[] = [];
  /** Pieces of which a copy failed its hash, and who had a part in it: the next copy is asked of one peer alone. */
  private readonly suspects = new Map<number, ReadonlySet<number>>();

  constructor(books: Books) {
    this.books = books;
  }

  // PIECES ---------------------------------------------------------------------------
  /** missing -> active, if there is room. The caller asks `peer` for a block of it, or restores one, at once. */
  start(piece: number, now: Millis, peer: PickPeer | null): ActivePiece | null {
    const { layout, swarm, actives, order } = this.books;
    if (!swarm.isMissing(piece) || !actives.hasRoom(layout.pieceBytes(piece))) return null;
    const active = new ActivePiece({
      piece: pieceIndex(piece),
      bytes: layout.pieceBytes(piece),
      sheet: this.sheets.take(layout.blocksIn(piece)),
      tier: swarm.tiers.of(piece).index,
      rank: order === 'sequential' ? piece : this.starts++,
      now,
      alone: this.suspects.has(piece) ? peer : null,
    });
    actives.add(active);
    swarm.started(piece);
    return active;
  }

  /** active or checking -> missing. */
  giveUp(active: ActivePiece): void {
    this.end(active);
    this.books.swarm.missed(active.piece);
  }

  /** checking -> have, or back: its memory serves the next. */
  end(active: ActivePiece): void {
    this.books.actives.remove(active);
    this.sheets.give(active.sheet);
  }

  /** checking -> missing: from now on the piece is asked of one peer alone, best of one that had no part in the copy that failed. */
  suspect(active: ActivePiece): void {
    this.suspects.set(active.piece, new Set(active.senders()));
    this.giveUp(active);
  }

  cleared(piece: number): void {
    this.suspects.delete(piece);
  }

  /** A suspect piece that waits for somebody like `peer`; -1 if there is none. */
  suspectFor(peer: PickPeer): number {
    for (const [piece, senders] of this.suspects) {
      if (!senders.has(peer.key) && this.books.swarm.isMissing(piece) && peer.has(piece)) return piece;
    }
    return -1;
  }

  /** Gives up what was asked of one peer alone that has left, chokes us or is silent. */
  giveUpAlone(now: Millis): void {
    if (this.suspects.size === 0) return;
    for (const active of [...this.books.actives.values()]) {
      const idle = active.alone !== null && !active.isComplete && !active.isFetched;
      if (idle && now - active.touchedAt >= ALONE_PATIENCE_MS) this.evict(active);
    }
  }

  /** Gives up a stranded piece in favour of a peer that cannot be used otherwise. */
  evictFor(peer: PickPeer, now: Millis): boolean {
    if (now - this.strandedCheckedAt < STRANDED_CHECK_MS) return false;
    this.strandedCheckedAt = now;
    const victim = this.books.actives.stranded(peer, now);
    if (victim === null) return false;
    this.evict(victim);
    return true;
  }

  /** active -> missing, with all that was received of it. */
  evict(active: ActivePiece): void {
    for (let block = 0; block < active.blocks; block++) {
      for (const peer of active.requesters(block)) this.withdrawn.push({ peer, piece: active.piece, block });
      this.dropAll(active, block);
    }
    this.giveUp(active);
    this.evicted.push(active.piece);
  }

  takeEvicted(): PieceIndex[] {
    const { evicted } = this;
    if (evicted.length > 0) this.evicted = [];
    return evicted;
  }

  /** Requests forgotten before their answer since the last call: a peer that is not told may answer yet. */
  takeWithdrawn(): AskedOf[] {
    const { withdrawn } = this;
    if (withdrawn.length > 0) this.withdrawn = [];
    return withdrawn;
  }

  // REQUESTS -------------------------------------------------------------------------
  /** Asks `peer` for free blocks of `active`; how many. */
  askFree(peer: PickPeer, active: ActivePiece, { count, now, out }: PickRequest): number {
    let asked = 0;
    while (asked < count) {
      const block = active.nextFree(peer);
      if (block < 0) break;
      this.requests.ask({ peer, active, block, now });
      out.push({ piece: active.piece, block });
      asked++;
    }
    this.books.actives.refresh(active);
    return asked;
  }

  /** Endgame: asks `peer` for blocks that others have been asked for, as far as copies are left. */
  askAgain(peer: PickPeer, { count, now, out }: PickRequest): void {
    const most = Math.min(count, Math.floor(this.copies));
    if (most === 0) return;
    duplicate(this.books.actives.values(), { peer, count: most }, (active, block) => {
      this.copies--;
      this.requests.ask({ peer, active, block, now });
      out.push({ piece: active.piece, block });
    });
  }

  /** The answer to `request`: its block is here, and everybody else is free of it. */
  answered(request: Request): Outcome {
    const { peer, active, block } = request;
    peer.heard = true;
    this.copies += 1 / BLOCKS_A_COPY;
    active.deliver(block, peer.key);
    const only = active.requests[block] === request && request.sibling === null;
    const cancel = only ? NEW.cancel : active.requesters(block).filter((key) => key !== peer.key);
    this.dropAll(active, block);
    this.books.actives.refresh(active);
    return only && !active.isComplete ? NEW : { kind: 'new', pieceComplete: active.isComplete, cancel };
  }

  /** An unanswered request ends; a piece that holds nothing any more goes back and takes no memory. */
  forget(request: Request): void {
    const { active } = request;
    this.requests.drop(request);
    if (active.isIdle) this.giveUp(active);
    else this.books.actives.refresh(active);
  }

  forgetAll(peer: PickPeer): void {
    for (let r = peer.oldest; r !== null; r = peer.oldest) this.forget(r);
  }

  /**
   * A request is late when its peer has been silent for a timeout, or has delivered others for so long that it must
   * have lost this one. Requests are in order of asking, so the first that is in time ends the walk.
   */
  expire(peer: PickPeer, { now, timeoutMs, timedOut }: Expiry): void {
    for (let r = peer.oldest, newer: Request | null; r !== null; r = newer) {
      newer = r.newer;
      const silence = (now - Math.max(r.askedAt, peer.heardAt)) / timeoutMs;
      const age = (now - r.askedAt) / MAX_REQUEST_TIMEOUT_MS;
      const timeouts = Math.max(silence, age);
      if (timeouts < 1) return;
      if (!r.late) {
        this.requests.markLate(r);
        this.books.actives.refresh(r.active);
        timedOut.push({ peer: peer.key, piece: r.active.piece, block: r.block });
      } else if (timeouts >= FORGOTTEN_AFTER_TIMEOUTS) {
        this.withdrawn.push({ peer: peer.key, piece: r.active.piece, block: r.block });
        this.forget(r);
      }
    }
  }

  private dropAll(active: ActivePiece, block: number): void {
    for (let r = active.requests[block]!; r !== null; r = active.requests[block]!) this.requests.drop(r);
  }
}
