/**
 * Tiers: the pieces of a torrent by rank, and in each tier those that are missing, by rarity. Every piece is in one tier; the highest rank
 * makes the first, from which pieces are taken as long as it has one for the peer.
 * Cost: the tier of a piece is found in O(1), and a change of a piece costs no more than with one tier; to rank anew is O(pieces).
 * Invariant: the candidates of `rarity` are the missing pieces.
 */
import type { Random } from '../../base/random.js';
import { Bitfield } from '../../model/bitfield.js';
import { emptyShelf, RarityOrder, type Shelf } from '../../model/rarity.js';

export class Tier {
  /** 0 goes first. */
  readonly index: number;
  readonly missing: Bitfield;
  private readonly makeOrder: () => RarityOrder;
  /** Made at first need: a torrent that is complete, and has no peers, needs none. */
  private ranked: RarityOrder | undefined;
  /** No piece below it is missing. */
  private front = 0;

  constructor(index: number, missing: Bitfield, makeOrder: () => RarityOrder) {
    this.index = index;
    this.missing = missing;
    this.makeOrder = makeOrder;
    for (let i = missing.nextSet(0); i >= 0; i = missing.nextSet(i + 1)) this.rarity.add(i);
  }

  get rarity(): RarityOrder {
    return (this.ranked ??= this.makeOrder());
  }

  /** How many missing pieces have a copy among those that are counted one by one. */
  get copied(): number {
    return this.missing.isEmpty ? 0 : this.missing.count - this.rarity.candidatesWithoutCopy;
  }

  /** The lowest missing piece, or -1. It goes on from where it was last, so that a whole download is one walk. */
  firstMissing(): number {
    const first = this.missing.nextSet(this.front);
    this.front = first < 0 ? this.missing.length : first;
    return first;
  }

  /** False where it was missing before. */
  add(piece: number): boolean {
    if (!this.missing.set(piece)) return false;
    this.front = Math.min(this.front, piece);
    this.rarity.add(piece);
    return true;
  }

  remove(piece: number): void {
    if (this.missing.clear(piece)) this.rarity.remove(piece);
  }
}

export class Tiers {
  readonly inOrder: readonly Tier[];
  private readonly random: Random;
  /** Of each piece; undefined where all are in one. */
  private readonly indices: Uint8Array | undefined;
  private shelf: Shelf | undefined;

  /** `ranks`: of each piece; copied as far as needed. */
  constructor({ ranks, missing, random, shelf }: { ranks: Uint8Array; missing: Bitfield; random: Random; shelf?: Shelf | undefined }) {
    this.random = random;
    this.shelf = shelf;
    const found = [...new Set(ranks)].sort((a, b) => b - a);
    this.indices = found.length > 1 ? ranks.map((rank) => found.indexOf(rank)) : undefined;
    this.inOrder = found.map((_, index) => new Tier(index, this.within(index, missing), () => this.orderOf(index, ranks.length)));
  }

  /** The same pieces, with the same copies, in other tiers. This one is of no use any more. */
  ranked(ranks: Uint8Array, missing: Bitfield): Tiers {
    return new Tiers({ ranks, missing, random: this.random, shelf: this.shelf });
  }

  of(piece: number): Tier {
    return this.inOrder[this.indexOf(piece)]!;
  }

  /** How many copies of the piece are counted one by one. */
  copies(piece: number): number {
    return this.shelf?.copies[piece] ?? 0;
  }

  private indexOf(piece: number): number {
    return this.indices === undefined ? 0 : this.indices[piece]!;
  }

  private within(index: number, pieces: Bitfield): Bitfield {
    if (this.indices === undefined) return pieces.clone();
    const some = new Bitfield(pieces.length);
    for (let i = pieces.nextSet(0); i >= 0; i = pieces.nextSet(i + 1)) if (this.indexOf(i) === index) some.set(i);
    return some;
  }

  private orderOf(index: number, pieceCount: number): RarityOrder {
    this.shelf ??= emptyShelf(pieceCount);
    const all = Array.from({ length: pieceCount }, (_, piece) => piece);
    return new RarityOrder(all.filter((piece) => this.indexOf(piece) === index), this.shelf, this.random);
  }
}
