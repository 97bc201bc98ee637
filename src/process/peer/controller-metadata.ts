/**
 * The Controller's share in BEP 9: it gives the info dictionary to peers that have only a magnet link. It is no secret, so a choked peer
 * and one of a private torrent get it too; but not faster than METADATA_RATE, and not twice while it waits.
 */
import { KIB, SECOND, type BytesPerSec, type Millis } from '../../base/units.js';
import { TokenBucket } from '../../model/token-bucket.js';
import { extensionRegistry } from '../../protocol/extended.js';
import { METADATA_PIECE_BYTES, metadataPieceBytes, piecesIn, UT_METADATA, type MetadataMessage } from '../../protocol/metadata.js';
import { say, type Me, type State } from './controller-state.js';

/** What we speak beside BEP 10's handshake. */
export const EXTENSIONS = extensionRegistry([UT_METADATA]);
/** To one peer. Most info dictionaries are smaller than a burst, and go out at once. */
const METADATA_RATE: BytesPerSec = 128 * KIB;
const BURST_MS: Millis = 4 * SECOND;

/** It begins full: the peer has asked for nothing yet. */
export function metadataPace(now: Millis): TokenBucket {
  const pace = new TokenBucket({ rate: METADATA_RATE, burstMs: BURST_MS }, now - BURST_MS);
  pace.refill(now);
  return pace;
}

export function hearMetadata(s: State, m: MetadataMessage, self: Me): void {
  // We have all of it: only questions concern us.
  if (m.type !== 'request') return;
  if (m.piece >= piecesIn(s.infoBytes.length)) return tell(s, { type: 'reject', piece: m.piece }, self);
  s.metadataAsked.add(m.piece);
  serveMetadata(s, self);
}

/** As much of what was asked for as the pace allows now. */
export function serveMetadata(s: State, self: Me): void {
  if (s.metadataAsked.size === 0) return;
  s.metadataPace.refill(self.now());
  for (const piece of s.metadataAsked) {
    if (s.metadataPace.level < METADATA_PIECE_BYTES) return;
    s.metadataPace.take(METADATA_PIECE_BYTES);
    s.metadataAsked.delete(piece);
    const { length: totalBytes } = s.infoBytes;
    const begin = piece * METADATA_PIECE_BYTES;
    const bytes = s.infoBytes.subarray(begin, begin + metadataPieceBytes(totalBytes, piece));
    tell(s, { type: 'data', piece, totalBytes, bytes }, self);
  }
}

function tell(s: State, message: MetadataMessage, self: Me): void {
  if (s.metadataId !== undefined) say(s, self, { type: 'extended', id: s.metadataId, payload: UT_METADATA.encode(message) });
}
