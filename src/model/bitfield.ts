/**
 * Bitfield: a set of piece (or block) indices, one bit each.
 * Shape: `ceil(length / 8)` bytes, bit 0 is the high bit of byte 0, spare bits of the last byte are zero (BEP 3).
 * Cost: `has`, `set`, `clear` and `count` are O(1); the searches skip eight indices at a time.
 */
import { flaw, ok, type Result } from '../base/result.js';

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

export class Bitfield {
  readonly length: number;
  private readonly octets: Uint8Array;
  private ones = 0;

  /** An empty set over 0 .. length-1. */
  constructor(length: number) {
    this.length = length;
    this.octets = new Uint8Array(byteCount(length));
  }

  static full(length: number): Bitfield {
    const all = new Bitfield(length);
    all.octets.fill(0xff);
    if (length > 0) all.octets[all.octets.length - 1] = 0xff & ~spareBits(length);
    all.ones = length;
    return all;
  }

  /** What a peer or a resume record sent; the bytes are copied. A wrong size or a set spare bit is a flaw (BEP 3). */
  static parse(bytes: Uint8Array, length: number): Result<Bitfield> {
    if (bytes.length !== byteCount(length)) {
      return flaw('bitfield', `${byteCount(length)} bytes for ${length} bits`, `${bytes.length} bytes`);
    }
    const spare = length === 0 ? 0 : bytes[bytes.length - 1]! & spareBits(length);
    if (spare !== 0) return flaw('bitfield', 'zero in the spare bits', `0x${spare.toString(16).padStart(2, '0')}`);
    const field = new Bitfield(length);
    field.octets.set(bytes);
    for (const octet of field.octets) field.ones += ONES[octet]!;
    return ok(field);
  }

  /** How many bits are set. */
  get count(): number {
    return this.ones;
  }

  get isFull(): boolean {
    return this.ones === this.length;
  }

  get isEmpty(): boolean {
    return this.ones === 0;
  }

  /** False for an index out of range. */
  has(i: number): boolean {
    return (this.octets[i >>> 3]! & (0x80 >>> (i & 7))) !== 0;
  }

  /** True if the bit was clear before. */
  set(i: number): boolean {
    this.mustContain(i);
    if (this.has(i)) return false;
    this.octets[i >>> 3]! |= 0x80 >>> (i & 7);
    this.ones++;
    return true;
  }

  /** True if the bit was set before. */
  clear(i: number): boolean {
    this.mustContain(i);
    if (!this.has(i)) return false;
    this.octets[i >>> 3]! &= ~(0x80 >>> (i & 7));
    this.ones--;
    return true;
  }

  /** The lowest set index that is at least `from`, or -1. */
  nextSet(from: number): number {
    return this.next(from, 0, this.octets);
  }

  /** The lowest clear index that is at least `from`, or -1. */
  nextMissing(from: number): number {
    const i = this.next(from, 0xff, null);
    return i < this.length ? i : -1;
  }

  /** The lowest index that is at least `from` and set both here and in `other`, or -1. */
  nextCommon(other: Bitfield, from: number): number {
    return this.next(from, 0, other.octets);
  }

  /** The highest index that is at most `from` and set both here and in `other`, or -1. */
  lastCommon(other: Bitfield, from: number): number {
    for (let i = from; i >= 0; i = (i & ~7) - 1) {
      const k = i >>> 3;
      const rest = this.octets[k]! & other.octets[k]! & (0xff << (7 - (i & 7)));
      if (rest !== 0) return (i | 7) - (31 - Math.clz32(rest & -rest));
    }
    return -1;
  }

  /** How many indices are set both here and in `other`. */
  countCommon(other: Bitfield): number {
    let n = 0;
    for (let k = 0; k < this.octets.length; k++) n += ONES[this.octets[k]! & other.octets[k]!]!;
    return n;
  }

  /** A copy in wire form. */
  bytes(): Uint8Array {
    return this.octets.slice();
  }

  clone(): Bitfield {
    const copy = new Bitfield(this.length);
    copy.octets.set(this.octets);
    copy.ones = this.ones;
    return copy;
  }

  /** First set bit, from `from` on, of (octets XOR flip) AND mask. */
  private next(from: number, flip: number, mask: Uint8Array | null): number {
    for (let i = from; i < this.length; i = (i | 7) + 1) {
      const k = i >>> 3;
      const octet = (this.octets[k]! ^ flip) & (mask === null ? 0xff : mask[k]!);
      const rest = (octet << (i & 7)) & 0xff;
      if (rest !== 0) return i + Math.clz32(rest) - 24;
    }
    return -1;
  }

  private mustContain(i: number): void {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`bit ${i} of a bitfield of ${this.length}`);
  }
}

const byteCount = (length: number): number => Math.ceil(length / 8);
/** The bits of the last byte that stand for no index. */
const spareBits = (length: number): number => 0xff >>> (((length - 1) & 7) + 1);
