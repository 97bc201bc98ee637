/**
 * Metainfo, the .torrent file (BEP 3), with tiers of trackers (BEP 12), web seeds (BEP 19), private (BEP 27), padding
 * (BEP 47). The info-hash is the SHA-1 of the raw bytes of `info` as they came, never of a re-encoding. Whatever is
 * wrong is refused with the field, what was expected and what was found; after that every number here can be relied
 * on: `pieceCount = ceil(totalBytes / pieceLength)`, `hashes` has 20 bytes a piece, file lengths add up to
 * `totalBytes`.
 */
import { infoHash, type InfoHash } from '../base/brand.js';
import { toHex } from '../base/bytes.js';
import type { Result } from '../base/result.js';
import { KIB, MIB } from '../base/units.js';
import { decodeScanned, rangeIn, scan, type Scan, type ScanLimits } from './bencode.js';
import { stringAt } from './bencode-scan.js';
import { Fields, Flaws, isList, present, shown, textsOf } from './fields.js';
import { readFiles, readName, type FileEntry, type FileLimits } from './metainfo-files.js';
import { copyOf } from './raw.js';

export type { FileEntry } from './metainfo-files.js';

export interface Metainfo {
  readonly infoHash: InfoHash;
  readonly name: string;
  /** Bytes of every piece but the last. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** SHA-1 of each piece, 20 bytes each; see `pieceHash`. */
  readonly hashes: Uint8Array;
  readonly totalBytes: number;
  /** In the order in which they fill the pieces. */
  readonly files: readonly FileEntry[];
  readonly private: boolean;
  /** Tiers (BEP 12), best first; `announce` alone is one tier. */
  readonly trackers: readonly (readonly string[])[];
  readonly webSeeds: readonly string[];
  readonly comment?: string;
  readonly createdBy?: string;
  /** Unix seconds. */
  readonly creationDate?: number;
  readonly source?: string;
  /** The raw bytes of `info`: what ut_metadata (BEP 9) serves. */
  readonly infoBytes: Uint8Array;
}

export interface MetainfoLimits extends FileLimits {
  /** Of the whole .torrent file. */
  readonly maxBytes: number;
  readonly maxPieceLength: number;
  readonly maxPieces: number;
  /** Tracker URLs, and web seeds likewise. */
  readonly maxUrls: number;
  readonly maxUrlBytes: number;
}
export const METAINFO_LIMITS: MetainfoLimits = {
  maxBytes: 64 * MIB,
  maxPieceLength: 256 * MIB,
  maxPieces: 4_000_000,
  maxFiles: 200_000,
  maxPathDepth: 64,
  maxNameBytes: 255,
  maxUrls: 1000,
  maxUrlBytes: 8 * KIB,
};

export const HASH_BYTES = 20;
/** Bencode values a file may take: its dictionary, length, attributes, hashes and the parts of its path. */
const ITEMS_PER_FILE = 10;
const scanLimits = ({ maxBytes, maxFiles }: MetainfoLimits): Partial<ScanLimits> =>
  ({ maxBytes, maxItems: ITEMS_PER_FILE * maxFiles + 10_000 });
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

export function parseMetainfo(bytes: Uint8Array, sha1: Sha1, limits: Partial<MetainfoLimits> = {}): Result<Metainfo> {
  const all = { ...METAINFO_LIMITS, ...limits };
  const scanned = scan(bytes, scanLimits(all));
  if (!scanned.ok) return scanned;
  const top = new Fields(decodeScanned(scanned.value));
  const info = top.dict('info');
  const range = rangeIn(scanned.value, 'info');
  const infoBytes = range === undefined ? new Uint8Array(0) : copyOf(bytes, range.from, range.to);
  const core = readInfo(info, { bytes: infoBytes, end: infoBytes.length }, all);
  const outside = {
    trackers: readTrackers(top, all),
    webSeeds: readWebSeeds(top, all),
    ...present({
      comment: top.maybeText('comment'),
      createdBy: top.maybeText('created by'),
      creationDate: top.maybeInt('creation date'),
    }),
  };
  if (top.flaws.first !== undefined) return { ok: false, error: top.flaws.first };
  return { ok: true, value: { ...core, ...outside, infoHash: hashOf(infoBytes, sha1) } };
}

/** From the bytes of `info` alone, as ut_metadata brings them (BEP 9): no trackers, no comment and so on. */
export function parseInfo(bytes: Uint8Array, sha1: Sha1, limits: Partial<MetainfoLimits> = {}): Result<Metainfo> {
  const all = { ...METAINFO_LIMITS, ...limits };
  const infoBytes = copyOf(bytes);
  const scanned = scan(infoBytes, scanLimits(all));
  if (!scanned.ok) return scanned;
  const flaws = new Flaws();
  const core = readInfo(new Fields(decodeScanned(scanned.value), 'info', flaws), scanned.value, all);
  if (flaws.first !== undefined) return { ok: false, error: flaws.first };
  return { ok: true, value: { ...core, trackers: [], webSeeds: [], infoHash: hashOf(infoBytes, sha1) } };
}

