/** The torrent of a simulated swarm: metainfo made and read by the real codecs, over content that nobody has. */
import { fork } from '../base/random.js';
import { describe } from '../base/result.js';
import { nodeSha1 } from '../edge/sha1.js';
import { Bitfield } from '../model/bitfield.js';
import { buildMetainfo } from '../protocol/metainfo-build.js';
import { HASH_BYTES, parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { encodeResumeRecord } from '../protocol/resume-record.js';
import type { Scenario } from './scenarios/scenario.js';
import { factsOf, type Had } from './virtual-disk.js';
import { TRACKER_URL } from './virtual-tracker.js';

export function torrentOf({ name, size, pieceLength }: Scenario): Metainfo {
  const pieces = Math.ceil(size / pieceLength);
  const built = buildMetainfo({
    name, pieceLength, files: [{ path: [name], length: size, padding: false }],
    // Any will do: the virtual disk looks at the bytes instead.
    hashes: new Uint8Array(pieces * HASH_BYTES), trackers: [[TRACKER_URL]],
  });
  const parsed = parseMetainfo(built, nodeSha1);
  if (!parsed.ok) throw new Error(`scenario ${name}: ${describe(parsed.error)}`);
  return parsed.value;
}

/** Of one who has this share of the pieces, drawn by `seed`; undefined for one who has none. */
export function hadBy({ infoHash, pieceCount, files }: Metainfo, share: number, seed: number): Had | undefined {
  if (share === 0) return undefined;
  const random = fork(seed, 'pieces had at the start');
  const pieces = new Bitfield(pieceCount);
  for (let piece = 0; piece < pieceCount; piece++) if (random.unit() < share) pieces.set(piece);
  return { pieces, record: encodeResumeRecord({ infoHash, pieces: pieces.bytes(), files: factsOf(files), unfinished: [] }) };
}

/**
 * Address of a peer by its number, each in a network of its own (/24): BEP 6 grants the peers of one network the same
 * pieces, and a swarm in a single one would begin with everybody fetching the same ten from the seed. They are of the space
 * that providers share (RFC 6598): of no host on the internet, and of no network of one's own, where policies are generous.
 */
export const addressOf = (peer: number): string => `100.${64 + (peer >> 8 & 63)}.${peer & 255}.1`;
export const AGENT = 'actorrent in simulation';
