/**
 * `announce URL INFOHASH` and `scrape URL INFOHASH...`: ask an HTTP tracker once, as a client would, and print its
 * answer.
 */
import { MIB, SECOND } from '../../base/units.js';
import type { InfoHash } from '../../base/brand.js';
import { formatEndpoint } from '../../base/endpoint.js';
import { describe, flaw, ok, type Result } from '../../base/result.js';
import { nodeHttp } from '../../edge/http.js';
import { inWords } from '../../edge/words.js';
import { parseInfoHash } from '../../protocol/magnet.js';
import {
  announceUrl, parseAnnounce, parseScrape, scrapeUrl, type AnnounceEvent, type AnnouncePeers,
} from '../../protocol/tracker-http.js';
import { defineCommand } from '../command.js';
import { EXIT, failure, misuse } from '../exit.js';
import { freshPeerId } from '../identity.js';
import { flag, integer, quoted, value } from '../option.js';
import { count, duration, plural } from '../render/format.js';
import { printable } from '../render/text.js';
import { AGENT } from '../version.js';

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
      group: 'Query', meaning: EVENTS.join(', '), initial: undefined, shownDefault: 'none',
    }),
    json: flag({ group: 'Output', meaning: 'one JSON object, for programs' }),
  },
  notes: ['', 'The tracker tells others of us until it forgets; --event stopped takes it back.'],
  async run({ values, args: [url = '', hash = ''], io }) {
    const { port, left, numwant } = values;
    const query = announceUrl(httpOnly(url), {
      infoHash: hashOf(hash), peerId: freshPeerId(), port, left, numwant, uploaded: 0, downloaded: 0, compact: true,
      ...(values.event !== undefined && { event: values.event }),
    });
    const answer = parseAnnounce(await ask(query, url));
    if (!answer.ok) throw failure(`${url}: ${describe(answer.error)}`);
    if (answer.value.kind === 'failure') throw failure(`${url}: ${printable(answer.value.reason)}`);
    io.print(values.json ? JSON.stringify(answer.value) : announceText(answer.value).join('\n'));
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
    const query = scrapeUrl(httpOnly(url), hashes.map(hashOf));
    if (!query.ok) throw misuse(describe(query.error));
    const answer = parseScrape(await ask(query.value, url));
    if (!answer.ok) throw failure(`${url}: ${describe(answer.error)}`);
    if (answer.value.kind === 'failure') throw failure(`${url}: ${printable(answer.value.reason)}`);
    const { files } = answer.value;
    if (values.json) io.print(JSON.stringify(Object.fromEntries(files)));
    for (const [hash, swarm] of values.json ? [] : files) {
      const [seeds, leechers] = [plural(swarm.seeds, 'seed'), plural(swarm.leechers, 'leecher')];
      io.print(`${hash}  ${seeds}, ${leechers}, completed ${count(swarm.downloaded)} times`);
    }
    if (files.size === 0) throw failure(`${url}: knows none of these torrents`);
    return EXIT.done;
  },
});

function announceText({ peers, seeds, leechers, intervalMs, warning, externalIp }: AnnouncePeers): readonly string[] {
  return [
    ...(warning === undefined ? [] : [`warning: ${printable(warning)}`]),
    `${plural(peers.length, 'peer')} of ${seeds ?? '?'} seeds and ${leechers ?? '?'} leechers`,
    `ask again in ${duration(intervalMs)}`,
    ...(externalIp === undefined ? [] : [`our address: ${externalIp}`]),
    ...peers.map((peer) => `  ${formatEndpoint(peer)}`),
  ];
}

function hashOf(typed: string): InfoHash {
  const hash = parseInfoHash(typed);
  if (hash !== undefined) return hash;
  throw misuse(`info-hash: expected 40 hex digits, found ${quoted(typed)}`);
}

function httpOnly(url: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  throw misuse(`tracker: expected an http(s) URL, found ${quoted(url)}`);
}

async function ask(query: string, url: string): Promise<Uint8Array> {
  try {
    const { status, body } = await nodeHttp({ agent: AGENT }).get(query, { timeout: 15 * SECOND, maxBytes: MIB });
    // Some trackers explain a refusal in the body of an error; bencode begins with d.
    if (status !== 200 && body[0] !== 0x64) throw new Error(`the tracker answered ${status}`);
    return body;
  } catch (e) {
    throw failure(`${url}: ${inWords(e)}`);
  }
}
