/**
 * `announce URL INFOHASH` and `scrape URL INFOHASH...`: ask a tracker once, over HTTP or UDP, as a client would, and print its
 * answer.
 */
import { randomInt } from 'node:crypto';
import { MIB, SECOND } from '../../base/units.js';
import type { InfoHash } from '../../base/brand.js';
import { formatEndpoint } from '../../base/endpoint.js';
import { fromSeed } from '../../base/random.js';
import { describe, flaw, ok, type Result } from '../../base/result.js';
import { nodeHttp } from '../../edge/http.js';
import { nodeUdp } from '../../edge/udp.js';
import { askAnnounce, askScrape, scrapedTrackerUrl, trackerUrl, type Asker } from '../../process/ask-tracker.js';
import { parseInfoHash } from '../../protocol/magnet.js';
import type { AnnounceEvent, AnnouncePeers } from '../../protocol/announce.js';
import type { ScrapeAnswer } from '../../protocol/tracker-scrape.js';
import { defineCommand } from '../command.js';
import { EXIT, failure, misuse } from '../exit.js';
import { freshPeerId } from '../../library/identity.js';
import { flag, integer, quoted, value } from '../option.js';
import { duration, plural } from '../../base/format.js';
import { printable } from '../render/text.js';
import { AGENT } from '../../library/version.js';

const EVENTS: readonly AnnounceEvent[] = ['started', 'completed', 'stopped'];
const event = (typed: string): Result<AnnounceEvent> => {
  const known = EVENTS.find((e) => e === typed);
  return known === undefined ? flaw('event', EVENTS.join(', '), quoted(typed)) : ok(known);
};

export const announce = defineCommand({
  name: 'announce',
  group: 'Trackers',
  summary: 'asks a tracker for peers, once',
  args: 'URL INFOHASH',
  arity: { least: 2, most: 2 },
  options: {
    port: value('N', integer(1, 65_535), { group: 'Query', meaning: 'the port others are told', initial: 6881 }),
    left: value('BYTES', integer(0, Number.MAX_SAFE_INTEGER), {
      group: 'Query', meaning: 'what we lack; 0 for a seed', initial: MIB,
    }),
    numwant: value('N', integer(0, 2000), { group: 'Query', meaning: 'peers wanted', initial: 50 }),
    event: value('EVENT', event, {
      group: 'Query', meaning: EVENTS.join(', '), words: EVENTS, initial: undefined, shownDefault: 'none',
    }),
    json: flag({ group: 'Output', meaning: 'one JSON object, for programs' }),
  },
  notes: ['The tracker tells others of us until it forgets; --event stopped takes it back.'],
  async run({ values, args: [url = '', hash = ''], io }) {
    const { port, left, numwant } = values;
    const params = {
      infoHash: hashOf(hash), peerId: freshPeerId(), port, left, numwant, uploaded: 0, downloaded: 0,
      ...(values.event !== undefined && { event: values.event }),
    };
    const answer = await taken<AnnouncePeers>(trackerUrl(url), (at, asker) => askAnnounce(at, params, asker));
    io.print(values.json ? JSON.stringify(answer) : announceText(answer).join('\n'));
    return EXIT.done;
  },
});

export const scrape = defineCommand({
  name: 'scrape',
  group: 'Trackers',
  summary: 'asks a tracker how large swarms are',
  args: 'URL INFOHASH...',
  arity: { least: 2, most: 70 },
  options: {
    json: flag({ group: 'Output', meaning: 'one JSON object, for programs' }),
  },
  async run({ values, args: [url = '', ...hashes], io }) {
    const torrents = hashes.map(hashOf);
    const { files } = await taken<ScrapedFiles>(scrapedTrackerUrl(url), (at, asker) => askScrape(at, torrents, asker));
    if (values.json) io.print(JSON.stringify(Object.fromEntries(files)));
    for (const [hash, swarm] of values.json ? [] : files) {
      const [seeds, leechers] = [plural(swarm.seeds, 'seed'), plural(swarm.leechers, 'leecher')];
      io.print(`${hash}  ${seeds}, ${leechers}, completed ${plural(swarm.downloaded, 'time')}`);
    }
    if (files.size === 0) throw failure(`${url}: knows none of these torrents`);
    return EXIT.done;
  },
});

function announceText({ peers, seeds, leechers, intervalMs, warning, externalIp }: AnnouncePeers): readonly string[] {
  return [
    ...(warning === undefined ? [] : [`warning: ${printable(warning)}`]),
    `${plural(peers.length, 'peer')} of ${known(seeds, 'seed')} and ${known(leechers, 'leecher')}`,
    `ask again in ${duration(intervalMs)}`,
    ...(externalIp === undefined ? [] : [`our address: ${externalIp}`]),
    ...peers.map((peer) => `  ${formatEndpoint(peer)}`),
  ];
}

const known = (n: number | undefined, what: string): string => n === undefined ? `? ${what}s` : plural(n, what);

function hashOf(typed: string): InfoHash {
  const hash = parseInfoHash(typed);
  if (hash !== undefined) return hash;
  throw misuse(`info-hash: expected 40 hex digits, found ${quoted(typed)}`);
}

interface Refusal {
  readonly kind: 'failure';
  readonly reason: string;
}
type ScrapedFiles = Extract<ScrapeAnswer, { readonly kind: 'files' }>;

/** What the tracker answered, where it did not refuse; a refusal or no answer fails the command. */
async function taken<A extends { readonly kind: string }>(
  tracker: Result<string>, ask: (url: string, asker: Asker) => Promise<A | Refusal>,
): Promise<A> {
  if (!tracker.ok) throw misuse(describe(tracker.error));
  const url = tracker.value;
  const asker = { http: nodeHttp({ agent: AGENT }), udp: nodeUdp(), random: fromSeed(randomInt(2 ** 32)), timeout: 20 * SECOND };
  const answer = await ask(url, asker).catch((e: unknown) => { throw failure(`${url}: ${e instanceof Error ? e.message : String(e)}`); });
  if (isRefusal(answer)) throw failure(`${url}: ${printable(answer.reason)}`);
  return answer;
}

const isRefusal = (answer: { readonly kind: string }): answer is Refusal => answer.kind === 'failure';
