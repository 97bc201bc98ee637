/**
 * What a tracker answers to a GET: announce (BEP 3, 7, 23, 24) and scrape (BEP 48) over a SwarmTable. Pure but for the
 * table; time and chance are arguments. A refusal is an answer too, in the tracker's own words with status 200, as
 * clients expect it.
 */
import type { InfoHash } from '../../base/brand.js';
import { toUtf8 } from '../../base/bytes.js';
import type { Random } from '../../base/random.js';
import { describe } from '../../base/result.js';
import type { Millis } from '../../base/units.js';
import type { SwarmAnnounce, SwarmTable } from '../../model/swarm-table.js';
import {
  encodeAnnounceAnswer, encodeScrapeAnswer, parseAnnounceQuery, parseScrapeQuery, type SwarmCounts,
} from '../../protocol/tracker-http.js';

export interface TrackerRules {
  readonly table: SwarmTable;
  readonly intervalMs: Millis;
  /** Only these; absent: any torrent. */
  readonly allowed?: ReadonlySet<InfoHash>;
}
export interface Question {
  /** Path and query as they came: `/announce?info_hash=...`. */
  readonly target: string;
  /** Canonical address of the asker. */
  readonly from: string;
  readonly now: Millis;
  readonly random: Random;
}
export interface Reply {
  readonly status: 200 | 404;
  readonly body: Uint8Array;
  /** An announce that was taken. */
  readonly announced?: SwarmAnnounce;
}

const DEFAULT_WANT = 50;
/** Swarms in one scrape. */
const MOST_SCRAPED = 100;

export function answer(question: Question, rules: TrackerRules): Reply {
  const [, path, query = ''] = /^([^?#]*)\??([^#]*)/.exec(question.target) ?? [];
  switch (path) {
    case '/announce': return announce(query, question, rules);
    case '/scrape': return { status: 200, body: scrape(query, question, rules) };
    default: return { status: 404, body: toUtf8('A BitTorrent tracker: /announce and /scrape.\n') };
  }
}

function announce(query: string, { from, now, random }: Question, { table, intervalMs, allowed }: TrackerRules): Reply {
  const parsed = parseAnnounceQuery(query);
  if (!parsed.ok) return refuse(describe(parsed.error));
  const { infoHash: torrent, peerId: id, port, left, event, numwant = DEFAULT_WANT, compact } = parsed.value;
  if (allowed?.has(torrent) === false) return refuse('this torrent is not tracked here');
  // The address it claims is not used: it could be anybody's.
  const endpoint = { host: from, port };
  const announced = { torrent, id, endpoint, left, numwant, ...(event !== undefined && { event }) };
  const { peers, seeds, leechers } = table.announce(announced, now, random);
  const body = encodeAnnounceAnswer({ kind: 'peers', intervalMs, seeds, leechers, externalIp: from, peers }, compact);
  return { status: 200, body, announced };
}

const refuse = (reason: string): Reply => ({ status: 200, body: encodeAnnounceAnswer({ kind: 'failure', reason }) });

function scrape(query: string, { now }: Question, { table, allowed }: TrackerRules): Uint8Array {
  const asked = parseScrapeQuery(query);
  if (!asked.ok) return encodeScrapeAnswer({ kind: 'failure', reason: describe(asked.error) });
  const files = new Map<InfoHash, SwarmCounts>();
  for (const torrent of (asked.value.length > 0 ? asked.value : table.torrents(MOST_SCRAPED)).slice(0, MOST_SCRAPED)) {
    const counts = allowed?.has(torrent) === false ? undefined : table.counts(torrent, now);
    if (counts !== undefined) files.set(torrent, counts);
  }
  return encodeScrapeAnswer({ kind: 'files', files });
}
