/**
 * Scraping an HTTP tracker (BEP 48): how many seeds and leechers a swarm has, without joining it. The answer's
 * dictionary is keyed by raw info-hashes, which are no text, so it is read from the scanned bytes by range.
 */
import { infoHash, type InfoHash } from '../base/brand.js';
import { fromHex, toHex } from '../base/bytes.js';
import { flaw, ok, type Result } from '../base/result.js';
import { MIB, SECOND, type Millis } from '../base/units.js';
import { decodeScanned, encode, members, rangeIn, scan, type BInput } from './bencode.js';
import { Fields, present, quote } from './fields.js';
import { percentEncode, withQuery } from './percent.js';

export interface SwarmCounts {
  readonly seeds: number;
  readonly leechers: number;
  /** How often a download was completed, ever. */
  readonly downloaded: number;
}
export type ScrapeAnswer =
  | { readonly kind: 'failure'; readonly reason: string }
  | {
      readonly kind: 'files';
      readonly files: ReadonlyMap<InfoHash, SwarmCounts>;
      /** Never scrape sooner than this. */
      readonly minIntervalMs?: Millis;
    };

const LIMITS = { maxBytes: MIB, maxDepth: 8, maxItems: 100_000, lenientOrder: true };
const MAX_REASON_CHARS = 1000;
const MAX_INTERVAL_S = 86_400;

/** The announce URL with the `announce` behind its last slash replaced; a tracker without one has no scrape. */
export function scrapeUrl(announce: string, hashes: readonly InfoHash[]): Result<string> {
  const [, before, after] = /^([^?#]*\/)announce([^/?#]*(?:\?[^/#]*)?)(?:#.*)?$/s.exec(announce) ?? [];
  if (before === undefined) return flaw('announce', 'a URL whose last part begins with announce', quote(announce));
  const wanted = hashes.map((hash) => `info_hash=${percentEncode(fromHex(hash))}`);
  return ok(withQuery(`${before}scrape${after ?? ''}`, wanted));
}

export function parseScrape(bytes: Uint8Array): Result<ScrapeAnswer> {
  const scanned = scan(bytes, LIMITS);
  if (!scanned.ok) return scanned;
  const top = new Fields(decodeScanned(scanned.value));
  const failure = top.maybeText('failure reason');
  if (failure !== undefined) return top.flaws.result({ kind: 'failure', reason: failure.slice(0, MAX_REASON_CHARS) });
  top.dict('files');
  const start = rangeIn(scanned.value, 'files')?.from;
  const files = new Map<InfoHash, SwarmCounts>();
  for (const { key, value } of start === undefined ? [] : members(scanned.value, start)) {
    if (key.length !== 20) {
      top.refuse('files', 'keys of 20 bytes', `${key.length} bytes`);
      break;
    }
    const hash = toHex(key);
    const counts = new Fields(decodeScanned(scanned.value, value), `files.${hash}`, top.flaws);
    files.set(infoHash(hash), {
      seeds: counts.int('complete'),
      leechers: counts.int('incomplete'),
      downloaded: counts.maybeInt('downloaded') ?? 0,
    });
  }
  const least = top.maybeDict('flags')?.maybeInt('min_request_interval');
  const minIntervalMs = least === undefined ? undefined : Math.min(least, MAX_INTERVAL_S) * SECOND;
  return top.flaws.result({ kind: 'files', files, ...present({ minIntervalMs }) });
}

export function encodeScrapeAnswer(answer: ScrapeAnswer): Uint8Array {
  if (answer.kind === 'failure') return encode({ 'failure reason': answer.reason });
  const files = new Map<Uint8Array, BInput>();
  for (const [hash, { seeds, leechers, downloaded }] of answer.files) {
    files.set(fromHex(hash), { complete: seeds, downloaded, incomplete: leechers });
  }
  const { minIntervalMs } = answer;
  const flags = minIntervalMs === undefined ? undefined : { min_request_interval: Math.ceil(minIntervalMs / SECOND) };
  return encode({ files, flags });
}
