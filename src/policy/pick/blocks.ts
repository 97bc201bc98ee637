/**
 * The picker's vocabulary: what it is given and what it answers. Blocks are named by number; block `b` begins at
 * `b * BLOCK_BYTES` in its piece.
 */
import type { PeerKey, PieceIndex } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { Bytes, Millis } from '../../base/units.js';
import type { Bitfield } from '../../model/bitfield.js';
import type { PickOrder } from './selection.js';

export type PieceState = 'have' | 'active' | 'checking' | 'missing' | 'unwanted';

export interface BlockRef {
  readonly piece: PieceIndex;
  readonly block: number;
}
export interface AskedOf extends BlockRef {
  readonly peer: PeerKey;
}

/** What a delivered block was to us. */
export interface Outcome {
  /**
   * `duplicate`: we have it. `unrequested`: we lack it, but this peer does not owe it to us; not proof of malice, since
   * we may have given up on a request that the peer answers very late.
   */
  readonly kind: 'new' | 'duplicate' | 'unrequested';
  /** With this block its piece became complete, and is now checking. */
  readonly pieceComplete: boolean;
  /** Others who had been asked for the block: each wants a `cancel`. */
  readonly cancel: readonly PeerKey[];
}

/** The part of a Layout that picking needs. */
export interface PieceSizes {
  readonly pieceCount: number;
  blocksIn(piece: number): number;
  pieceBytes(piece: number): Bytes;
}

export interface PickerConfig {
  readonly layout: PieceSizes;
  /** Copied. */
  readonly have: Bitfield;
  /** Of each piece: 0 is not wanted, and higher goes first. Absent: all are alike. */
  readonly ranks?: Uint8Array | undefined;
  readonly random: Random;
  readonly order?: PickOrder;
  /** Memory for pieces between their first request and the disk. */
  readonly maxActiveBytes: Bytes;
}

/** Up to `count` blocks are appended to `out`. */
export interface PickRequest {
  readonly count: number;
  readonly now: Millis;
  readonly out: BlockRef[];
}
