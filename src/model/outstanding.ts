/**
 * Outstanding: the blocks we have asked one peer for and not got. At most one request for a block; O(1) for each change.
 */
import type { Bytes, Millis } from '../base/units.js';

export interface AskedBlock {
  readonly piece: number;
  readonly begin: Bytes;
  readonly length: Bytes;
  readonly askedAt: Millis;
}

/** Above the largest `begin` in blocks of any piece that metainfo may describe (256 MiB). */
const BLOCKS_PER_PIECE = 2 ** 14;
const SMALLEST = 2 ** 14;

export class Outstanding {
  private readonly blocks = new Map<number, AskedBlock>();

  get size(): number {
    return this.blocks.size;
  }

  /** False where it was asked for already: it is the newest now. */
  add(block: AskedBlock): boolean {
    const key = keyOf(block.piece, block.begin);
    const isNew = !this.blocks.delete(key);
    this.blocks.set(key, block);
    return isNew;
  }

  /** The one asked for first. */
  get oldest(): AskedBlock | undefined {
    const [oldest] = this.blocks.values();
    return oldest;
  }

  /** Takes the request out; undefined where there was none. What peers send is any u32, and may have the key of another block. */
  take(piece: number, begin: Bytes): AskedBlock | undefined {
    const key = keyOf(piece, begin);
    const block = this.blocks.get(key);
    if (block?.piece !== piece || block.begin !== begin) return undefined;
    this.blocks.delete(key);
    return block;
  }

  clear(): void {
    this.blocks.clear();
  }
}

const keyOf = (piece: number, begin: Bytes): number => piece * BLOCKS_PER_PIECE + begin / SMALLEST;
