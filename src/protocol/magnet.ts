/**
 * Magnet links (BEP 9 "magnet URI format", file selection by BEP 53, web seeds by BEP 19 as `ws`):
 * `magnet:?xt=urn:btih:HASH&dn=NAME&tr=TRACKER&x.pe=PEER&ws=URL&so=0,2,4-8`. HASH is 40 hex or 32 base32 digits.
 * Parameters we do not know are skipped; peers and selections that make no sense are refused.
 */
import { infoHash, type InfoHash } from '../base/brand.js';
import { toHex } from '../base/bytes.js';
import { formatEndpoint, parseEndpoint, type Endpoint } from '../base/endpoint.js';
import { flaw, ok, type Result } from '../base/result.js';
import { present, quote } from './fields.js';
import { percentDecodeText, percentEncodeText, queryPairs } from './percent.js';

export interface Magnet {
  readonly infoHash: InfoHash;
  readonly name?: string;
  readonly trackers: readonly string[];
  readonly peers: readonly Endpoint[];
  readonly webSeeds: readonly string[];
  /** The files to fetch, by index, both ends included; all where absent (BEP 53). */
  readonly select?: readonly FileSpan[];
}
export interface FileSpan {
  readonly first: number;
  readonly last: number;
}

const MAX_LENGTH = 65_536;
const MAX_PARAMETERS = 2000;
const MAX_FILE = 1_000_000;

export function parseMagnet(uri: string): Result<Magnet> {
  if (uri.length > MAX_LENGTH) return flaw('magnet', `at most ${MAX_LENGTH} characters`, `${uri.length}`);
  const [, query] = /^magnet:\?(.*)$/is.exec(uri.trim()) ?? [];
  if (query === undefined) return flaw('magnet', 'magnet:?...', quote(uri));
  const values = grouped(query);
  const of = (key: string): readonly string[] => values.get(key) ?? [];

  const hash = readTopic(of('xt'));
  if (!hash.ok) return hash;
  const peers: Endpoint[] = [];
  for (const text of of('x.pe')) {
    const peer = parseEndpoint(text, 'x.pe');
    if (!peer.ok) return peer;
    peers.push(peer.value);
  }
  const select = readSelection(of('so'));
  if (!select.ok) return select;
  const rest = present({ name: of('dn')[0], select: select.value });
  return ok({ infoHash: hash.value, trackers: of('tr'), peers, webSeeds: of('ws'), ...rest });
}

export function formatMagnet({ infoHash: hash, name, trackers, peers, webSeeds, select }: Magnet): string {
  const pairs = [
    ...(name === undefined ? [] : [['dn', name] as const]),
    ...trackers.map((url) => ['tr', url] as const),
    ...peers.map((peer) => ['x.pe', formatEndpoint(peer)] as const),
    ...webSeeds.map((url) => ['ws', url] as const),
    ...(select === undefined ? [] : [['so', select.map(formatSpan).join(',')] as const]),
  ];
  return `magnet:?xt=urn:btih:${hash}${pairs.map(([key, value]) => `&${key}=${percentEncodeText(value)}`).join('')}`;
}

/** Each tracker is a tier of its own, so that all are asked: the link does not say that they know of each other. */
export const tiersOf = ({ trackers }: Pick<Magnet, 'trackers'>): readonly (readonly string[])[] => [...new Set(trackers)].map((url) => [url]);

/** 40 hex digits or 32 of base32 (RFC 4648); undefined for anything else. */
export function parseInfoHash(text: string): InfoHash | undefined {
  if (/^[0-9a-f]{40}$/i.test(text)) return infoHash(text.toLowerCase());
  return /^[a-z2-7]{32}$/i.test(text) ? infoHash(toHex(fromBase32(text))) : undefined;
}

/** Values by key, decoded, without empty ones; `tr.1`, `tr.2` count as `tr`. */
function grouped(query: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [raw, encoded] of queryPairs(query, MAX_PARAMETERS)) {
    const key = raw.toLowerCase().replace(/\.\d+$/, '');
    const value = percentDecodeText(encoded, key === 'dn');
    if (value !== '') values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}

function readTopic(topics: readonly string[]): Result<InfoHash> {
  const hashes = topics.flatMap((topic) => /^urn:btih:(.*)$/i.exec(topic)?.[1] ?? []);
  const found = hashes.flatMap((text) => parseInfoHash(text) ?? []);
  if (found[0] !== undefined) return ok(found[0]);
  if (hashes[0] !== undefined) return flaw('xt', '40 hex or 32 base32 digits', quote(hashes[0]));
  return flaw('xt', 'urn:btih:HASH', topics[0] === undefined ? 'nothing' : quote(topics[0]));
}

/** Whether these spans name the file with this index. */
export const selects = (spans: readonly FileSpan[], file: number): boolean =>
  spans.some(({ first, last }) => first <= file && file <= last);

function readSelection(texts: readonly string[]): Result<readonly FileSpan[] | undefined> {
  if (texts.length === 0) return ok(undefined);
  const spans: FileSpan[] = [];
  for (const part of texts.join(',').split(',')) {
    const [, from, to] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part) ?? [];
    const first = Number(from);
    const last = Number(to ?? from);
    const sound = from !== undefined && first <= last && last < MAX_FILE;
    if (!sound) return flaw('so', 'file numbers like 0,2,4-8', quote(part));
    spans.push({ first, last });
  }
  return ok(spans);
}
const formatSpan = ({ first, last }: FileSpan): string => (first === last ? `${first}` : `${first}-${last}`);

function fromBase32(text: string): Uint8Array {
  const out = new Uint8Array((text.length * 5) / 8);
  let bits = 0;
  let held = 0;
  let n = 0;
  for (const c of text.toUpperCase()) {
    held = ((held << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out[n++] = held >> bits;
  }
  return out;
}
