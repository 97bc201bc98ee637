/**
 * Overlap: which of many bitfields share an index with a set that shrinks: whose peers have a piece that we lack.
 * Each member holds one example, an index that is both in its bits and in the set. Only when just that index leaves the set is another
 * sought, downwards. (The watched literals of SAT solvers are the same idea.)
 * Cost: a leaving index concerns those who hold it. While n indices leave in random order, that makes O(log n) searches a member; in
 * ascending order, as in a sequential download, one. Together they pass over the bits of a member about once.
 * Invariant: a member without an example shares nothing with the set.
 */
import type { Bitfield } from './bitfield.js';

export interface Member {
  readonly bits: Bitfield;
}

export class Overlap<M extends Member> {
  private readonly set: Bitfield;
  private readonly examples = new Map<M, number>();
  private readonly holders = new Map<number, Set<M>>();

  /** `set` stays the caller's, who says what leaves and enters. */
  constructor(set: Bitfield) {
    this.set = set;
  }

  has(member: M): boolean {
    return this.examples.has(member);
  }

  /** The bits of `member` are other ones now, or it is new. */
  seek(member: M): void {
    this.drop(member);
    this.find(member, this.set.length - 1);
  }

  /** `index` came to the bits of `member`. True if that is now all it shares. */
  gained(member: M, index: number): boolean {
    if (this.has(member) || !this.set.has(index)) return false;
    this.hold(member, index);
    return true;
  }

  drop(member: M): void {
    const index = this.examples.get(member);
    if (index === undefined) return;
    this.examples.delete(member);
    const holders = this.holders.get(index)!;
    holders.delete(member);
    if (holders.size === 0) this.holders.delete(index);
  }

  /** `index` has left the set. Gives those who share nothing any more. */
  left(index: number): readonly M[] {
    const holders = this.holders.get(index);
    if (holders === undefined) return NOBODY;
    this.holders.delete(index);
    const alone: M[] = [];
    for (const member of holders) {
      this.examples.delete(member);
      // Above the example is only what was gained later.
      if (!this.find(member, index) && !this.find(member, this.set.length - 1)) alone.push(member);
    }
    return alone;
  }

  private find(member: M, from: number): boolean {
    const index = this.set.lastCommon(member.bits, from);
    if (index >= 0) this.hold(member, index);
    return index >= 0;
  }

  private hold(member: M, index: number): void {
    this.examples.set(member, index);
    const holders = this.holders.get(index);
    if (holders === undefined) this.holders.set(index, new Set([member]));
    else holders.add(member);
  }
}

const NOBODY: readonly never[] = [];
