/**
 * ActivePiece: the blocks of one started piece. A block is free (to be asked), live (asked of some peer that is in
 * time) or received. A block whose only requests are late is free again.
 * Cost: every change is O(1); the search for a free block starts at `hint`, so that a piece is walked once in all.
 * Invariant: `free` counts the free blocks, `received` the received ones; no block below `hint` is free.
 */
import type { PieceIndex, PeerKey } from '../../base/brand.js';
import type { Bytes, Millis } from '../../base/units.js';
import type { Bitfield } from '../../model/bitfield.js';
import { type BlockSheet, NOBODY, RECEIVED } from './block-sheets.js';
import type { Request } from './requests.js';
import type { PickPeer } from './swarm.js';

/** How deep the pipeline of those who fetch a piece is: peers of one pace finish their parts together. */
export type Pace = 0 | 1 | 2;

export interface ActivePieceInput {
  readonly piece: PieceIndex;
  readonly bytes: Bytes;
  readonly tier: number;
  readonly rank: number;
  readonly now: Millis;
  readonly alone: PickPeer | null;
  readonly sheet: BlockSheet;
}

export class ActivePiece {
  readonly piece: PieceIndex;
  readonly bytes: Bytes;
  readonly blocks: number;
  /** Lower goes first: see Tiers. */
  tier: number;
  /** And in its tier: order of starting, or of position in sequential mode. */
  readonly rank: number;
  /** All of it is asked of this peer alone, so that it answers for the piece; null: of anybody. */
  readonly alone: PickPeer | null;
  readonly sheet: BlockSheet;
  /** The requests of each block, late ones too. */
  readonly requests: (Request | null)[];
  free: number;
  received = 0;
  /** Requests on this piece, late ones too. */
  requested = 0;
  /** Pace and time of the last request. */
  pace: Pace = 0;
  touchedAt: Millis;
  /** Where this stands among the pieces with free blocks, or -1; and what ActiveSet, which keeps both, has counted of it. */
  openAt = -1;
  readonly seen: { free: number; checking: Bytes } = { free: 0, checking: 0 };
  private readonly states: Uint8Array;
  private hint = 0;

  constructor(at: ActivePieceInput) {
    this.piece = at.piece;
    this.bytes = at.bytes;
    this.blocks = at.sheet.states.length;
    this.tier = at.tier;
    this.rank = at.rank;
    this.touchedAt = at.now;
    this.alone = at.alone;
    this.free = this.blocks;
    this.sheet = at.sheet;
    this.requests = at.sheet.requests;
    this.states = at.sheet.states;
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
    return this.states[block] === RECEIVED;
  }

  /** How many peers that are in time owe us this block. */
  owing(block: number): number {
    return this.isReceived(block) ? 0 : this.states[block]!;
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
    const { states } = this;
    while (states[this.hint] !== 0) this.hint++;
    for (let block = this.hint; block < this.blocks; block++) {
      if (states[block] === 0 && (peer.late === 0 || this.requestOf(block, peer) === null)) return block;
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
    if (this.states[block]!++ === 0) this.free--;
  }

  /** A request of this block is live no longer. */
  released(block: number): void {
    if (this.isReceived(block) || --this.states[block]! > 0) return;
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
    for (let block = blocks.nextSet(0); block >= 0; block = blocks.nextSet(block + 1)) this.take(block, NOBODY);
  }

  /** Who delivered each block, or NOBODY. */
  senders(): readonly number[] {
    return [...this.sheet.from];
  }

  /** Whether `peer` may be asked for blocks of it. */
  isFor(peer: PickPeer): boolean {
    return this.alone === null || this.alone === peer;
  }

  private take(block: number, from: number): void {
    if (this.states[block] === 0) this.free--;
    this.states[block] = RECEIVED;
    this.received++;
    this.sheet.from[block] = from;
  }
}
