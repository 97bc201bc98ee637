/**
 * `tracker`: a small tracker in memory, over HTTP and UDP, for private swarms and tests. Prints its announce URLs, then serves until
 * stopped.
 */
import type { InfoHash } from '../../base/brand.js';
import { formatEndpoint } from '../../base/endpoint.js';
import { SECOND } from '../../base/units.js';
import { inWords } from '../../edge/words.js';
import { SwarmTable, type SwarmAnnounce } from '../../model/swarm-table.js';
import { defineCommand } from '../command.js';
import { EXIT, failure } from '../exit.js';
import type { Io } from '../io.js';
import { flag, integer, many, text, value } from '../option.js';
import { address } from '../options.js';
import { untilSignal } from '../signals.js';
import { readTorrent } from '../torrent-source.js';
import { startTracker, type TrackerServer } from '../tracker/server.js';

/** Peers that miss one announce and are late for the next are gone. */
const EXPIRE_AFTER_INTERVALS = 2.5;

export const tracker = defineCommand({
  name: 'tracker',
  group: 'Trackers',
  summary: 'runs a small tracker, for private swarms',
  args: '',
  arity: { least: 0, most: 0 },
  options: {
    ip: value('ADDR', address, {
      group: 'Network', meaning: 'where to listen', initial: undefined, shownDefault: 'all',
    }),
    port: value('N', integer(0, 65_535), { group: 'Network', meaning: '0 takes any free port', initial: 6969 }),
    interval: value('SECONDS', integer(1, 86_400), {
      group: 'Rules', meaning: 'between two announces of a peer', initial: 1800,
    }),
    allow: many('TORRENT', text, { group: 'Rules', meaning: 'tracks only these files or info-hashes; repeatable' }),
    maxPeers: value('N', integer(1, 100_000), { group: 'Rules', meaning: 'remembered in a swarm', initial: 5000 }),
    json: flag({ group: 'Output', meaning: 'one object a line: listening, announce' }),
    verbose: flag({ group: 'Output', meaning: 'also every announce' }),
  },
  async run({ values, io }) {
    const allowed = new Set(await Promise.all(values.allow.map(hashOf)));
    const intervalMs = values.interval * SECOND;
    const table = new SwarmTable({
      maxSwarms: 100_000, maxPeers: values.maxPeers, maxTotal: 1_000_000, maxAnswer: 200,
      expireMs: EXPIRE_AFTER_INTERVALS * intervalMs,
    });
    const at = values.ip === undefined ? `port ${values.port}` : formatEndpoint({ host: values.ip, port: values.port });
    const server = await startTracker({
      table, intervalMs, port: values.port,
      ...(values.ip !== undefined && { host: values.ip }),
      ...(allowed.size > 0 && { allowed }),
      onAnnounce: (announced) => { if (values.json || values.verbose) sayAnnounce(announced, values.json, io); },
    }).catch((e: unknown) => { throw failure(`cannot listen on ${at}: ${inWords(e)}`); });
    sayListening(server, values.json, io);
    await untilSignal();
    await server.close();
    return EXIT.stopped;
  },
});

const hashOf = async (source: string): Promise<InfoHash> => (await readTorrent(source)).infoHash;

function sayListening({ url, udpUrl, port }: TrackerServer, json: boolean, io: Io): void {
  if (json) io.print(JSON.stringify({ event: 'listening', time: new Date().toISOString(), url, udpUrl, port }));
  else io.print(`tracker at ${url} and ${udpUrl}`);
}

function sayAnnounce({ torrent, endpoint, left, event: what }: SwarmAnnounce, json: boolean, io: Io): void {
  const peer = formatEndpoint(endpoint);
  const time = new Date().toISOString();
  if (json) io.print(JSON.stringify({ event: 'announce', time, torrent, peer, left, what }));
  else io.print(`${torrent}  ${peer} ${what ?? (left === 0 ? 'seeds' : 'leeches')}`);
}
