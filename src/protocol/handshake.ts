/**
 * The handshake (BEP 3, "peer protocol"), 68 bytes: 19, `BitTorrent protocol`, 8 reserved bytes, info-hash, peer id.
 * Reserved bits we know: DHT (BEP 5, last bit), fast extension (BEP 6, third last), extension protocol (BEP 10, bit
 * 43).
 */
import { infoHash, peerId, type InfoHash, type PeerId } from '../base/brand.js';
import { fromHex, fromUtf8Lossy, toHex, toUtf8 } from '../base/bytes.js';
import type { Flaw } from '../base/result.js';

export interface Handshake {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** Speaks the fast extension (BEP 6). */
  readonly fast: boolean;
  /** Speaks the extension protocol (BEP 10). */
  readonly extensions: boolean;
  /** Has a DHT node (BEP 5). */
  readonly dht: boolean;
}

export const HANDSHAKE_BYTES = 68;
export const RESERVED_BYTES = 8;
const PREFIX = toUtf8('\x13BitTorrent protocol');
const HASH_AT = PREFIX.length + RESERVED_BYTES;
const ID_AT = HASH_AT + 20;

/** The 8 reserved bytes for what we speak. */
export function reservedBits(speaks: Partial<Pick<Handshake, 'fast' | 'extensions' | 'dht'>>): Uint8Array {
  const bits = new Uint8Array(RESERVED_BYTES);
  if (speaks.extensions === true) bits[5]! |= 0x10;
  if (speaks.fast === true) bits[7]! |= 0x04;
  if (speaks.dht === true) bits[7]! |= 0x01;
  return bits;
}

export interface HandshakeParts {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** 8 bytes, see `reservedBits`. */
  readonly reserved: Uint8Array;
}
export function encodeHandshake({ infoHash: hash, peerId: id, reserved }: HandshakeParts): Uint8Array {
  const out = new Uint8Array(HANDSHAKE_BYTES);
  out.set(PREFIX);
  out.set(reserved, PREFIX.length);
  out.set(fromHex(hash), HASH_AT);
  out.set(fromHex(id), ID_AT);
  return out;
}

/** Of 68 bytes whose prefix `prefixFlaw` has found sound. */
export function decodeHandshake(bytes: Uint8Array): Handshake {
  const reserved = bytes.subarray(PREFIX.length, HASH_AT);
  return {
    infoHash: infoHash(toHex(bytes.subarray(HASH_AT, ID_AT))),
    peerId: peerId(toHex(bytes.subarray(ID_AT, HANDSHAKE_BYTES))),
    fast: (reserved[7]! & 0x04) !== 0,
    extensions: (reserved[5]! & 0x10) !== 0,
    dht: (reserved[7]! & 0x01) !== 0,
  };
}

/** What is wrong with the first `count` bytes of a handshake, known as soon as one byte differs. */
export function prefixFlaw(bytes: Uint8Array, count: number): Flaw | undefined {
  const known = Math.min(count, PREFIX.length);
  for (let i = 0; i < known; i++) {
    if (bytes[i] === PREFIX[i]) continue;
    const found = JSON.stringify(fromUtf8Lossy(bytes.subarray(0, known)));
    return { field: 'handshake', expected: '19 and "BitTorrent protocol"', found };
  }
  return undefined;
}
