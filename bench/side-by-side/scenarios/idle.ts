/**
 * What it costs to do nothing: the processor time of a client that is left alone, and how much more is resident than before
 * its idle peers or torrents came. Resident memory is read twice: soon, when it still has all the room that the collector took while
 * they came, and at rest, when V8 has seen for some time that nothing happens and has given that back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND, type Bytes, type Millis } from '../../../src/base/units.js';
import { startActorrent } from '../../../test/interop/clients/actorrent.js';
import { PEER_PORT, READY_MS, until, type Client } from '../../../test/interop/clients/client.js';
import type { Lab } from '../../../test/interop/lab.js';
import { RawPeer } from '../../../test/system/raw-peer.js';
import type { Metric } from '../compare.js';
import { loopback } from '../loopback.js';
import { smallTorrents, type SmallTorrents } from '../own-torrent.js';
import { treeUsage } from '../process-tree.js';
import type { Scenario } from '../scenario.js';

const PEERS = 1000;
const TORRENTS_OF_PEERS = 20;
const TORRENTS = 500;
/** After which start, check and connecting are over. */
const SETTLE_MS = 4 * SECOND;
const WINDOW_MS = 10 * SECOND;
/** From the window's end on: V8 took 30 to 60 s until it gave back what it had no use for. */
const REST_MS = 60 * SECOND;
/** Each peer says so often that it is there; BEP 3 has two minutes at most. */
const KEEP_ALIVE_MS = 100 * SECOND;

const cpuShare = (most: number): Metric => ({
  key: 'cpuPercent', head: 'CPU % of a core', show: (n) => n.toFixed(1), goal: { most },
});
const kilobytes = (bytes: Bytes): string => (bytes / 1000).toFixed(1);
const kilobytesEach = (what: string, most: number): readonly Metric[] => [
  { key: 'bytesEach', head: `KB a ${what}`, show: kilobytes, goal: { most: most * 1000 } },
  { key: 'bytesEachSoon', head: 'soon', show: kilobytes },
];
const resident: Metric = { key: 'residentBytes', head: 'resident MB', show: (bytes) => (bytes / 1e6).toFixed(0) };

export const IDLE_PEERS: Scenario = {
  name: 'idle-peers', doc: `${PEERS} idle peers over ${TORRENTS_OF_PEERS} torrents`, clients: ['actorrent'],
  metrics: [cpuShare(3), ...kilobytesEach('peer', 40), resident],
  needs: [], hosts: { loopback: () => loopback('client') },
  prepare: async (lab) => {
    const small = smallTorrents(lab.folder('torrents'), TORRENTS_OF_PEERS);
    return async (_, part) => {
      const client = await seed(part, small);
      const alone = await rest(client);
      const peers = await connect(part.host('client').ip4, small);
      const stop = keepAlive(peers);
      try {
        const beside = await rest(client);
        const lost = peers.filter((peer) => peer.ended).length;
        if (lost > 0) throw new Error(`${lost} of ${PEERS} idle peers were disconnected`);
        return figures(beside, alone, PEERS);
      } finally {
        stop();
        await client.stop();
      }
    };
  },
};

export const IDLE_TORRENTS: Scenario = {
  name: 'idle-torrents', doc: `${TORRENTS} torrents seeding, none active`, clients: ['actorrent'],
  metrics: [cpuShare(2), ...kilobytesEach('torrent', 150), resident],
  needs: [], hosts: { loopback: () => loopback('client') },
  prepare: async (lab) => {
    const small = smallTorrents(lab.folder('torrents'), TORRENTS);
    return async (_, part) => {
      const one = await part.part('one', (single) => restOf(single, { ...small, torrents: small.torrents.slice(0, 1) }));
      const all = await part.part('all', (many) => restOf(many, small));
      return figures(all, one, TORRENTS - 1);
    };
  },
};

async function restOf(part: Lab, small: SmallTorrents): Promise<Rest> {
  const client = await seed(part, small);
  const measured = await rest(client);
  await client.stop();
  return measured;
}

/** All of them, checked. */
async function seed(part: Lab, { folder, torrents }: SmallTorrents): Promise<Client> {
  const [first, ...others] = torrents.map((t) => t.path);
  const client = startActorrent({
    name: 'actorrent', goal: 'seed', host: part.host('client'), home: part.folder('home'), folder, torrent: first!, tracked: false,
    options: [...others, '--max-peers', String(PEERS)],
  });
  const checked = (): number => client.events.all().filter((h) => h.event === 'checked').length;
  await client.ready();
  await until(`${torrents.length} checks`, () => checked() === torrents.length, READY_MS);
  return client;
}

interface Rest {
  readonly cpuPercent: number;
  readonly soonBytes: Bytes;
  readonly residentBytes: Bytes;
}

const figures = ({ cpuPercent, residentBytes, soonBytes }: Rest, without: Rest, count: number) => ({
  cpuPercent, residentBytes, bytesEach: (residentBytes - without.residentBytes) / count,
  bytesEachSoon: (soonBytes - without.soonBytes) / count,
});

async function rest({ pid }: Client): Promise<Rest> {
  const usage = () => treeUsage([pid]);
  await sleep(SETTLE_MS);
  const begin: Millis = performance.now();
  const { cpuMs, residentBytes: soonBytes } = usage();
  await sleep(WINDOW_MS);
  const cpuPercent = (100 * (usage().cpuMs - cpuMs)) / (performance.now() - begin);
  await sleep(REST_MS);
  return { cpuPercent, soonBytes, residentBytes: usage().residentBytes };
}

/** Peers that have nothing and want nothing, the same number for each torrent. Resolves when all have been answered. */
async function connect(host: string, { torrents }: SmallTorrents): Promise<readonly RawPeer[]> {
  const peers: RawPeer[] = [];
  for (let i = 0; i < PEERS; i++) {
    const { infoHash } = torrents[i % torrents.length]!;
    const peer = await RawPeer.dial(PEER_PORT, { infoHash, host });
    peer.send({ type: 'bitfield', bits: new Uint8Array(1) });
    peers.push(peer);
  }
  await until(`${PEERS} handshakes`, () => peers.every((peer) => peer.handshake !== undefined), READY_MS);
  return peers;
}

/** One peer after the other, evenly over the time. The answer stops it and disconnects all. */
function keepAlive(peers: readonly RawPeer[]): () => void {
  let next = 0;
  const timer = setInterval(() => peers[next++ % peers.length]!.send({ type: 'keepAlive' }), KEEP_ALIVE_MS / peers.length);
  return () => {
    clearInterval(timer);
    for (const peer of peers) peer.close();
  };
}
