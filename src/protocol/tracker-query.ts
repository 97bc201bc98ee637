/**
 * HTTP trackers, the server's side (BEP 3, 23, 48): what stands in the query string of an announce or a scrape. Hashes
 * and ids are 20 raw bytes, percent-encoded; numbers are decimal. `compact` counts as wanted unless it is `0` (BEP
 * 23).
 */
import { infoHash, peerId, type InfoHash } from '../base/brand.js';
import { fromUtf8Lossy, toHex } from '../base/bytes.js';
import { isPort, parseHost } from '../base/endpoint.js';
import { Flaws, present, quote } from './fields.js';
import { flaw, type Result } from '../base/result.js';
import { percentDecode, queryPairs } from './percent.js';
import { toLatin1 } from './raw.js';
import type { AnnounceEvent, AnnounceParams } from './announce.js';

/** What a client's announce says, as the tracker reads it; `ip` is as the client claims it, an address or a name. */
export type AnnounceQuery = AnnounceParams & { readonly compact: boolean };

const MAX_QUERY_CHARS = 8192;
const MAX_PAIRS = 100;
const EVENTS = ['started', 'completed', 'stopped'] as const satisfies readonly AnnounceEvent[];

/** `query` with or without its `?`. The first of a repeated key counts. */
export function parseAnnounceQuery(query: string): Result<AnnounceQuery> {
  if (query.length > MAX_QUERY_CHARS) return tooLong(query);
  const values = new Map<string, Uint8Array>();
  for (const [key, value] of pairsOf(query)) if (!values.has(key)) values.set(key, percentDecode(value, true));
  const read = new QueryReader(values);
  const hash = infoHash(read.hex20('info_hash'));
  const id = peerId(read.hex20('peer_id'));
  const event = read.text('event');
  const port = read.count('port') ?? 0;
  if (!isPort(port)) read.flaws.add('port', 'a port from 1 to 65535', quote(read.text('port') ?? 'nothing'));
  const trackerId = values.get('trackerid');
  const parsed = {
    infoHash: hash,
    peerId: id,
    port,
    uploaded: read.count('uploaded') ?? 0,
    downloaded: read.count('downloaded') ?? 0,
    left: read.count('left') ?? 0,
    compact: read.text('compact') !== '0',
    ...present({
      event: EVENTS.find((e) => e === event),
      numwant: read.count('numwant'),
      key: read.text('key'),
      trackerId: trackerId === undefined ? undefined : toLatin1(trackerId),
      ip: parseHost(read.text('ip') ?? ''),
    }),
  };
  return read.flaws.result(parsed);
}

/** The torrents asked for, in order; none means all (BEP 48). */
export function parseScrapeQuery(query: string): Result<readonly InfoHash[]> {
  if (query.length > MAX_QUERY_CHARS) return tooLong(query);
  const flaws = new Flaws();
  const hashes = pairsOf(query).filter(([key]) => key === 'info_hash').map(([, value]) => {
    const bytes = percentDecode(value, true);
    if (bytes.length !== 20) flaws.add('info_hash', '20 bytes', `${bytes.length} bytes`);
    return toHex(bytes);
  });
  return flaws.first === undefined ? flaws.result(hashes.map(infoHash)) : { ok: false, error: flaws.first };
}

const pairsOf = (query: string): ReturnType<typeof queryPairs> => queryPairs(query.replace(/^\?/, ''), MAX_PAIRS);
const tooLong = (query: string): Result<never> =>
  flaw('query', `at most ${MAX_QUERY_CHARS} characters`, `${query.length}`);

class QueryReader {
  readonly flaws = new Flaws();
  readonly #values: ReadonlyMap<string, Uint8Array>;

  constructor(values: ReadonlyMap<string, Uint8Array>) {
    this.#values = values;
  }

  text(key: string): string | undefined {
    const bytes = this.#values.get(key);
    return bytes === undefined ? undefined : fromUtf8Lossy(bytes);
  }

  /** Missing is undefined; there but not a count is a flaw. */
  count(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined || text === '') return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    this.flaws.add(key, 'a number', quote(text));
    return undefined;
  }

  hex20(key: string): string {
    const bytes = this.#values.get(key);
    if (bytes?.length === 20) return toHex(bytes);
    this.flaws.add(key, '20 bytes', bytes === undefined ? 'nothing' : `${bytes.length} bytes`);
    return '0'.repeat(40);
  }
}
