/**
 * RarityOrder: pieces by availability, rarest first, ties in random order (the heart of rarest-first).
 * Shape: one array of its pieces sorted into buckets by availability; in each bucket the candidates (wanted and not
 * started) come first, the other pieces after them. `starts[a]` is where bucket `a` begins.
 * Several orders may divide the pieces of a torrent among them, and share one record of copies and places.
 * Cost: `have`, `lost`, `add`, `remove` are O(1), four swaps across bucket edges at most. Memory: 12 bytes a piece.
 * Chance: a candidate that enters a bucket swaps with a random one of it, so nobody can foresee the order of equals.
 * Peers that have everything are counted by the caller: one more copy of every piece changes no order.
 */
import type { Random } from '../base/random.js';
import { Bitfield } from './bitfield.js';

/** By piece: its copies, and its place in the order that it is in. */
export interface Shelf {
  readonly copies: Uint32Array;
  readonly places: Uint32Array;
}

export const emptyShelf = (pieceCount: number): Shelf =>
  ({ copies: new Uint32Array(pieceCount), places: new Uint32Array(pieceCount) });

const LEAST_BUCKETS = 16;

export class RarityOrder {
  private readonly random: Random;
  private readonly order: Uint32Array;
  /** Where each piece stands in `order`. */
  private readonly places: Uint32Array;
  private readonly copies: Uint32Array;
  private starts: Uint32Array;
  /** How many candidates lead each bucket. */
  private leading: Uint32Array;
  /** The buckets that have candidates: with many peers nearly all of the rarest are empty. */
  private led: Bitfield;
  private total = 0;

  /** Of `pieces`, none of them a candidate; `shelf` may hold copies of them already. */
  constructor(pieces: Iterable<number>, { copies, places }: Shelf, random: Random) {
    this.random = random;
    this.copies = copies;
    this.places = places;
    this.order = Uint32Array.from(pieces);
    const most = this.order.reduce((max, piece) => Math.max(max, copies[piece]!), 0);
    const buckets = Math.max(LEAST_BUCKETS, 2 ** Math.ceil(Math.log2(most + 2)));
    this.starts = new Uint32Array(buckets);
    this.leading = new Uint32Array(buckets);
    this.led = new Bitfield(buckets);
    this.sort();
  }

  /** How many candidates there are. */
  get candidates(): number {
    return this.total;
  }

  /** How many candidates no peer has, of those counted here. */
  get candidatesWithoutCopy(): number {
    return this.leading[0]!;
  }

  /** How many copies were announced with `have`. */
  availability(piece: number): number {
    return this.copies[piece]!;
  }

  isCandidate(piece: number): boolean {
    const a = this.copies[piece]!;
    return this.places[piece]! < this.starts[a]! + this.leading[a]!;
  }

  /** One more copy. */
  have(piece: number): void {
    const candidate = this.isCandidate(piece);
    const a = this.copies[piece]!++;
    this.needBucket(a + 1);
    if (candidate) this.swap(this.places[piece]!, this.starts[a]! + this.unlead(a));
    // Last of its bucket, then, by moving the edge, first of the next: among the candidates, or it steps behind them.
    const edge = --this.starts[a + 1]!;
    this.swap(this.places[piece]!, edge);
    if (candidate) this.lead(a + 1, edge);
    else this.swap(edge, edge + this.leading[a + 1]!);
  }

  /** One copy less. */
  lost(piece: number): void {
    if (this.copies[piece] === 0) throw new Error(`piece ${piece} has no copy to lose`);
    const candidate = this.isCandidate(piece);
    const a = this.copies[piece]!--;
    // To the front of its bucket, past the candidates if it is none, then, by moving the edge, last of the one before.
    const edge = this.starts[a]!++;
    if (candidate) this.unlead(a);
    else this.swap(this.places[piece]!, edge + this.leading[a]!);
    this.swap(this.places[piece]!, edge);
    if (candidate) this.lead(a - 1, edge);
  }

  /** The piece becomes a candidate. */
  add(piece: number): void {
    if (this.isCandidate(piece)) return;
    this.lead(this.copies[piece]!, this.places[piece]!);
    this.total++;
  }

  /** The piece is a candidate no longer. */
  remove(piece: number): void {
    if (!this.isCandidate(piece)) return;
    const a = this.copies[piece]!;
    this.swap(this.places[piece]!, this.starts[a]! + this.unlead(a));
    this.total--;
  }

  /** The rarest candidate that `accept` takes, or -1. */
  pick(accept: (piece: number) => boolean): number {
    for (let a = this.led.nextSet(0); a >= 0; a = this.led.nextSet(a + 1)) {
      const start = this.starts[a]!;
      for (let i = start; i < start + this.leading[a]!; i++) if (accept(this.order[i]!)) return this.order[i]!;
    }
    return -1;
  }

  /** The rarest candidate of all, or -1: what to ask of a peer that has everything. */
  rarest(): number {
    return this.pick(() => true);
  }

  /**
   * The rarest candidate that a peer counted here has, or -1 if none is among the `limit` rarest. Pieces without a
   * copy are passed over, since this peer's own copy would be one.
   */
  pickFor(bits: Bitfield, limit: number): number {
    let left = limit;
    for (let a = this.led.nextSet(1); a >= 0; a = this.led.nextSet(a + 1)) {
      const start = this.starts[a]!;
      const end = start + Math.min(left, this.leading[a]!);
      for (let i = start; i < end; i++) if (bits.has(this.order[i]!)) return this.order[i]!;
      left -= end - start;
      if (left === 0) return -1;
    }
    return -1;
  }

  /** By counting: how many pieces each bucket has, so where the next begins. */
  private sort(): void {
    const { starts, order, copies, places } = this;
    for (const piece of order) starts[copies[piece]! + 1]!++;
    for (let a = 1; a < starts.length; a++) starts[a]! += starts[a - 1]!;
    const next = starts.slice();
    for (const piece of order.slice()) {
      const place = next[copies[piece]!]!++;
      order[place] = piece;
      places[piece] = place;
    }
  }

  /** The piece at `place` of bucket `a`, not yet one of its candidates, joins them at a random place. */
  private lead(a: number, place: number): void {
    const start = this.starts[a]!;
    const last = start + this.leading[a]!++;
    this.led.set(a);
    this.swap(place, last);
    this.swap(last, start + this.random.below(this.leading[a]!));
  }

  /** One candidate less in bucket `a`; gives how many are left. */
  private unlead(a: number): number {
    const left = --this.leading[a]!;
    if (left === 0) this.led.clear(a);
    return left;
  }

  private swap(i: number, j: number): void {
    const a = this.order[i]!;
    const b = this.order[j]!;
    this.order[i] = b;
    this.order[j] = a;
    this.places[b] = i;
    this.places[a] = j;
  }

  /** Makes bucket `a`, and the end of it, exist. */
  private needBucket(a: number): void {
    const { length } = this.starts;
    if (a + 1 < length) return;
    const starts = new Uint32Array(length * 2).fill(this.order.length, length);
    starts.set(this.starts);
    const leading = new Uint32Array(length * 2);
    leading.set(this.leading);
    const led = new Bitfield(length * 2);
    for (let b = this.led.nextSet(0); b >= 0; b = this.led.nextSet(b + 1)) led.set(b);
    this.starts = starts;
    this.leading = leading;
    this.led = led;
  }
}
