/**
 * One question to a tracker, over what its URL names: HTTP (BEP 3, scrape BEP 48) or UDP (BEP 15). Used by the process Tracker and by the
 * commands `announce` and `scrape`. All reject with an Error that says why; a tracker that refuses in its own words is an answer.
 */
import type { InfoHash } from '../base/brand.js';
import { parseHost, isPort, type Endpoint } from '../base/endpoint.js';
import type { IpFamily } from '../base/ip.js';
import type { Random } from '../base/random.js';
import { describe, flaw, ok, type Result } from '../base/result.js';
import { MIB, type Millis } from '../base/units.js';
import type { Http } from '../ports/http.js';
import type { Udp } from '../ports/udp.js';
import type { AnnounceAnswer, AnnounceParams } from '../protocol/announce.js';
import { announceUrl, parseAnnounce, parseScrape, scrapeUrl, type ScrapeAnswer } from '../protocol/tracker-http.js';
import { UdpExchange, type UdpReply, type UdpRequest } from './udp-exchange.js';

export interface Asker {
  readonly http: Http;
  /** Absent: UDP trackers cannot be asked. */
  readonly udp?: Udp;
  /** The one to ask over; absent: whichever leads there. */
  readonly family?: IpFamily;
  readonly random: Random;
  readonly timeout: Millis;
}

/** A tracker with a name may have addresses of each of these families. */
export const waysTo = (url: string, families: readonly IpFamily[]): readonly Pick<Asker, 'family'>[] =>
  families.length > 0 && hasName(url) ? families.map((family) => ({ family })) : [{}];

const hasName = (url: string): boolean => !/^[a-z]+:\/\/([^/?#]*@)?(\[|\d{1,3}(\.\d{1,3}){3}([:/?#]|$))/i.test(url);

export async function askAnnounce(url: string, params: AnnounceParams, asker: Asker): Promise<AnnounceAnswer> {
  if (!isUdp(url)) return sound(parseAnnounce(await get(announceUrl(url, params), asker)));
  const reply = await converse(url, { kind: 'announce', params, target: targetOf(url) }, asker);
  switch (reply.kind) {
    case 'error': return { kind: 'failure', reason: reply.reason };
    case 'announce': return { ...reply, kind: 'peers' };
    case 'scrape': throw new Error('answered scrape to announce');
  }
}

export async function askScrape(url: string, torrents: readonly InfoHash[], asker: Asker): Promise<ScrapeAnswer> {
  if (!isUdp(url)) return sound(parseScrape(await get(sound(scrapeUrl(url, torrents)), asker)));
  const reply = await converse(url, { kind: 'scrape', torrents }, asker);
  switch (reply.kind) {
    case 'error': return { kind: 'failure', reason: reply.reason };
    case 'announce': throw new Error('answered announce to scrape');
    case 'scrape': {
      const known = torrents.flatMap((torrent, i) => {
        const counts = reply.swarms[i];
        return counts === undefined ? [] : [[torrent, counts] as const];
      });
      return { kind: 'files', files: new Map(known) };
    }
  }
}

/** Whether there can be a tracker at all: the answer is the URL, or says what would be taken. */
export function trackerUrl(url: string): Result<string> {
  if (/^https?:\/\//i.test(url)) return URL.canParse(url) ? ok(url) : noTracker(url);
  const at = udpEndpoint(url);
  return at.ok ? ok(url) : at;
}

/** The same of one that is asked how large swarms are: over HTTP, only some addresses say where (BEP 48). */
export function scrapedTrackerUrl(url: string): Result<string> {
  const tracker = trackerUrl(url);
  if (!tracker.ok || isUdp(url)) return tracker;
  const scraped = scrapeUrl(url, []);
  return scraped.ok ? ok(url) : scraped;
}

async function get(url: string, { http, timeout, family }: Asker): Promise<Uint8Array> {
  const { status, body } = await http.get(url, { timeout, maxBytes: MIB, ...(family && { family }) });
  // Some trackers explain a refusal under another status than 200, in a dictionary all the same.
  if (status !== 200 && body[0] !== LETTER_D) throw new Error(`HTTP status ${status}`);
  return body;
}
const LETTER_D = 0x64;

async function converse(url: string, request: UdpRequest, { udp, random, timeout, family }: Asker): Promise<UdpReply> {
  const to = sound(udpEndpoint(url));
  if (udp === undefined) throw new Error('UDP trackers cannot be asked here');
  return udp.converse(to, new UdpExchange(request, random), { timeout, ...(family && { family }) });
}

const isUdp = (url: string): boolean => /^udp:/i.test(url);

function udpEndpoint(url: string): Result<Endpoint> {
  const [, name = '', digits = ''] = /^udp:\/\/(\[[^\]]*\]|[^/?#:[\]]+):(\d{1,5})(?:[/?#]|$)/i.exec(url) ?? [];
  const host = parseHost(name.replace(/^\[|\]$/g, ''));
  const port = Number(digits);
  return host !== undefined && isPort(port) ? ok({ host, port })
    : noTracker(url);
}

const noTracker = (url: string): Result<never> => flaw('tracker', 'http://..., https://... or udp://HOST:PORT', JSON.stringify(url.slice(0, 200)));

/** Path and query, as they stand in the URL; a bare slash says nothing. */
function targetOf(url: string): string {
  const [target = ''] = /(?<=^udp:\/\/[^/?#]*)[/?][^#]*/i.exec(url) ?? [];
  return target === '/' ? '' : target;
}

function sound<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(describe(result.error));
}
