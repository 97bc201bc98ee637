/**
 * Bencode (BEP 3): values to bytes and back. The `bencode` package does the work, but never meets bytes that have not
 * passed the strict scan, nor values it would encode wrongly. Strings arrive as Uint8Array (a copy); keys as text, or
 * as hex where they are not UTF-8: for dictionaries keyed by raw bytes, use `members` of the scan.
 */
import bencode from 'bencode';
import { ok, type Result } from '../base/result.js';
import { toUtf8 } from '../base/bytes.js';
import { members, scan, type Scan, type ScanLimits } from './bencode-scan.js';
import { toLatin1, type ByteRange } from './raw.js';

export { members, scan, SCAN_LIMITS, type Scan, type ScanLimits } from './bencode-scan.js';
export type { ByteRange } from './raw.js';

/** What decoding yields. Read dictionaries through fields.ts, which looks at own members only. */
export type BValue = number | Uint8Array | readonly BValue[] | BDict;
export interface BDict {
  readonly [key: string]: BValue;
}
/** What can be encoded: text goes out as UTF-8, and members that are undefined are left out. */
export type BInput = number | string | Uint8Array | readonly BInput[] | BInputDict | BInputMap;
/** For keys that are no text. */
export type BInputMap = ReadonlyMap<string | Uint8Array, BInput>;
export interface BInputDict {
  readonly [key: string]: BInput | undefined;
}

export function decode(bytes: Uint8Array, limits: Partial<ScanLimits> = {}): Result<BValue> {
  const scanned = scan(bytes, limits);
  return scanned.ok ? ok(decodeScanned(scanned.value)) : scanned;
}

/** For callers that need the scan too, or a part of its bytes. */
export function decodeScanned({ bytes, end }: Scan, range: ByteRange = { from: 0, to: end }): BValue {
  const value = bencode.decode(bytes.subarray(range.from, range.to)) as BValue;
  // The package keeps a copy of its last input for good; let it keep a small one.
  if (bytes.length > 65_536) bencode.decode(EMPTY_LIST);
  return value;
}
const EMPTY_LIST = toUtf8('le');

/** Where the value of a top-level key lies; undefined where there is none, or no sound bencode. In any key order. */
export function rangeOf(bytes: Uint8Array, key: string): ByteRange | undefined {
  const scanned = scan(bytes, { lenientOrder: true });
  return scanned.ok ? rangeIn(scanned.value, key) : undefined;
}
export function rangeIn(scanned: Scan, key: string, at = 0): ByteRange | undefined {
  const wanted = toLatin1(toUtf8(key));
  return members(scanned, at).find((m) => toLatin1(m.key) === wanted)?.value;
}

/** Canonical. Throws on numbers that are not integers within +-(2^53 - 1): a mistake of ours, not of the outside. */
export function encode(value: BInput): Uint8Array {
  return bencode.encode(prepared(value));
}

/** The same value in terms in which the package's output is canonical: dictionaries as Maps sorted by raw key bytes. */
function prepared(value: BInput): unknown {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`bencode: not an integer within +-(2^53 - 1): ${value}`);
    return value;
  }
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (isList(value)) return value.map(prepared);
  const entries = value instanceof Map ? [...value] : Object.entries(value as BInputDict);
  const out = new Map<KeyBytes, unknown>();
  for (const [key, item] of entries) {
    if (item !== undefined) out.set(new KeyBytes(typeof key === 'string' ? toUtf8(key) : key), prepared(item));
  }
  return out;
}

const isList = (value: object): value is readonly BInput[] => Array.isArray(value);

/** A key the package writes as it is, and sorts, as `sort()` does, by its text: one character a byte, so byte order. */
class KeyBytes extends Uint8Array {
  override toString(): string {
    return toLatin1(this);
  }
}
