/** Helpers for tests of the picker: layouts in whole blocks, bitfields from lists, a picker with peers. */
import { peerKey, type PeerKey } from '../../../src/base/brand.js';
import { fromSeed } from '../../../src/base/random.js';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import { Bitfield } from '../../../src/model/bitfield.js';
import { Layout } from '../../../src/model/layout.js';
import type { BlockRef, PickerConfig } from '../../../src/policy/pick/blocks.js';
import { Picker } from '../../../src/policy/pick/picker.js';
import type { PickOrder } from '../../../src/policy/pick/selection.js';

export interface Setup {
  readonly pieces: number;
  readonly blocks: number;
  /** In pieces; if absent enough for any one peer to be asked for all. */
  readonly memory?: number;
  readonly seed?: number;
  readonly order?: PickOrder;
  readonly have?: readonly number[];
  readonly wanted?: readonly number[];
  /** Of each piece; absent: `wanted` alike, or all. */
  readonly ranks?: Iterable<number> | undefined;
}

export function pickerOf({ pieces, blocks, memory = 4 * pieces, seed = 1, order, have = [], wanted, ranks = wanted && ranksOf(pieces, wanted) }: Setup): Picker {
  const pieceLength = blocks * BLOCK_BYTES;
  const totalBytes = pieces * pieceLength;
  const config: PickerConfig = {
    layout: new Layout({ files: [{ length: totalBytes, padding: false }], pieceLength, totalBytes }),
    have: bitfieldOf(pieces, have),
    random: fromSeed(seed),
    maxActiveBytes: memory * pieceLength,
  };
  return new Picker({ ...config, ...(order && { order }), ...(ranks && { ranks: Uint8Array.from(ranks) }) });
}

/** 1 for these, 0 for the others. */
export function ranksOf(length: number, wanted: readonly number[]): Uint8Array {
  return Uint8Array.from({ length }, (_, piece) => Number(wanted.includes(piece)));
}

export function bitfieldOf(length: number, indices: Iterable<number>): Bitfield {
  const field = new Bitfield(length);
  for (const i of indices) field.set(i);
  return field;
}

export const [A, B, C, D] = [1, 2, 3, 4].map(peerKey) as [PeerKey, PeerKey, PeerKey, PeerKey];

export interface Pieces {
  readonly of: number;
  readonly has: readonly number[];
}

/** A peer that has everything, or the pieces listed. */
export function joined(picker: Picker, peer: PeerKey, pieces?: Pieces): void {
  picker.join(peer);
  if (pieces === undefined) picker.setAll(peer);
  else picker.setBitfield(peer, bitfieldOf(pieces.of, pieces.has));
}

export function picked(picker: Picker, peer: PeerKey, count: number, now = 0): BlockRef[] {
  const out: BlockRef[] = [];
  picker.pick(peer, count, now, out);
  return out;
}

export const named = (refs: readonly BlockRef[]): string[] => refs.map(({ piece, block }) => `${piece}/${block}`);
