/**
 * Layout: how the one byte stream of a torrent falls into files, pieces and blocks (BEP 3, BEP 47 for padding).
 * Offsets are plain numbers and exact up to 2^53; piece offsets are products, never 32-bit arithmetic.
 * Cost: a span list is a binary search, O(log files), and one step for each file it touches.
 * Invariant: spans are in stream order, none is empty, and their lengths sum to what was asked.
 */
import { BLOCK_BYTES, type Bytes } from '../base/units.js';
import type { Bitfield } from './bitfield.js';

export interface LayoutFile {
  readonly length: Bytes;
  /** Zeros that exist in the stream but not on disk (BEP 47, attribute `p`). */
  readonly padding: boolean;
}
export interface LayoutSpec {
  readonly files: readonly LayoutFile[];
  readonly pieceLength: Bytes;
  readonly totalBytes: Bytes;
}
/** A run of bytes inside one file; `file` counts from 0 in metainfo order, `offset` from the start of that file. */
export interface Span {
  readonly file: number;
  readonly offset: Bytes;
  readonly length: Bytes;
}

export class Layout {
  readonly files: readonly LayoutFile[];
  readonly pieceLength: Bytes;
  readonly totalBytes: Bytes;
  readonly pieceCount: number;
  /** Stream offset of each file. */
  private readonly starts: Float64Array;
  /** Files that have bytes, in order: the only ones a search may land on. */
  private readonly solid: Uint32Array;

  constructor({ files, pieceLength, totalBytes }: LayoutSpec) {
    if (!(pieceLength > 0)) throw new RangeError(`piece length ${pieceLength}`);
    this.files = files;
    this.pieceLength = pieceLength;
    this.totalBytes = totalBytes;
    this.pieceCount = Math.ceil(totalBytes / pieceLength);
    this.starts = new Float64Array(files.length);
    let at = 0;
    files.forEach((file, i) => {
      this.starts[i] = at;
      at += file.length;
    });
    if (at !== totalBytes) throw new RangeError(`files hold ${at} bytes, the torrent ${totalBytes}`);
    this.solid = Uint32Array.from(files.flatMap((file, i) => (file.length > 0 ? [i] : [])));
  }

  /** Length of a piece: `pieceLength`, except perhaps for the last. */
  pieceBytes(piece: number): Bytes {
    this.mustContain(piece);
    return Math.min(this.pieceLength, this.totalBytes - piece * this.pieceLength);
  }

  blocksIn(piece: number): number {
    return Math.ceil(this.pieceBytes(piece) / BLOCK_BYTES);
  }

  /** Length of one block: BLOCK_BYTES, except perhaps for the last of a piece. */
  blockBytes(piece: number, block: number): Bytes {
    return Math.min(BLOCK_BYTES, this.pieceBytes(piece) - block * BLOCK_BYTES);
  }

  pieceSpans(piece: number): readonly Span[] {
    return this.spans(piece * this.pieceLength, this.pieceBytes(piece));
  }

  /** The file runs that make up `length` bytes of the stream from `offset`. */
  spans(offset: Bytes, length: Bytes): readonly Span[] {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.totalBytes)) {
      throw new RangeError(`bytes ${offset}+${length} of a torrent of ${this.totalBytes}`);
    }
    const spans: Span[] = [];
    const end = offset + length;
    let at = offset;
    for (let k = this.solidAt(offset); at < end; k++) {
      const file = this.solid[k]!;
      const start = this.starts[file]!;
      const stop = Math.min(end, start + this.files[file]!.length);
      spans.push({ file, offset: at - start, length: stop - at });
      at = stop;
    }
    return spans;
  }

  /** First and last piece that hold bytes of `file`; for an empty file `last` is `first - 1`. */
  piecesOf(file: number): { readonly first: number; readonly last: number } {
    const start = this.starts[file];
    if (start === undefined) throw new RangeError(`file ${file} of ${this.files.length}`);
    const first = Math.floor(start / this.pieceLength);
    const { length } = this.files[file]!;
    return { first, last: length === 0 ? first - 1 : Math.floor((start + length - 1) / this.pieceLength) };
  }

  /** Bytes of `file` that lie in these pieces. O(pieces of the file). */
  bytesIn(file: number, pieces: Bitfield): Bytes {
    const { first, last } = this.piecesOf(file);
    const start = this.starts[file]!;
    const end = start + this.files[file]!.length;
    let bytes = 0;
    for (let piece = pieces.nextSet(first); piece >= 0 && piece <= last; piece = pieces.nextSet(piece + 1)) {
      const at = piece * this.pieceLength;
      bytes += Math.min(end, at + this.pieceLength) - Math.max(start, at);
    }
    return bytes;
  }

  /** Index into `solid` of the last file that starts at or before `offset`. */
  private solidAt(offset: Bytes): number {
    let low = 0;
    let high = this.solid.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.starts[this.solid[middle]!]! <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  private mustContain(piece: number): void {
    if (!(piece >= 0 && piece < this.pieceCount)) throw new RangeError(`piece ${piece} of ${this.pieceCount}`);
  }
}