/** The SHA-1 a piece must have; a view. */
export const pieceHash = ({ hashes }: Pick<Metainfo, 'hashes'>, index: number): Uint8Array =>
  hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);

/** The bytes of a piece: `pieceLength`, or what is left for the last. */
export const pieceBytes = (m: Pick<Metainfo, 'pieceLength' | 'totalBytes'>, index: number): number =>
  Math.min(m.pieceLength, m.totalBytes - index * m.pieceLength);

const hashOf = (infoBytes: Uint8Array, sha1: Sha1): InfoHash => infoHash(toHex(sha1(infoBytes)));

/** What stands in `info`. */
type Core = Omit<Metainfo, 'infoHash' | 'trackers' | 'webSeeds'>;

/** `scanned` is `info` alone: where its raw bytes are. */
function readInfo(info: Fields, scanned: Scan, limits: MetainfoLimits): Core {
  const name = readName(info, limits);
  const pieceLength = info.int('piece length', 1, limits.maxPieceLength);
  if (info.get('pieces') === undefined && info.get('meta version') === 2) {
    info.refuse('pieces', 'the hashes of a v1 or hybrid torrent', 'a torrent of version 2 only (BEP 52)');
  }
  const files = readFiles(info, name, limits);
  const totalBytes = files.reduce((sum, f) => sum + f.length, 0);
  if (!Number.isSafeInteger(totalBytes)) info.refuse('files', 'less than 2^53 bytes together', `${totalBytes}`);
  const pieceCount = Math.ceil(totalBytes / pieceLength);
  if (pieceCount > limits.maxPieces) info.refuse('pieces', `at most ${limits.maxPieces} pieces`, `${pieceCount}`);
  const { length } = info.bytes('pieces');
  if (length % HASH_BYTES !== 0) info.refuse('pieces', 'a multiple of 20 bytes', `${length} bytes`);
  if (length !== pieceCount * HASH_BYTES) {
    info.refuse('pieces', `${pieceCount} hashes for ${totalBytes} bytes`, `${Math.floor(length / HASH_BYTES)}`);
  }
  const isPrivate = info.maybeInt('private') === 1;
  const source = info.maybeText('source');
  // The hashes are most of a metainfo file, so they are a view into its raw bytes, which are kept anyway.
  const range = rangeIn(scanned, 'pieces');
  const hashes = range === undefined ? new Uint8Array(0) : stringAt(scanned.bytes, range.from);
  const layout = { name, pieceLength, pieceCount, hashes, totalBytes, files };
  return { ...layout, private: isPrivate, ...present({ source }), infoBytes: scanned.bytes };
}

/** `announce-list` replaces `announce` where it names any tracker (BEP 12); empty texts are common and skipped. */
function readTrackers(top: Fields, limits: MetainfoLimits): readonly (readonly string[])[] {
  const tiers = (top.maybeList('announce-list') ?? []).map((tier, i) => {
    const path = `announce-list[${i}]`;
    if (isList(tier)) return textsOf(tier, path, top.flaws).map(trimmed).filter(isPresent);
    top.flaws.add(path, 'a list', shown(tier));
    return [];
  });
  const named = tiers.filter((tier) => tier.length > 0);
  const announce = trimmed(top.maybeText('announce') ?? '');
  checkUrls(top, named.length > 0 ? 'announce-list' : 'announce', { urls: [...named.flat(), announce], limits });
  return named.length === 0 && announce !== '' ? [[announce]] : named;
}

/** `url-list`: one text or a list of them (BEP 19). */
function readWebSeeds(top: Fields, limits: MetainfoLimits): readonly string[] {
  const value = top.get('url-list');
  if (value === undefined) return [];
  const texts = isList(value) ? textsOf(value, 'url-list', top.flaws) : [top.text('url-list')];
  const urls = texts.map(trimmed).filter(isPresent);
  checkUrls(top, 'url-list', { urls, limits });
  return urls;
}

interface Urls {
  readonly urls: readonly string[];
  readonly limits: MetainfoLimits;
}
function checkUrls(top: Fields, key: string, { urls, limits: { maxUrls, maxUrlBytes } }: Urls): void {
  if (urls.length > maxUrls) top.refuse(key, `at most ${maxUrls} URLs`, `${urls.length}`);
  const long = urls.find((url) => url.length > maxUrlBytes);
  if (long !== undefined) top.refuse(key, `URLs of at most ${maxUrlBytes} bytes`, `${long.length}`);
}

const trimmed = (text: string): string => text.trim();
const isPresent = (text: string): boolean => text !== '';
