/**
 * Peer messages (BEP 3 "peer messages", BEP 5 port, BEP 6 fast extension, BEP 10 extended), bytes to values. On the
 * wire: length (u32, of what follows), id (u8), payload; integers are big-endian. Length 0 is a keep-alive. Blocks
 * (`piece`, id 7) are not among these: they travel beside them, header and payload apart, so that payload is not
 * copied (framer.ts).
 */
import { readU32 } from '../base/bytes.js';
import type { Flaw } from '../base/result.js';
import { copyOf } from './raw.js';

export type WireMessage =
  | Plain
  | { readonly type: 'have'; readonly piece: number }
  /** Spare bits at the end are not checked here: the piece count is not known here. */
  | { readonly type: 'bitfield'; readonly bits: Uint8Array }
  | ({ readonly type: 'request' | 'cancel' | 'reject' } & BlockRange)
  | { readonly type: 'suggest' | 'allowedFast'; readonly piece: number }
  /** BEP 10: `id` 0 is the extended handshake, others are as the receiver's handshake named them. */
  | { readonly type: 'extended'; readonly id: number; readonly payload: Uint8Array }
  /** BEP 5: the UDP port of the peer's DHT node. */
  | { readonly type: 'port'; readonly port: number }
  /** An id we do not know; its payload is dropped. */
  | { readonly type: 'unknown'; readonly id: number };

export interface Plain {
  readonly type: 'keepAlive' | 'choke' | 'unchoke' | 'interested' | 'notInterested' | 'haveAll' | 'haveNone';
}
/** A block, as requested: `begin` and `length` in bytes, inside `piece`. */
export interface BlockRange {
  readonly piece: number;
  readonly begin: number;
  readonly length: number;
}

export const ID = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  port: 9,
  suggest: 13,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
  extended: 20,
} as const;

/** Length, id, piece, begin: what comes before the bytes of a block. */
export const PIECE_HEADER_BYTES = 13;

/** Messages without payload never differ, so each is one value. */
export const PLAIN = {
  keepAlive: { type: 'keepAlive' },
  choke: { type: 'choke' },
  unchoke: { type: 'unchoke' },
  interested: { type: 'interested' },
  notInterested: { type: 'notInterested' },
  haveAll: { type: 'haveAll' },
  haveNone: { type: 'haveNone' },
} as const satisfies { readonly [K in Plain['type']]: { readonly type: K } };

/** What is wrong with a message of this kind that claims this length (id included); undefined where nothing is. */
export function lengthFlaw(id: number, length: number): Flaw | undefined {
  const fixed = FIXED[id];
  const least = LEAST[id] ?? 1;
  if (fixed === undefined ? length >= least : length === fixed) return undefined;
  return { field: `message ${id}`, expected: `length ${fixed ?? `of at least ${least}`}`, found: `${length}` };
}
const FIXED: { readonly [id: number]: number } = {
  [ID.choke]: 1,
  [ID.unchoke]: 1,
  [ID.interested]: 1,
  [ID.notInterested]: 1,
  [ID.haveAll]: 1,
  [ID.haveNone]: 1,
  [ID.port]: 3,
  [ID.have]: 5,
  [ID.suggest]: 5,
  [ID.allowedFast]: 5,
  [ID.request]: 13,
  [ID.cancel]: 13,
  [ID.reject]: 13,
};
const LEAST: { readonly [id: number]: number } = { [ID.extended]: 2, [ID.piece]: 10 };

/** The message whose id is at `at` and whose length, id included, is `length`; `lengthFlaw` has found it sound. */
export function decodeMessage(bytes: Uint8Array, at: number, length: number): WireMessage {
  const id = bytes[at]!;
  const body = at + 1;
  switch (id) {
    case ID.choke: return PLAIN.choke;
    case ID.unchoke: return PLAIN.unchoke;
    case ID.interested: return PLAIN.interested;
    case ID.notInterested: return PLAIN.notInterested;
    case ID.haveAll: return PLAIN.haveAll;
    case ID.haveNone: return PLAIN.haveNone;
    case ID.have: return { type: 'have', piece: readU32(bytes, body) };
    case ID.suggest: return { type: 'suggest', piece: readU32(bytes, body) };
    case ID.allowedFast: return { type: 'allowedFast', piece: readU32(bytes, body) };
    case ID.request: return blockMessage('request', bytes, body);
    case ID.cancel: return blockMessage('cancel', bytes, body);
    case ID.reject: return blockMessage('reject', bytes, body);
    case ID.port: return { type: 'port', port: (bytes[body]! << 8) | bytes[body + 1]! };
    case ID.bitfield: return { type: 'bitfield', bits: copyOf(bytes, body, at + length) };
    case ID.extended: return { type: 'extended', id: bytes[body]!, payload: copyOf(bytes, body + 1, at + length) };
    default: return { type: 'unknown', id };
  }
}

const blockMessage = (type: 'request' | 'cancel' | 'reject', b: Uint8Array, at: number): WireMessage =>
  ({ type, piece: readU32(b, at), begin: readU32(b, at + 4), length: readU32(b, at + 8) });
