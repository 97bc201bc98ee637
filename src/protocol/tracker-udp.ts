/**
 * UDP trackers, both sides (BEP 15; the path and query of the URL by BEP 41). Packets are big-endian; every answer repeats the
 * transaction id of its question. A question begins with the connection id that the answer to `connect` gave: it proves that the asker
 * can be reached at the address it writes from, and holds for a minute or two.
 *
 *   question  connect   0x41727101980 u64, 0 u32, transaction u32
 *             announce  connection u64, 1, transaction, info-hash 20, peer id 20, downloaded u64, left u64, uploaded u64, event u32,
 *                       address u32 (0: where this comes from), key u32, peers wanted i32, port u16, then options
 *             scrape    connection u64, 2, transaction, info-hash 20 each
 *   answer    connect   0, transaction, connection u64
 *             announce  1, transaction, interval s, leechers, seeds, then peers: 6 bytes each, 18 where the question came over IPv6
 *             scrape    2, transaction, then seeds, completed, leechers of each
 *             error     3, transaction, text
 *
 * A connection id is opaque here: 8 bytes as 16 hex digits.
 */
import { infoHash, peerId, type InfoHash } from '../base/brand.js';
import { concat, fromHex, fromUtf8Lossy, readU32, toHex, toUtf8, writeU32 } from '../base/bytes.js';
import { isPort, type Endpoint } from '../base/endpoint.js';
import type { IpFamily } from '../base/ip.js';
import { flaw, ok, type Result } from '../base/result.js';
import { SECOND, type Millis } from '../base/units.js';
import { ANNOUNCE_LIMITS, type AnnounceEvent, type AnnounceParams } from './announce.js';
import { COMPACT4_BYTES, COMPACT6_BYTES, formatCompact4, formatCompact6, parseCompact4, parseCompact6 } from './compact.js';
import { present } from './fields.js';
import type { SwarmCounts } from './tracker-scrape.js';

export type UdpQuestion =
  | { readonly kind: 'connect' }
  | { readonly kind: 'announce'; readonly connection: string; readonly params: AnnounceParams; readonly target?: string }
  | { readonly kind: 'scrape'; readonly connection: string; readonly torrents: readonly InfoHash[] };

export type UdpAnswer =
  | { readonly kind: 'connect'; readonly connection: string }
  | {
      readonly kind: 'announce';
      readonly intervalMs: Millis;
      readonly seeds: number;
      readonly leechers: number;
      readonly peers: readonly Endpoint[];
    }
  | { readonly kind: 'scrape'; readonly swarms: readonly SwarmCounts[] }
  | { readonly kind: 'error'; readonly reason: string };

/** With the transaction it belongs to. */
export type Of<T> = T & { readonly transaction: number };

const HELLO = '0000041727101980';
const ACTIONS = ['connect', 'announce', 'scrape', 'error'] as const;
const EVENTS = ['none', 'completed', 'started', 'stopped'] as const;
const HEADER_BYTES = 16;
const ANNOUNCE_BYTES = 98;
const SCRAPED_BYTES = 12;
/** More would not fit into one packet everywhere (BEP 15). */
export const MOST_SCRAPED = 74;
const ANY_NUMBER_OF_PEERS = 0xffff_ffff;
const MAX_REASON_CHARS = 1000;

// QUESTIONS --------------------------------------------------------------------------

export function encodeUdpQuestion(question: Of<UdpQuestion>): Uint8Array {
  switch (question.kind) {
    case 'connect': return header(HELLO, question);
    case 'scrape': return concat([header(question.connection, question), ...question.torrents.map((t) => fromHex(t))]);
    case 'announce': {
      const { params: p } = question;
      const numbers = new Uint8Array(42);
      writeU64(numbers, 0, p.downloaded);
      writeU64(numbers, 8, p.left);
      writeU64(numbers, 16, p.uploaded);
      writeU32(numbers, 24, EVENTS.indexOf(p.event ?? 'none'));
      writeU32(numbers, 32, p.key === undefined ? 0 : Number.parseInt(p.key, 16));
      writeU32(numbers, 36, p.numwant ?? ANY_NUMBER_OF_PEERS);
      numbers[40] = p.port >> 8;
      numbers[41] = p.port;
      const ids = [fromHex(p.infoHash), fromHex(p.peerId)];
      return concat([header(question.connection, question), ...ids, numbers, urlData(question.target ?? '')]);
    }
  }
}

