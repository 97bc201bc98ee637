/**
 * What a tracker answers to a GET: announce (BEP 3, 7, 23, 24) and scrape (BEP 48) over a SwarmTable. Pure but for the
 * table; time and chance are arguments. A refusal is an answer too, in the tracker's own words with status 200, as
 * clients expect it.
 */
import type { InfoHash } from '../../base/brand.js';
import { toUtf8 } from '../../base/bytes.js';
import { describe } from '../../base/result.js';
import type { Millis } from '../../base/units.js';
import type { SwarmAnnounce } from '../../model/swarm-table.js';
import {
  encodeAnnounceAnswer, encodeScrapeAnswer, parseAnnounceQuery, parseScrapeQuery, type SwarmCounts,
} from '../../protocol/tracker-http.js';
import { countsOf, NOT_TRACKED, take, type Circumstances, type TrackerRules } from './rules.js';

export interface Question extends Circumstances {
  /** Path and query as they came: `/announce?info_hash=...`. */
  readonly target: string;
}
export interface Reply {
  readonly status: 200 | 404;
  readonly body: Uint8Array;
  /** An announce that was taken. */
  readonly announced?: SwarmAnnounce;
}

/** Swarms in one scrape. */
const MOST_SCRAPED = 100;

export function answer(question: Question, rules: TrackerRules): Reply {
  const [, path, query = ''] = /^([^?#]*)\??([^#]*)/.exec(question.target) ?? [];
  switch (path) {
    case '/announce': return announce(query, question, rules);
    case '/scrape': return { status: 200, body: scrape(query, question.now, rules) };
    default: return { status: 404, body: toUtf8('A BitTorrent tracker: /announce and /scrape.\n') };
  }
}

function announce(query: string, question: Question, rules: TrackerRules): Reply {
  const parsed = parseAnnounceQuery(query);
  if (!parsed.ok) return refuse(describe(parsed.error));
  const taken = take(parsed.value, question, rules);
  if (taken === undefined) return refuse(NOT_TRACKED);
  const { announced, seeds, leechers, peers } = taken;
  const answered = { kind: 'peers', intervalMs: rules.intervalMs, seeds, leechers, externalIp: question.from, peers } as const;
  return { status: 200, body: encodeAnnounceAnswer(answered, parsed.value.compact), announced };
}

const refuse = (reason: string): Reply => ({ status: 200, body: encodeAnnounceAnswer({ kind: 'failure', reason }) });

function scrape(query: string, now: Millis, rules: TrackerRules): Uint8Array {
  const asked = parseScrapeQuery(query);
  if (!asked.ok) return encodeScrapeAnswer({ kind: 'failure', reason: describe(asked.error) });
  const files = new Map<InfoHash, SwarmCounts>();
  for (const torrent of (asked.value.length > 0 ? asked.value : rules.table.torrents(MOST_SCRAPED)).slice(0, MOST_SCRAPED)) {
    const counts = countsOf(torrent, now, rules);
    if (counts !== undefined) files.set(torrent, counts);
  }
  return encodeScrapeAnswer({ kind: 'files', files });
}
