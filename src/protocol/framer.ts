/**
 * Framer: a peer's byte stream (BEP 3, 6, 10), cut anywhere, to handshake, messages and blocks. The hot path of
 * receiving.
 *
 * A block whose payload lies in one input is handed out as a view of it, valid while the input is; one that spans
 * inputs is gathered in one of two buffers of ours, taken in turn, so that it stays valid until the next but one is
 * gathered. Nothing else is allocated per block. Payload takes credit, byte for byte; all other messages pass without.
 *
 * Invariant: what has been consumed but not handed out is in `#small` (the start of a frame), `#large` (a long
 * message) or `#gather[#turn]` (a block), and nowhere else. An idle framer keeps no buffer but 68 bytes.
 */
import { readU32 } from '../base/bytes.js';
import type { Flaw } from '../base/result.js';
import { BLOCK_BYTES, KIB, MIB } from '../base/units.js';
import { decodeHandshake, HANDSHAKE_BYTES, prefixFlaw, type Handshake } from './handshake.js';
import { decodeMessage, ID, lengthFlaw, PIECE_HEADER_BYTES, PLAIN, type WireMessage } from './wire.js';

export interface FrameSink {
  handshake(h: Handshake): void;
  message(m: WireMessage): void;
  /** `data` is a view: use or copy it before the call returns, or while the input and the framer's turn last. */
  block(piece: number, begin: number, data: Uint8Array): void;
}

export interface FramerLimits {
  readonly maxBlockBytes: number;
  /** Length field of any message but a block. The default takes the bitfield of 8 million pieces. */
  readonly maxMessageBytes: number;
  /** False where the handshake has been read already. */
  readonly expectHandshake: boolean;
}
const DEFAULTS: FramerLimits = { maxBlockBytes: 128 * KIB, maxMessageBytes: MIB + 64, expectHandshake: true };

/** The least a long message's buffer begins with; it doubles as bytes really come, so a claim alone costs nothing. */
const FIRST_LARGE = 4 * KIB;
const NOTHING = new Uint8Array(0);

export class Framer {
  readonly #sink: FrameSink;
  readonly #limits: FramerLimits;
  /** In `handshake` and `frame`, `#filled` bytes are in `#small`; in `large` and `block`, in the buffer of the body. */
  #phase: 'handshake' | 'frame' | 'large' | 'block';
  #filled = 0;
  readonly #small = new Uint8Array(HANDSHAKE_BYTES);

  /** The body (id and payload) of a message that spans inputs and is too long for `#small`. */
  #large = NOTHING;
  #largeLength = 0;

  #piece = 0;
  #begin = 0;
  #blockLength = 0;
  readonly #gather: [Uint8Array, Uint8Array] = [NOTHING, NOTHING];
  #turn: 0 | 1 = 0;

  #spent = 0;
  #stopped = false;
  #flaw: Flaw | undefined;

  constructor(sink: FrameSink, limits: Partial<FramerLimits> = {}) {
    this.#sink = sink;
    this.#limits = { ...DEFAULTS, ...limits };
    this.#phase = this.#limits.expectHandshake ? 'handshake' : 'frame';
  }

  /** Payload bytes taken by the last `feed`. */
  get spent(): number {
    return this.#spent;
  }

  /** Payload bytes still missing of the block being received; 0 between blocks. */
  get payloadPending(): number {
    return this.#phase === 'block' ? this.#blockLength - this.#filled : 0;
  }

  /** The violation that ended this stream; nothing is consumed after it. */
  get flaw(): Flaw | undefined {
    return this.#flaw;
  }

