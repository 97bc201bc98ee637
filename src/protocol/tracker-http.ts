/**
 * HTTP trackers, the client's side (BEP 3 "trackers", compact BEP 23 and 7, external address BEP 24, retry BEP 31):
 * the announce URL, and the answer both ways. The server's side of the query is in tracker-query.ts, scraping in
 * tracker-scrape.ts. Times are milliseconds here and seconds on the wire.
 */
import { fromHex, fromUtf8Lossy } from '../base/bytes.js';
import { isPort, parseHost, type Endpoint } from '../base/endpoint.js';
import { ipBytes, ipText, isIpLength } from '../base/ip.js';
import type { Result } from '../base/result.js';
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import { ANNOUNCE_LIMITS, type AnnounceAnswer, type AnnounceLimits, type AnnounceParams } from './announce.js';
import { decode, encode, type BInput, type BValue } from './bencode.js';
import { formatCompact4, formatCompact6, parseCompact4, parseCompact6 } from './compact.js';
import { Fields, isDict, isList, present, shown } from './fields.js';
import { percentEncode, percentEncodeText, withQuery } from './percent.js';
import { fromLatin1, toLatin1 } from './raw.js';

export { parseAnnounceQuery, parseScrapeQuery, type AnnounceQuery } from './tracker-query.js';
export { encodeScrapeAnswer, parseScrape, scrapeUrl, type ScrapeAnswer, type SwarmCounts } from './tracker-scrape.js';

const MAX_TEXT_CHARS = 1000;
const MAX_TRACKER_ID_BYTES = 1000;

/** For a GET; `base` is the URL of the metainfo file, and keeps the query it may have. */
export function announceUrl(base: string, p: AnnounceParams): string {
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['info_hash', percentEncode(fromHex(p.infoHash))],
    ['peer_id', percentEncode(fromHex(p.peerId))],
    ['port', `${p.port}`],
    ['uploaded', `${p.uploaded}`],
    ['downloaded', `${p.downloaded}`],
    ['left', `${p.left}`],
    ['compact', '1'],
    ['event', p.event],
    ['numwant', p.numwant?.toString()],
    ['key', p.key && percentEncodeText(p.key)],
    ['trackerid', p.trackerId && percentEncode(fromLatin1(p.trackerId))],
    ['ip', p.ip && percentEncodeText(p.ip)],
  ];
  return withQuery(base, pairs.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])));
}

export function parseAnnounce(bytes: Uint8Array, limits: Partial<AnnounceLimits> = {}): Result<AnnounceAnswer> {
  const all = { ...ANNOUNCE_LIMITS, ...limits };
  const decoded = decode(bytes, { maxBytes: all.maxBytes, maxDepth: 8, maxItems: 100_000, lenientOrder: true });
  if (!decoded.ok) return decoded;
  const fields = new Fields(decoded.value);
  const failure = fields.maybeText('failure reason');
  if (failure !== undefined) {
    const retryInMs = readRetry(fields.get('retry in'));
    return fields.flaws.result({ kind: 'failure', reason: short(failure), ...present({ retryInMs }) });
  }
  const peers = [...readPeers(fields), ...compactField(fields, 'peers6')].slice(0, all.maxPeers);
  const intervalMs = readInterval(fields, 'interval', all) ?? all.defaultIntervalMs;
  const warning = fields.maybeText('warning message');
  const optional = present({
    minIntervalMs: readInterval(fields, 'min interval', all),
    trackerId: readTrackerId(fields.get('tracker id')),
    seeds: readCount(fields.get('complete')),
    leechers: readCount(fields.get('incomplete')),
    warning: warning === undefined ? undefined : short(warning),
    externalIp: readAddress(fields.get('external ip')),
  });
  return fields.flaws.result({ kind: 'peers', intervalMs, ...optional, peers });
}

/** What a tracker sends. Without `compact`, peers go as dictionaries, the only form that takes host names. */
export function encodeAnnounceAnswer(answer: AnnounceAnswer, compact = true): Uint8Array {
  if (answer.kind === 'failure') {
    const { reason, retryInMs: retry } = answer;
    const minutes = retry === undefined ? undefined : retry === Infinity ? 'never' : Math.ceil(retry / MINUTE);
    return encode({ 'failure reason': reason, 'retry in': minutes });
  }
  const { minIntervalMs, trackerId, externalIp, peers } = answer;
  const peers6 = compact ? formatCompact6(peers) : undefined;
  const dictionaries = (): BInput => peers.map(({ host, port }) => ({ ip: host, port }));
  return encode({
    complete: answer.seeds,
    'external ip': externalIp === undefined ? undefined : ipBytes(externalIp),
    incomplete: answer.leechers,
    interval: seconds(answer.intervalMs),
    'min interval': minIntervalMs === undefined ? undefined : seconds(minIntervalMs),
    peers: compact ? formatCompact4(peers) : dictionaries(),
    peers6: peers6?.length === 0 ? undefined : peers6,
    'tracker id': trackerId === undefined ? undefined : fromLatin1(trackerId),
    'warning message': answer.warning,
  });
}

/** `peers` is compact, or a list of dictionaries; entries of the latter that cannot be dialled are skipped. */
function readPeers(fields: Fields): readonly Endpoint[] {
  const value = fields.get('peers');
  if (value === undefined || !isList(value)) return compactField(fields, 'peers');
  return value.flatMap((item, i) => {
    if (!isDict(item)) fields.refuse(`peers[${i}]`, 'a dictionary', shown(item));
    const peer = new Fields(item, `peers[${i}]`, fields.flaws);
    const host = parseHost(peer.text('ip'));
    const port = peer.int('port', 0, 65_535);
    return host !== undefined && isPort(port) ? [{ host, port }] : [];
  });
}

function compactField(fields: Fields, key: 'peers' | 'peers6'): readonly Endpoint[] {
  const bytes = fields.maybeBytes(key) ?? new Uint8Array(0);
  const parsed = key === 'peers' ? parseCompact4(bytes) : parseCompact6(bytes);
  if (parsed.ok) return parsed.value;
  fields.flaws.add(parsed.error.field, parsed.error.expected, parsed.error.found);
  return [];
}

function readInterval(fields: Fields, key: string, limits: AnnounceLimits): Millis | undefined {
  const value = fields.maybeInt(key, Number.MIN_SAFE_INTEGER);
  if (value === undefined) return undefined;
  return Math.min(limits.maxIntervalMs, Math.max(limits.minIntervalMs, value * SECOND));
}

/** BEP 31: minutes as an integer (some send digits as text), or `never`. */
function readRetry(value: BValue | undefined): Millis | undefined {
  const text = value instanceof Uint8Array ? fromUtf8Lossy(value) : typeof value === 'number' ? `${value}` : '';
  if (text === 'never') return Infinity;
  return /^\d{1,9}$/.test(text) ? Number(text) * MINUTE : undefined;
}

const readCount = (value: BValue | undefined): number | undefined =>
  typeof value === 'number' && value >= 0 ? value : undefined;

const readTrackerId = (value: BValue | undefined): string | undefined =>
  value instanceof Uint8Array && value.length <= MAX_TRACKER_ID_BYTES ? toLatin1(value) : undefined;

const readAddress = (value: BValue | undefined): string | undefined =>
  value instanceof Uint8Array && isIpLength(value.length) ? ipText(value) : undefined;

const seconds = (ms: Millis): number => Math.ceil(ms / SECOND);
const short = (text: string): string => text.slice(0, MAX_TEXT_CHARS);
