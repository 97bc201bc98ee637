/**
 * Outstanding: the blocks we have asked one peer for and not got. At most one request for a block; O(1) for each change.
 */
import type { Bytes } from '../base/units.js';

export interface AskedBlock {
  readonly piece: number;
  readonly begin: Bytes;
  readonly length: Bytes;
}

/** Above the largest `begin` in blocks of any piece that metainfo may describe (256 MiB). */
const BLOCKS_PER_PIECE = 2 ** 14;
const SMALLEST = 2 ** 14;

export class Outstanding {
  private readonly blocks = new Map<number, AskedBlock>();

  get size(): number {
    return this.blocks.size;
  }

  add(block: AskedBlock): void {
    this.blocks.set(keyOf(block.piece, block.begin), block);
  }

  has(piece: number, begin: Bytes): boolean {
    return this.blocks.has(keyOf(piece, begin));
  }

  /** Takes the request out; undefined where there was none. */
  take(piece: number, begin: Bytes): AskedBlock | undefined {
    const key = keyOf(piece, begin);
    const block = this.blocks.get(key);
    if (block) this.blocks.delete(key);
    return block;
  }

  clear(): void {
    this.blocks.clear();
  }
}

const keyOf = (piece: number, begin: Bytes): number => piece * BLOCKS_PER_PIECE + begin / SMALLEST;