  /** Called from the sink: `feed` returns before the next frame. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Consumes `input` from index `from`, returns the index it stopped at. That is short of the end only when `credit`
   * is used up inside a block, `stop` was called, or there is a flaw. `credit` is in payload bytes and may be
   * Infinity.
   */
  feed(input: Uint8Array, from: number, credit: number): number {
    this.#spent = 0;
    this.#stopped = false;
    const whole = Math.floor(credit); // a token bucket may hold a part of a byte
    let at = from;
    while (at < input.length && !this.#stopped && this.#flaw === undefined) {
      switch (this.#phase) {
        case 'handshake':
          at = this.#takeHandshake(input, at);
          break;
        case 'frame':
          at = this.#filled === 0 ? this.#takeFrame(input, at) : this.#gatherFrame(input, at);
          break;
        case 'large':
          at = this.#gatherLarge(input, at);
          break;
        case 'block':
          if (this.#spent >= whole) return at;
          at = this.#takeBlock(input, at, whole - this.#spent);
          break;
      }
    }
    return at;
  }

  // THE START OF A FRAME -----------------------------------------------------------------

  #takeHandshake(input: Uint8Array, from: number): number {
    const at = this.#fill(input, from, HANDSHAKE_BYTES);
    this.#flaw = prefixFlaw(this.#small, this.#filled);
    if (this.#filled < HANDSHAKE_BYTES || this.#flaw !== undefined) return at;
    this.#nextFrame();
    this.#sink.handshake(decodeHandshake(this.#small));
    return at;
  }

  /** Between frames: reads in place as far as the input goes, and only a frame cut short goes to `#small`. */
  #takeFrame(input: Uint8Array, at: number): number {
    const left = input.length - at;
    if (left < 5) return this.#gatherFrame(input, at);
    const length = readU32(input, at);
    if (length === 0) {
      this.#sink.message(PLAIN.keepAlive);
      return at + 4;
    }
    const id = input[at + 4]!;
    if (!this.#allows(id, length)) return at;
    if (id === ID.piece) {
      if (left < PIECE_HEADER_BYTES) return this.#gatherFrame(input, at);
      this.#beginBlock(input, at, length);
      return at + PIECE_HEADER_BYTES;
    }
    if (left < 4 + length) return this.#gatherFrame(input, at);
    this.#sink.message(decodeMessage(input, at + 4, length));
    return at + 4 + length;
  }

  /** A frame cut by the end of an input: its length first, then its id, then all of it or of its header. */
  #gatherFrame(input: Uint8Array, from: number): number {
    let at = this.#fill(input, from, 4);
    if (this.#filled < 4) return at;
    const length = readU32(this.#small, 0);
    if (length === 0) {
      this.#nextFrame();
      this.#sink.message(PLAIN.keepAlive);
      return at;
    }
    at = this.#fill(input, at, 5);
    if (this.#filled < 5) return at;
    const id = this.#small[4]!;
    if (!this.#allows(id, length)) return at;
    if (id !== ID.piece && 4 + length > HANDSHAKE_BYTES) return this.#beginLarge(input, at, length);
    const wanted = id === ID.piece ? PIECE_HEADER_BYTES : 4 + length;
    at = this.#fill(input, at, wanted);
    if (this.#filled < wanted) return at;
    this.#nextFrame();
    if (id === ID.piece) this.#beginBlock(this.#small, 0, length);
    else this.#sink.message(decodeMessage(this.#small, 4, length));
    return at;
  }

  /** Moves bytes to `#small` until it has `wanted`, or the input ends. */
  #fill(input: Uint8Array, from: number, wanted: number): number {
    let at = from;
    while (this.#filled < wanted && at < input.length) this.#small[this.#filled++] = input[at++]!;
    return at;
  }

  #nextFrame(): void {
    this.#phase = 'frame';
    this.#filled = 0;
  }

  #allows(id: number, length: number): boolean {
    const { maxBlockBytes, maxMessageBytes } = this.#limits;
    const most = id === ID.piece ? 9 + maxBlockBytes : maxMessageBytes;
    const field = `message ${id}`;
    if (length > most) this.#flaw = { field, expected: `length of at most ${most}`, found: `${length}` };
    else this.#flaw = lengthFlaw(id, length);
    return this.#flaw === undefined;
  }

  // LONG MESSAGES ------------------------------------------------------------------------

  /** `#small` has the length and the id of a message that will not fit there. */
  #beginLarge(input: Uint8Array, at: number, length: number): number {
    this.#phase = 'large';
    this.#largeLength = length;
    this.#large = new Uint8Array(Math.min(length, FIRST_LARGE));
    this.#large[0] = this.#small[4]!;
    this.#filled = 1;
    return this.#gatherLarge(input, at);
  }

  #gatherLarge(input: Uint8Array, at: number): number {
    const n = Math.min(this.#largeLength - this.#filled, input.length - at);
    const needed = this.#filled + n;
    if (needed > this.#large.length) {
      const grown = new Uint8Array(Math.min(this.#largeLength, Math.max(needed, 2 * this.#large.length)));
      grown.set(this.#large.subarray(0, this.#filled));
      this.#large = grown;
    }
    this.#large.set(input.subarray(at, at + n), this.#filled);
    this.#filled = needed;
    if (needed === this.#largeLength) {
      const body = this.#large;
      this.#large = NOTHING;
      this.#nextFrame();
      this.#sink.message(decodeMessage(body, 0, this.#largeLength));
    }
    return at + n;
  }

  // BLOCKS -------------------------------------------------------------------------------

  #beginBlock(header: Uint8Array, at: number, length: number): void {
    this.#phase = 'block';
    this.#filled = 0;
    this.#piece = readU32(header, at + 5);
    this.#begin = readU32(header, at + 9);
    this.#blockLength = length - 9;
  }

  /** At least one byte of input and of credit is there. */
  #takeBlock(input: Uint8Array, at: number, credit: number): number {
    const missing = this.#blockLength - this.#filled;
    const n = Math.min(missing, input.length - at, credit);
    this.#spent += n;
    if (n === this.#blockLength) {
      this.#endBlock(input.subarray(at, at + n));
      return at + n;
    }
    const buffer = this.#gatherBuffer();
    buffer.set(input.subarray(at, at + n), this.#filled);
    this.#filled += n;
    if (n === missing) {
      this.#turn = this.#turn === 0 ? 1 : 0;
      this.#endBlock(buffer.subarray(0, this.#blockLength));
    }
    return at + n;
  }

  #endBlock(data: Uint8Array): void {
    this.#nextFrame();
    this.#sink.block(this.#piece, this.#begin, data);
  }

  /** Sized at the block's start only: it never changes under a block being gathered. */
  #gatherBuffer(): Uint8Array {
    let buffer = this.#gather[this.#turn];
    if (buffer.length < this.#blockLength) {
      buffer = new Uint8Array(Math.max(this.#blockLength, BLOCK_BYTES));
      this.#gather[this.#turn] = buffer;
    }
    return buffer;
  }
}
