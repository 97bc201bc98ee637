/**
 * Strict bencode scan (BEP 3, "bencoding"): is this one canonical value, and small enough? Nothing is built but the
 * path to where we are, so a hostile input costs one pass, O(bytes), with an explicit stack instead of recursion.
 *
 * Refused: leading zeros, -0, negative or overlong lengths, truncation, trailing bytes, keys that are unsorted,
 * repeated or not strings, integers beyond +-(2^53 - 1), and more depth, items or bytes than the limits say. Also
 * refused are keys the decoder of the `bencode` package would confuse with others: `__proto__`, and text behind a byte
 * order mark.
 */
import type { Flaw, Result } from '../base/result.js';
import { fromUtf8, fromUtf8Lossy } from '../base/bytes.js';
import { MIB } from '../base/units.js';
import { compareBytes, toLatin1, type ByteRange } from './raw.js';

export interface ScanLimits {
  readonly maxBytes: number;
  /** Containers inside each other. */
  readonly maxDepth: number;
  /** Values, at any depth; keys are not counted. An item of 2 bytes takes up to 250 once decoded. */
  readonly maxItems: number;
  /** Takes unsorted keys, as some trackers and old clients send them; repeated keys are refused all the same. */
  readonly lenientOrder: boolean;
  /** Takes bytes after the value, as ut_metadata sends a piece behind its dictionary (BEP 9); `Scan.end` says where. */
  readonly allowTrailing: boolean;
}
export const SCAN_LIMITS: ScanLimits = {
  maxBytes: 64 * MIB,
  maxDepth: 100,
  maxItems: 1_000_000,
  lenientOrder: false,
  allowTrailing: false,
};

/** Proof that `bytes` passed: what `members` and the decoder ask for. */
export interface Scan {
  readonly bytes: Uint8Array;
  /** Where the value ends: `bytes.length`, unless trailing bytes are allowed. */
  readonly end: number;
}

export function scan(bytes: Uint8Array, limits: Partial<ScanLimits> = {}): Result<Scan> {
  const scanner = new Scanner(bytes, { ...SCAN_LIMITS, ...limits });
  const error = scanner.run();
  return error === undefined ? { ok: true, value: { bytes, end: scanner.at } } : { ok: false, error };
}

/** The keys of the dictionary that starts at `at`, and where their values are; empty where no dictionary starts. */
export function members({ bytes }: Scan, at = 0): readonly { readonly key: Uint8Array; readonly value: ByteRange }[] {
  const found = [];
  if (bytes[at] !== DICT) return [];
  for (let i = at + 1; bytes[i] !== END; ) {
    const afterKey = endOf(bytes, i);
    const key = stringAt(bytes, i);
    i = endOf(bytes, afterKey);
    found.push({ key, value: { from: afterKey, to: i } });
  }
  return found;
}

/** The content of the string that starts at `at` of scanned bytes, as a view. */
export function stringAt(bytes: Uint8Array, at: number): Uint8Array {
  const from = bytes.indexOf(COLON, at) + 1;
  return bytes.subarray(from, from + decimal(bytes, at, from - 1));
}

const INTEGER = 0x69, LIST = 0x6c, DICT = 0x64, END = 0x65, COLON = 0x3a, MINUS = 0x2d, ZERO = 0x30, NINE = 0x39;
/** As many as 2^53 has; more cannot be in range, so we look no further. */
const MAX_DIGITS = 16;

/** Where the value that starts at `at` of scanned bytes ends. */
function endOf(bytes: Uint8Array, at: number): number {
  let depth = 0;
  do {
    const c = bytes[at];
    if (c === LIST || c === DICT) depth++;
    else if (c === END) depth--;
    else if (c === INTEGER) at = bytes.indexOf(END, at);
    else {
      const colon = bytes.indexOf(COLON, at);
      at = colon + decimal(bytes, at, colon);
    }
    at++;
  } while (depth > 0);
  return at;
}

function decimal(bytes: Uint8Array, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) n = n * 10 + (bytes[i]! - ZERO); // exact up to 2^53
  return n;
}

/** A list or dictionary that is open, and how far we are in it. */
interface Open {
  readonly dict: boolean;
  /** Values begun. */
  count: number;
  /** In a dictionary: the last key, and whether its value is still to come. */
  key: Uint8Array | undefined;
  awaitsValue: boolean;
  /** All keys so far, where order does not show a repeated one. */
  readonly seen: Set<string> | undefined;
}

class Scanner {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #limits: ScanLimits;
  readonly #open: Open[] = [];
  #items = 0;

