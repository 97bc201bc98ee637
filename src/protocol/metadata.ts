/**
 * ut_metadata (BEP 9, "extension for peers to send metadata files"): the info dictionary in pieces of 16 KiB, the last one shorter. A
 * message is a dictionary, and for `data` the bytes of the piece right behind it. A `msg_type` that we do not know is no flaw: the BEP
 * keeps those for later.
 */
import type { InfoHash } from '../base/brand.js';
import { concat } from '../base/bytes.js';
import { flaw, ok, type Result } from '../base/result.js';
import { BLOCK_BYTES, KIB, type Bytes } from '../base/units.js';
import { decodeScanned, encode, scan } from './bencode.js';
import { MAX_METADATA_BYTES, type Extension } from './extended.js';
import { Fields } from './fields.js';

/** As long as a block. */
export const METADATA_PIECE_BYTES: Bytes = BLOCK_BYTES;

export type MetadataMessage =
  | { readonly type: 'request'; readonly piece: number }
  /** `totalBytes`: of the whole info dictionary. */
  | { readonly type: 'data'; readonly piece: number; readonly totalBytes: Bytes; readonly bytes: Uint8Array }
  /** The piece is not to be had here, or not now. */
  | { readonly type: 'reject'; readonly piece: number }
  | { readonly type: 'unknown' };

const REQUEST = 0;
const DATA = 1;
const REJECT = 2;
const LIMITS = { maxBytes: METADATA_PIECE_BYTES + KIB, maxDepth: 4, maxItems: 100, lenientOrder: true, allowTrailing: true };

export const piecesIn = (bytes: Bytes): number => Math.ceil(bytes / METADATA_PIECE_BYTES);
/** Of piece `piece` of an info dictionary of so many bytes. */
export const metadataPieceBytes = (totalBytes: Bytes, piece: number): Bytes =>
  Math.min(METADATA_PIECE_BYTES, totalBytes - piece * METADATA_PIECE_BYTES);

/** The record in which what was fetched is kept for a later start: a .torrent file. */
export const keptName = (torrent: InfoHash): string => `${torrent}.torrent`;

export const UT_METADATA: Extension<MetadataMessage> = { name: 'ut_metadata', id: 2, parse, encode: toBytes };

function parse(payload: Uint8Array): Result<MetadataMessage> {
  const scanned = scan(payload, LIMITS);
  if (!scanned.ok) return scanned;
  const fields = new Fields(decodeScanned(scanned.value), 'ut_metadata');
  const kind = fields.int('msg_type');
  if (fields.flaws.first === undefined && kind > REJECT) return ok({ type: 'unknown' });
  const piece = fields.int('piece', 0, piecesIn(MAX_METADATA_BYTES) - 1);
  if (kind !== DATA) return fields.flaws.result({ type: kind === REQUEST ? 'request' : 'reject', piece });
  const totalBytes = fields.int('total_size', 1, MAX_METADATA_BYTES);
  if (fields.flaws.first !== undefined) return { ok: false, error: fields.flaws.first };
  const bytes = payload.subarray(scanned.value.end);
  const expected = Math.max(0, metadataPieceBytes(totalBytes, piece));
  if (bytes.length === expected && expected > 0) return ok({ type: 'data', piece, totalBytes, bytes });
  return flaw('ut_metadata.data', `${expected} bytes of piece ${piece}`, `${bytes.length} bytes`);
}

function toBytes(m: Exclude<MetadataMessage, { readonly type: 'unknown' }>): Uint8Array {
  switch (m.type) {
    case 'request': return encode({ msg_type: REQUEST, piece: m.piece });
    case 'data': return concat([encode({ msg_type: DATA, piece: m.piece, total_size: m.totalBytes }), m.bytes]);
    case 'reject': return encode({ msg_type: REJECT, piece: m.piece });
  }
}
