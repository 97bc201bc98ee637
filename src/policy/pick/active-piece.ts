/**
 * ActivePiece: the blocks of one started piece. A block is free (to be asked), live (asked of some peer that is in
 * time) or received. A block whose only requests are late is free again.
 * Cost: every change is O(1); the search for a free block starts at `hint`, so that a piece is walked once in all.
 * Invariant: `free` counts the free blocks, `received` the received ones; no block below `hint` is free.
 */
import type { PieceIndex, PeerKey } from '../../base/brand.js';
import type { Bytes, Millis } from '../../base/units.js';
import type { Bitfield } from '../../model/bitfield.js';
import type { Request } from './requests.js';
import type { PickPeer } from './swarm.js';

const MISSING = -1;
/** Read back from a resume record: nobody connected answers for it. */
const RESTORED = -2;

/** How deep the pipeline of those who fetch a piece is: peers of one pace finish their parts together. */
export type Pace = 0 | 1 | 2;

export class ActivePiece {
  readonly piece: PieceIndex;
  readonly bytes: Bytes;
  readonly blocks: number;
  /** Lower goes first: order of starting, or of position in sequential mode. */
  readonly rank: number;
  /** The requests of each block, late ones too. */
  readonly requests: (Request | null)[];
  free: number;
  received = 0;
  /** Requests on this piece, late ones too. */
  requested = 0;
  /** Pace and time of the last request. */
  pace: Pace = 0;
  touchedAt: Millis;
  /** Where this stands among the pieces with free blocks, or -1; kept by ActiveSet. */
  openAt = -1;
  /** Who delivered each block, or one of the two constants above. */
  private readonly from: Int32Array;
  /** How many peers that are in time have been asked for each block. */
  private readonly live: Uint8Array;
  private hint = 0;

  constructor(at: { piece: PieceIndex; bytes: Bytes; blocks: number; rank: number; now: Millis }) {
    this.piece = at.piece;
    this.bytes = at.bytes;
    this.blocks = at.blocks;
    this.rank = at.rank;
    this.touchedAt = at.now;
    this.free = at.blocks;
    this.requests = new Array<Request | null>(at.blocks).fill(null);
    this.from = new Int32Array(at.blocks).fill(MISSING);
    this.live = new Uint8Array(at.blocks);
  }

  get isComplete(): boolean {
    return this.received === this.blocks;
  }

  /** Nothing received and nothing asked: the piece need not count as started. */
  get isIdle(): boolean {
    return this.received === 0 && this.requested === 0;
  }

  /** Some block is asked of a peer that is in time. */
  get isFetched(): boolean {
    return this.free + this.received < this.blocks;
  }

  /** False for a block that does not exist. */
  isReceived(block: number): boolean {
    return (this.from[block] ?? MISSING) !== MISSING;
  }

  /** How many peers that are in time owe us this block. */
  owing(block: number): number {
    return this.isReceived(block) ? 0 : this.live[block]!;
  }

  /** Everybody who has been asked for the block, late ones too. */
  requesters(block: number): PeerKey[] {
    const keys: PeerKey[] = [];
    for (let r = this.requests[block] ?? null; r !== null; r = r.sibling) keys.push(r.peer.key);
    return keys;
  }

  /** The first free block that may be asked of `peer`, or -1: a late one is not asked of the same peer twice. */
  nextFree(peer: PickPeer): number {
    if (this.free === 0) return -1;
    while (!this.isFree(this.hint)) this.hint++;
    for (let block = this.hint; block < this.blocks; block++) {
      if (this.isFree(block) && (peer.late === 0 || this.requestOf(block, peer) === null)) return block;
    }
    return -1;
  }

  /** Null too for a block that does not exist. */
  requestOf(block: number, peer: PickPeer): Request | null {
    let request = this.requests[block] ?? null;
    while (request !== null && request.peer !== peer) request = request.sibling;
    return request;
  }

  asked(block: number): void {
    this.requested++;
    if (this.live[block]!++ === 0) this.free--;
  }

  /** A request of this block is live no longer. */
  released(block: number): void {
    if (--this.live[block]! > 0 || this.isReceived(block)) return;
    this.free++;
    if (block < this.hint) this.hint = block;
  }

  unlink(request: Request): void {
    this.requested--;
    const first = this.requests[request.block]!;
    if (first === request) {
      this.requests[request.block] = request.sibling;
      return;
    }
    let before = first;
    while (before.sibling !== request) before = before.sibling!;
    before.sibling = request.sibling;
  }

  /** The block is here. Its requests stay until the caller drops them. */
  deliver(block: number, peer: PeerKey): void {
    this.take(block, peer);
  }

  restore(blocks: Bitfield): void {
    for (let block = blocks.nextSet(0); block >= 0; block = blocks.nextSet(block + 1)) this.take(block, RESTORED);
  }

  /** Who delivered blocks, each peer once. */
  contributors(): PeerKey[] {
    return [...new Set(this.from)].filter((from) => from >= 0) as PeerKey[];
  }

  private take(block: number, from: number): void {
    if (this.live[block] === 0) this.free--;
    this.from[block] = from;
    this.received++;
  }

  private isFree(block: number): boolean {
    return this.live[block] === 0 && this.from[block] === MISSING;
  }
}