function header(connection: string, { kind, transaction }: Of<UdpQuestion>): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(fromHex(connection));
  writeU32(bytes, 8, ACTIONS.indexOf(kind));
  writeU32(bytes, 12, transaction);
  return bytes;
}

const URL_DATA = 2;
const MAX_TARGET_BYTES = 1000;

/** What a tracker behind a path or with a passkey needs to know (BEP 41): at most 255 bytes an option. */
function urlData(target: string): Uint8Array {
  const bytes = toUtf8(target).subarray(0, MAX_TARGET_BYTES);
  const options: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255);
    options.push(Uint8Array.of(URL_DATA, part.length), part);
  }
  return concat(options);
}

/** What a tracker reads. Options are not looked at: no path of ours means anything. */
export function parseUdpQuestion(bytes: Uint8Array): Result<Of<UdpQuestion>> {
  if (bytes.length < HEADER_BYTES) return flaw('packet', `at least ${HEADER_BYTES} bytes`, `${bytes.length}`);
  const connection = toHex(bytes.subarray(0, 8));
  const transaction = readU32(bytes, 12);
  switch (actionAt(bytes, 8)) {
    case 'connect':
      return connection === HELLO ? ok({ kind: 'connect', transaction }) : flaw('protocol', HELLO, connection);
    case 'announce': return announceOf(bytes, { connection, transaction });
    case 'scrape': {
      const torrents = hashes(bytes.subarray(HEADER_BYTES)).slice(0, MOST_SCRAPED);
      return torrents.length > 0
        ? ok({ kind: 'scrape', connection, transaction, torrents }) : flaw('packet', 'an info-hash', 'none');
    }
    case 'error': case 'unknown': return flaw('action', '0 to 2', `${readU32(bytes, 8)}`);
  }
}

function announceOf(bytes: Uint8Array, of: { readonly connection: string; readonly transaction: number }): Result<Of<UdpQuestion>> {
  if (bytes.length < ANNOUNCE_BYTES) return flaw('packet', `at least ${ANNOUNCE_BYTES} bytes`, `${bytes.length}`);
  const port = (bytes[96]! << 8) | bytes[97]!;
  if (!isPort(port)) return flaw('port', 'a port from 1 to 65535', '0');
  const event = EVENTS[readU32(bytes, 80)];
  const numwant = readU32(bytes, 92);
  const params: AnnounceParams = {
    infoHash: infoHash(toHex(bytes.subarray(16, 36))), peerId: peerId(toHex(bytes.subarray(36, 56))), port,
    downloaded: readU64(bytes, 56), left: readU64(bytes, 64), uploaded: readU64(bytes, 72),
    key: toHex(bytes.subarray(88, 92)),
    ...present({
      event: event === 'none' ? undefined : (event satisfies AnnounceEvent | undefined),
      // Negative, as -1 is: as many as the tracker likes.
      numwant: numwant > 0x7fff_ffff ? undefined : numwant,
    }),
  };
  return ok({ kind: 'announce', ...of, params });
}

// ANSWERS ----------------------------------------------------------------------------

