/**
 * Peer messages (BEP 3, 5, 6, 10), values to bytes; the layout is in wire.ts. Several messages go out in one array,
 * since one write of many small messages costs as much as one write of one. A block is a 13-byte header and its
 * payload, written gathered: the payload is never copied here.
 */
import { writeU32 } from '../base/bytes.js';
import { ID, PIECE_HEADER_BYTES, type BlockRange, type WireMessage } from './wire.js';

/** `unknown` is what others send; we have none to send. */
export type OwnMessage = Exclude<WireMessage, { readonly type: 'unknown' }>;

export const encodeMessage = (message: OwnMessage): Uint8Array => encodeMessages([message]);

/** In order, one after the other. */
export function encodeMessages(messages: readonly OwnMessage[]): Uint8Array {
  const out = new Uint8Array(messages.reduce((sum, m) => sum + wireBytes(m), 0));
  let at = 0;
  for (const message of messages) at = write(message, out, at);
  return out;
}

/** A window of requests at once; 17 bytes each. */
export function encodeRequests(blocks: readonly BlockRange[]): Uint8Array {
  const out = new Uint8Array(blocks.length * 17);
  let at = 0;
  for (const block of blocks) at = writeBlockRange(ID.request, block, { out, at });
  return out;
}

/** What goes out before the `length` bytes of a block. */
export function pieceHeader(piece: number, begin: number, length: number): Uint8Array {
  const out = new Uint8Array(PIECE_HEADER_BYTES);
  writeU32(out, 0, 9 + length);
  out[4] = ID.piece;
  writeU32(out, 5, piece);
  writeU32(out, 9, begin);
  return out;
}

/** Bytes on the wire, the length field included. */
export function wireBytes(message: OwnMessage): number {
  switch (message.type) {
    case 'keepAlive': return 4;
    case 'choke':
    case 'unchoke':
    case 'interested':
    case 'notInterested':
    case 'haveAll':
    case 'haveNone': return 5;
    case 'port': return 7;
    case 'have':
    case 'suggest':
    case 'allowedFast': return 9;
    case 'request':
    case 'cancel':
    case 'reject': return 17;
    case 'bitfield': return 5 + message.bits.length;
    case 'extended': return 6 + message.payload.length;
  }
}

/** Writes at `at`, returns where it ends. */
function write(message: OwnMessage, out: Uint8Array, at: number): number {
  if (message.type === 'keepAlive') return at + 4; // four zeros, as `out` is
  const end = at + wireBytes(message);
  const body = at + 5;
  writeU32(out, at, end - at - 4);
  out[at + 4] = ID[message.type];
  switch (message.type) {
    case 'choke':
    case 'unchoke':
    case 'interested':
    case 'notInterested':
    case 'haveAll':
    case 'haveNone': return end;
    case 'have':
    case 'suggest':
    case 'allowedFast': writeU32(out, body, message.piece); return end;
    case 'request':
    case 'cancel':
    case 'reject': return writeBlockRange(ID[message.type], message, { out, at });
    case 'port': out.set([message.port >> 8, message.port & 255], body); return end;
    case 'bitfield': out.set(message.bits, body); return end;
    case 'extended':
      out[body] = message.id;
      out.set(message.payload, body + 1);
      return end;
  }
}

interface Place {
  readonly out: Uint8Array;
  readonly at: number;
}
function writeBlockRange(id: number, { piece, begin, length }: BlockRange, { out, at }: Place): number {
  writeU32(out, at, 13);
  out[at + 4] = id;
  writeU32(out, at + 5, piece);
  writeU32(out, at + 9, begin);
  writeU32(out, at + 13, length);
  return at + 17;
}
