/**
 * Blame: who spoilt a piece. Of each copy that failed its hash the digests of its blocks are kept, with who sent them; once a copy is
 * right, whoever sent a block that differs from it lied, and whoever did not is cleared. Kept until the piece is right: 28 bytes a block and copy.
 */
import type { PeerKey } from '../base/brand.js';
import { equalBytes } from '../base/bytes.js';

/** A digest of each block, one after the other. */
export type BlockDigests = Uint8Array;
export const DIGEST_BYTES = 20;

interface Copy {
  readonly digests: BlockDigests;
  /** Of each block; negative: nobody who is connected. */
  readonly senders: readonly number[];
}

export class Blame {
  private readonly copies = new Map<number, Copy[]>();

  failed(piece: number, copy: Copy): void {
    this.copies.set(piece, [...this.copies.get(piece) ?? [], copy]);
  }

  /** A copy is right: who sent others, each once. */
  passed(piece: number, digests: BlockDigests): PeerKey[] {
    const liars = new Set<number>();
    for (const copy of this.copies.get(piece) ?? []) {
      copy.senders.forEach((sender, block) => {
        if (sender >= 0 && !equalBytes(digestOf(copy.digests, block), digestOf(digests, block))) liars.add(sender);
      });
    }
    this.copies.delete(piece);
    return [...liars] as PeerKey[];
  }
}

const digestOf = (digests: BlockDigests, block: number): Uint8Array =>
  digests.subarray(DIGEST_BYTES * block, DIGEST_BYTES * (block + 1));
