/**
 * Makes metainfo files (BEP 3, 12, 19, 27, 47): canonical bencode, so that the same content and options give the same
 * bytes and the same info-hash anywhere. The input is ours, so a mistake in it throws.
 */
import { concat, toUtf8 } from '../base/bytes.js';
import { KIB, MIB } from '../base/units.js';
import { encode, type BInputDict } from './bencode.js';
import { HASH_BYTES, type FileEntry, type Metainfo } from './metainfo.js';

export interface MetainfoParts {
  readonly name: string;
  /** As in Metainfo: every path begins with `name`. */
  readonly files: readonly FileEntry[];
  readonly pieceLength: number;
  /** 20 bytes a piece. */
  readonly hashes: Uint8Array;
  readonly private?: boolean;
  /** Tiers (BEP 12). `announce` is the first tracker of the first. */
  readonly trackers?: readonly (readonly string[])[];
  readonly webSeeds?: readonly string[];
  readonly comment?: string;
  readonly createdBy?: string;
  /** Unix seconds. */
  readonly creationDate?: number;
  readonly source?: string;
  /** One file without a folder; by default, when the only path is just the name. */
  readonly single?: boolean;
}

export function buildMetainfo(parts: MetainfoParts): Uint8Array {
  return around(encode(infoOf(parts)), parts);
}

/** The file of a torrent whose `info` came by itself (BEP 9): its bytes as they are, for another encoding may have another hash. */
export const metainfoFile = (meta: Metainfo): Uint8Array => around(meta.infoBytes, meta);

type Outside = Pick<MetainfoParts, 'trackers' | 'webSeeds' | 'comment' | 'createdBy' | 'creationDate'>;

/** Raw bytes are a value that `encode` does not take, so the members before `info`, it, and those after it are joined. */
function around(info: Uint8Array, { trackers = [], webSeeds = [], comment, createdBy, creationDate }: Outside): Uint8Array {
  const all = trackers.flat();
  const before = encode({
    announce: all[0],
    'announce-list': all.length > 1 ? trackers.filter((tier) => tier.length > 0) : undefined,
    comment,
    'created by': createdBy,
    'creation date': creationDate,
  });
  const after = encode({ 'url-list': webSeeds.length > 0 ? webSeeds : undefined });
  return concat([before.subarray(0, -1), toUtf8('4:info'), info, after.subarray(1)]);
}

function infoOf({ name, files, pieceLength, hashes, ...parts }: MetainfoParts): BInputDict {
  const total = files.reduce((sum, f) => sum + f.length, 0);
  if (hashes.length !== Math.ceil(total / pieceLength) * HASH_BYTES) {
    throw new Error(`${hashes.length} bytes of hashes do not fit ${total} bytes in pieces of ${pieceLength}`);
  }
  const stray = files.find((f) => f.path[0] !== name);
  if (stray !== undefined) throw new Error(`path ${stray.path.join('/')} does not begin with ${name}`);
  const [first] = files;
  const single = parts.single ?? (files.length === 1 && first?.path.length === 1);
  if (single !== (files.length === 1 && first?.path.length === 1)) {
    throw new Error(`${single ? 'a single-file' : 'a multi-file'} torrent cannot have these ${files.length} paths`);
  }
  return {
    ...(single ? { length: total } : { files: files.map(fileOf) }),
    name,
    'piece length': pieceLength,
    pieces: hashes,
    private: parts.private === true ? 1 : undefined,
    source: parts.source,
  };
}

const fileOf = ({ path, length, padding }: FileEntry): BInputDict =>
  ({ attr: padding ? 'p' : undefined, length, path: path.slice(1) });

const MIN_PIECE = 16 * KIB;
const MAX_PIECE = 16 * MIB;
const MOST_PIECES = 2000;

/** A power of two, 16 KiB to 16 MiB, that gives about 1000 to 2000 pieces: a small bitfield, and haves not too rare. */
export function choosePieceLength(totalBytes: number): number {
  let length = MIN_PIECE;
  while (length < MAX_PIECE && totalBytes / length > MOST_PIECES) length *= 2;
  return length;
}
