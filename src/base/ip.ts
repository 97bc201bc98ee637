/**
 * IP addresses: text to bytes (4 for IPv4, 16 for IPv6, network order) and back. Text out is canonical, so that equal
 * addresses are equal strings: dotted quad without leading zeros, and RFC 5952 for IPv6 (lower case, the longest run
 * of zero groups as `::`, mapped IPv4 as `::ffff:1.2.3.4`). Zones (`fe80::1%eth0`) are refused: they mean nothing to
 * others.
 */
export type IpFamily = 4 | 6;
export const IPV4_BYTES = 4;
export const IPV6_BYTES = 16;
/** Of an address in text. */
export const familyOf = (address: string): IpFamily => (ipBytes(address)?.length === IPV4_BYTES ? 4 : 6);
export const isIpLength = (bytes: number): boolean => bytes === IPV4_BYTES || bytes === IPV6_BYTES;

/** 4 or 16 bytes, or undefined where `text` is no address. */
export function ipBytes(text: string): Uint8Array | undefined {
  const bytes = text.includes(':') ? v6Bytes(text) : v4Bytes(text);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}

/** Canonical text of 4 or 16 bytes; any other length is the caller's mistake. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === IPV4_BYTES) return bytes.join('.');
  if (bytes.length === IPV6_BYTES) return v6Text(bytes);
  throw new Error(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
}

function v4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split('.', IPV4_BYTES + 1);
  const sound = parts.length === IPV4_BYTES && parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255);
  return sound ? parts.map(Number) : undefined;
}

function v6Bytes(text: string): readonly number[] | undefined {
  if (text.length > 45) return undefined; // eight full groups, the last two as a dotted quad
  const [before, after, more] = text.split('::', 3);
  if (before === undefined || more !== undefined) return undefined;
  const head = groups(before, after === undefined);
  const tail = groups(after ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const zeros = IPV6_BYTES - head.length - tail.length;
  if (after === undefined ? zeros !== 0 : zeros < 2) return undefined;
  return [...head, ...new Array<number>(zeros).fill(0), ...tail];
}

/** The bytes of `a:b:c`; the last group may be a dotted quad where it ends the address. */
function groups(text: string, endsAddress: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      const group = Number.parseInt(part, 16);
      bytes.push(group >> 8, group & 255);
    } else {
      const quad = endsAddress && i === parts.length - 1 ? v4Bytes(part) : undefined;
      if (quad === undefined) return undefined;
      bytes.push(...quad);
    }
  }
  return bytes;
}

function v6Text(bytes: Uint8Array): string {
  const mapped = bytes.subarray(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return `::ffff:${bytes.subarray(12).join('.')}`;
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const { start, length } = longestZeros(words);
  const hex = (from: number, to: number): string => words.slice(from, to).map((w) => w.toString(16)).join(':');
  return length < 2 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`;
}

/** The first of the longest runs of zeros. */
function longestZeros(words: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < words.length; i++) {
    if (words[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}

/** In a private network or on the same link: RFC 1918 and 3927 for IPv4, RFC 4193 and 4291 (2.5.6) for IPv6. Loopback is neither. */
export function isLocalNetwork(host: string): boolean {
  const bytes = ipBytes(host);
  return bytes !== undefined && LOCAL.some(({ prefix, bits }) => prefix.length === bytes.length && startsWith(bytes, prefix, bits));
}

export function isLoopback(host: string): boolean {
  const bytes = ipBytes(host);
  return bytes !== undefined && (bytes.length === IPV4_BYTES ? bytes[0] === 127 : host === '::1');
}

const network = (host: string, bits: number) => ({ prefix: ipBytes(host)!, bits });
const LOCAL = [
  network('10.0.0.0', 8), network('172.16.0.0', 12), network('192.168.0.0', 16), network('169.254.0.0', 16),
  network('fc00::', 7), network('fe80::', 10),
];

const startsWith = (bytes: Uint8Array, prefix: Uint8Array, bits: number): boolean =>
  bytes.every((byte, i) => ((byte ^ prefix[i]!) & maskOf(bits - 8 * i)) === 0);
/** The first `bits` of a byte; none where that is negative. */
const maskOf = (bits: number): number => 0xff00 >> Math.min(8, Math.max(0, bits)) & 0xff;