/** `family` is that of the asker's address: no other peers fit. */
export function encodeUdpAnswer(answer: Of<UdpAnswer>, family: IpFamily): Uint8Array {
  const { kind, transaction } = answer;
  const start = u32s(ACTIONS.indexOf(kind), transaction);
  switch (kind) {
    case 'connect': return concat([start, fromHex(answer.connection)]);
    case 'announce': {
      const { intervalMs, leechers, seeds, peers } = answer;
      const compact = family === 4 ? formatCompact4(peers) : formatCompact6(peers);
      return concat([start, u32s(Math.ceil(intervalMs / SECOND), leechers, seeds), compact]);
    }
    case 'scrape':
      return concat([start, ...answer.swarms.map(({ seeds, downloaded, leechers }) => u32s(seeds, downloaded, leechers))]);
    case 'error': return concat([start, toUtf8(answer.reason)]);
  }
}

/** `family` is that of the tracker's address. Bytes of a peer cut off at the end, as some trackers send them, are left out. */
export function parseUdpAnswer(bytes: Uint8Array, family: IpFamily): Result<Of<UdpAnswer>> {
  if (bytes.length < 8) return flaw('packet', 'at least 8 bytes', `${bytes.length}`);
  const transaction = readU32(bytes, 4);
  const kind = actionAt(bytes, 0);
  switch (kind) {
    case 'connect':
      return bytes.length < 16 ? flaw('packet', 'at least 16 bytes', `${bytes.length}`)
        : ok({ kind, transaction, connection: toHex(bytes.subarray(8, 16)) });
    case 'announce': return peersOf(bytes, { transaction, family });
    case 'scrape': {
      const swarms = records(bytes.subarray(8), SCRAPED_BYTES)
        .map((r) => ({ seeds: readU32(r, 0), downloaded: readU32(r, 4), leechers: readU32(r, 8) }));
      return ok({ kind, transaction, swarms });
    }
    case 'error': return ok({ kind, transaction, reason: fromUtf8Lossy(bytes.subarray(8)).slice(0, MAX_REASON_CHARS) });
    case 'unknown': return flaw('action', '0 to 3', `${readU32(bytes, 0)}`);
  }
}

function peersOf(bytes: Uint8Array, of: { readonly transaction: number; readonly family: IpFamily }): Result<Of<UdpAnswer>> {
  if (bytes.length < 20) return flaw('packet', 'at least 20 bytes', `${bytes.length}`);
  const { transaction, family } = of;
  const size = family === 4 ? COMPACT4_BYTES : COMPACT6_BYTES;
  const most = Math.min(Math.floor((bytes.length - 20) / size), ANNOUNCE_LIMITS.maxPeers);
  const whole = bytes.subarray(20, 20 + most * size);
  const peers = family === 4 ? parseCompact4(whole) : parseCompact6(whole);
  if (!peers.ok) return peers;
  const { minIntervalMs, maxIntervalMs } = ANNOUNCE_LIMITS;
  const intervalMs = Math.min(maxIntervalMs, Math.max(minIntervalMs, readU32(bytes, 8) * SECOND));
  return ok({
    kind: 'announce', transaction, intervalMs, leechers: readU32(bytes, 12), seeds: readU32(bytes, 16), peers: peers.value,
  });
}

// BYTES ------------------------------------------------------------------------------

const actionAt = (bytes: Uint8Array, at: number): (typeof ACTIONS)[number] | 'unknown' => ACTIONS[readU32(bytes, at)] ?? 'unknown';

function u32s(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  numbers.forEach((n, i) => writeU32(bytes, 4 * i, n));
  return bytes;
}

function writeU64(bytes: Uint8Array, at: number, n: number): void {
  writeU32(bytes, at, Math.floor(n / 2 ** 32));
  writeU32(bytes, at + 4, n % 2 ** 32);
}

/** Past 2^53 the last digits are lost; nothing here counts that exactly. */
const readU64 = (bytes: Uint8Array, at: number): number => readU32(bytes, at) * 2 ** 32 + readU32(bytes, at + 4);

const hashes = (bytes: Uint8Array): readonly InfoHash[] => records(bytes, 20).map((hash) => infoHash(toHex(hash)));

const records = (bytes: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
