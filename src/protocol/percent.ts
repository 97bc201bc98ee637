/**
 * Percent-encoding of raw bytes (RFC 3986, section 2), as trackers and magnet links use it for info-hashes and names,
 * and query strings as lists of pairs. Decoding never fails: a `%` without two hex digits stands for itself.
 */
import { fromUtf8Lossy, toUtf8 } from '../base/bytes.js';

const SAFE = new Set([...toUtf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~')]);

export function percentEncode(bytes: Uint8Array): string {
  let out = '';
  for (const b of bytes) {
    out += SAFE.has(b) ? String.fromCharCode(b) : `%${b < 16 ? '0' : ''}${b.toString(16).toUpperCase()}`;
  }
  return out;
}
export const percentEncodeText = (text: string): string => percentEncode(toUtf8(text));

/** `plusIsSpace` for query strings as forms make them. */
export function percentDecode(text: string, plusIsSpace = false): Uint8Array {
  const source = toUtf8(text);
  const out = new Uint8Array(source.length);
  let n = 0;
  for (let i = 0; i < source.length; i++) {
    const high = source[i] === 0x25 ? nibble(source[i + 1]) : -1;
    const low = high < 0 ? -1 : nibble(source[i + 2]);
    if (low >= 0) {
      out[n++] = (high << 4) | low;
      i += 2;
    } else {
      out[n++] = plusIsSpace && source[i] === 0x2b ? 0x20 : source[i]!;
    }
  }
  return out.subarray(0, n);
}
export const percentDecodeText = (text: string, plusIsSpace = false): string =>
  fromUtf8Lossy(percentDecode(text, plusIsSpace));

/** `a=1&b=2` as pairs in order, values still encoded; at most `max` of them. */
export function queryPairs(query: string, max: number): readonly (readonly [key: string, value: string])[] {
  return query.split('&', max).filter((part) => part !== '').map((part) => {
    const [, key, value] = /^([^=]*)=?(.*)$/s.exec(part)!;
    return [key!, value!];
  });
}

/** `url` with `parts` behind the query it may have (private trackers do); a fragment is not for servers. */
export function withQuery(url: string, parts: readonly string[]): string {
  const base = url.replace(/#.*$/s, '');
  const joint = !base.includes('?') ? '?' : /[?&]$/.test(base) ? '' : '&';
  return `${base}${joint}${parts.join('&')}`;
}

function nibble(c: number | undefined): number {
  if (c === undefined) return -1;
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
