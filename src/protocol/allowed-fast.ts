/**
 * The allowed-fast set (BEP 6, "generating the allowed fast set"): pieces a peer may fetch although choked, so that a
 * new peer soon has something to trade. Made from the first 24 bits of the peer's IPv4 address and the info-hash, so a
 * peer that reconnects gets the same pieces. The BEP defines none for IPv6. SHA-1 is injected; expected time O(k).
 */
import type { InfoHash } from '../base/brand.js';
import { concat, fromHex, readU32 } from '../base/bytes.js';
import { ipBytes, IPV4_BYTES } from '../base/ip.js';

/** What the BEP suggests. */
export const ALLOWED_FAST_COUNT = 10;

export interface AllowedFastInput {
  /** The peer's address, as we see it. */
  readonly ip: string;
  readonly infoHash: InfoHash;
  readonly pieceCount: number;
  readonly sha1: (bytes: Uint8Array) => Uint8Array;
  readonly count?: number | undefined;
}

/** In the order in which the algorithm finds them; empty unless `ip` is IPv4. */
export function allowedFastSet(input: AllowedFastInput): readonly number[] {
  const { ip, infoHash, pieceCount, sha1, count = ALLOWED_FAST_COUNT } = input;
  const address = ipBytes(ip);
  if (address?.length !== IPV4_BYTES) return [];
  if (pieceCount <= count) return Array.from({ length: pieceCount }, (_, piece) => piece);
  address[3] = 0;
  const pieces = new Set<number>();
  let x = concat([address, fromHex(infoHash)]);
  while (pieces.size < count) {
    x = sha1(x);
    for (let i = 0; i < 20 && pieces.size < count; i += 4) pieces.add(readU32(x, i) % pieceCount);
  }
  return [...pieces];
}