  constructor(bytes: Uint8Array, limits: ScanLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  run(): Flaw | undefined {
    const { maxBytes, allowTrailing } = this.#limits;
    if (this.#bytes.length > maxBytes) return this.#flaw(`at most ${maxBytes} bytes`, `${this.#bytes.length} bytes`);
    do {
      const error = this.#next();
      if (error !== undefined) return error;
    } while (this.#open.length > 0);
    const trailing = this.#bytes.length - this.at;
    return trailing === 0 || allowTrailing ? undefined : this.#flaw('the end', `${trailing} bytes more`);
  }

  /** One key, one value begun, or one container closed; always moves on. */
  #next(): Flaw | undefined {
    const inside = this.#open.at(-1);
    const c = this.#bytes[this.at];
    if (inside !== undefined && c === END) {
      if (inside.awaitsValue) return this.#flaw('a value', 'the end of the dictionary');
      this.#open.pop();
      this.at++;
      return undefined;
    }
    if (inside?.dict === true && !inside.awaitsValue) return this.#key(inside);
    if (++this.#items > this.#limits.maxItems) return this.#flaw(`at most ${this.#limits.maxItems} items`, 'more');
    if (inside !== undefined) {
      inside.count++;
      inside.awaitsValue = false;
    }
    if (c === LIST || c === DICT) return this.#begin(c === DICT);
    if (c === INTEGER) return this.#integer();
    return this.#string('a value');
  }

  #begin(dict: boolean): Flaw | undefined {
    const { maxDepth, lenientOrder } = this.#limits;
    if (this.#open.length >= maxDepth) return this.#flaw(`at most ${maxDepth} levels`, 'more');
    const seen = dict && lenientOrder ? new Set<string>() : undefined;
    this.#open.push({ dict, count: 0, key: undefined, awaitsValue: false, seen });
    this.at++;
    return undefined;
  }

  #key(inside: Open): Flaw | undefined {
    const start = this.at;
    const error = this.#string('a key');
    if (error !== undefined) return error;
    const key = stringAt(this.#bytes, start);
    const previous = inside.key;
    inside.key = key;
    inside.awaitsValue = true;
    if (inside.seen !== undefined) {
      const name = toLatin1(key);
      if (inside.seen.has(name)) return this.#flaw('each key once', 'it again');
      inside.seen.add(name);
    } else if (previous !== undefined) {
      const order = compareBytes(previous, key);
      if (order === 0) return this.#flaw('each key once', 'it again');
      if (order > 0) return this.#flaw('sorted keys', `it after ${quoted(previous)}`);
    }
    return isConfusable(key) ? this.#flaw('a key that cannot be confused', quoted(key)) : undefined;
  }

  #integer(): Flaw | undefined {
    const negative = this.#bytes[this.at + 1] === MINUS;
    const digits = this.at + (negative ? 2 : 1);
    const end = this.#digitsEnd(digits);
    if (end === digits) return this.#flaw('digits', this.#found(digits));
    if (this.#bytes[digits] === ZERO && (negative || end > digits + 1)) {
      return this.#flaw('an integer without leading zeros or -0', this.#found(this.at));
    }
    if (end - digits > MAX_DIGITS || decimal(this.#bytes, digits, end) > Number.MAX_SAFE_INTEGER) {
      return this.#flaw('an integer within +-(2^53 - 1)', this.#found(this.at));
    }
    if (this.#bytes[end] !== END) return this.#flaw("'e' after the digits", this.#found(end));
    this.at = end + 1;
    return undefined;
  }

  #string(what: string): Flaw | undefined {
    const end = this.#digitsEnd(this.at);
    if (end === this.at) return this.#flaw(what, this.#found(end));
    const length = decimal(this.#bytes, this.at, end);
    if (this.#bytes[this.at] === ZERO && end > this.at + 1) {
      return this.#flaw('a length without leading zeros', this.#found(this.at));
    }
    if (this.#bytes[end] !== COLON) return this.#flaw("':' after the length", this.#found(end));
    const left = this.#bytes.length - end - 1;
    if (length > left) return this.#flaw(`a string of ${length} bytes`, `${left} bytes`);
    this.at = end + 1 + length;
    return undefined;
  }

  #digitsEnd(from: number): number {
    let i = from;
    for (const limit = from + MAX_DIGITS + 1; i < limit; i++) {
      const c = this.#bytes[i];
      if (c === undefined || c < ZERO || c > NINE) break;
    }
    return i;
  }

  #found(at: number): string {
    return at < this.#bytes.length ? quoted(this.#bytes.subarray(at, at + 20)) : 'the end of the data';
  }

  /** Names the place: `info.files[3].length`, or `bencode` for the whole. */
  #flaw(expected: string, found: string): Flaw {
    let field = '';
    for (const { dict, key, count } of this.#open) {
      if (!dict) field += `[${Math.max(0, count - 1)}]`;
      else if (key !== undefined) field += `${field && '.'}${fromUtf8Lossy(key.subarray(0, 40))}`;
    }
    return { field: field || 'bencode', expected, found: `${found} at byte ${this.at}` };
  }
}

const quoted = (bytes: Uint8Array): string => JSON.stringify(fromUtf8Lossy(bytes.subarray(0, 40)));

/** An object's `__proto__` is no ordinary member, and text loses a leading mark (EF BB BF) when decoded. */
function isConfusable(key: Uint8Array): boolean {
  if (key[0] === 0x5f) return toLatin1(key.subarray(0, 10)) === '__proto__';
  return key[0] === 0xef && key[1] === 0xbb && key[2] === 0xbf && fromUtf8(key) !== undefined;
}
