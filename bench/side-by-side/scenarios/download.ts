/**
 * One client downloads from libtorrent seeders that are there for all of the runs. Time and processor time run from the
 * start of the client's program until it says that it has every byte. All learn of the seeders from a tracker: some clients
 * know no other way, and libtorrent lets peers that it is merely told of wait for its next tick, half a second.
 */
import { MIB } from '../../../src/base/units.js';
import { startLibtorrent } from '../../../test/interop/clients/libtorrent.js';
import { announceUrl, startOpentracker } from '../../../test/interop/clients/opentracker.js';
import type { Lab } from '../../../test/interop/lab.js';
import type { ClientName } from '../clients.js';
import type { Metric, Sample } from '../compare.js';
import { leech } from '../leech.js';
import { connected, cpu, megabytesAtMost, ofLibtorrent, peak, wall } from '../metrics.js';
import type { Measure, Scenario } from '../scenario.js';

const PIECE_BYTES = MIB;

interface Download {
  readonly name: string;
  readonly doc: string;
  readonly seeders: number;
  /** Bytes a second of each seeder; absent: no limit. */
  readonly seederLimit?: number;
  readonly clients: readonly ClientName[];
  readonly metrics: readonly Metric[];
}

export function download(d: Download): Scenario {
  const seeders = Array.from({ length: d.seeders }, (_, i) => `seeder ${i + 1}`);
  return {
    name: d.name, doc: d.doc, clients: d.clients, metrics: d.metrics, baseline: 'libtorrent',
    needs: ['libtorrent', 'opentracker'],
    hosts: { network: ['leecher', 'tracker', ...seeders] },
    size: { mib: 1024, copies: 2 },
    prepare: (lab, bytes) => prepare(d, lab, { seeders, bytes }),
  };
}

interface Swarm {
  readonly seeders: readonly string[];
  readonly bytes: number;
}

async function prepare(d: Download, lab: Lab, swarm: Swarm): Promise<Measure> {
  const tracker = lab.host('tracker');
  const content = await lab.content({
    seed: d.name, bytes: swarm.bytes, pieceBytes: PIECE_BYTES, oneFile: true, tracker: announceUrl(tracker),
  });
  await startOpentracker({ host: tracker, home: lab.folder('tracker'), infoHashes: [content.infoHash] });
  const seeders = swarm.seeders.map((name) => startLibtorrent({
    name, goal: 'seed', host: lab.host(name), home: lab.folder(name), folder: content.folder, torrent: content.torrent, tracked: true,
    upLimit: d.seederLimit ?? 0,
  }));
  for (const seeder of seeders) await seeder.ready();

  return async (client, part): Promise<Sample> => {
    const { begin, end, cpuMs, peakBytes } = await leech({ client, part, content });
    // None where the seeder remembered the client's address from the last run, and was the one to connect.
    const [first] = seeders.flatMap((s) => s.accepted().filter((at) => at > begin)).sort((a, b) => a - b);
    return { wallMs: end - begin, ...(first !== undefined && { connectedMs: end - first }), cpuMs, peakBytes };
  };
}

const OURS_AND_LIBTORRENT: readonly ClientName[] = ['actorrent', 'libtorrent'];

export const DOWNLOADS: readonly Scenario[] = [
  download({
    name: 'download', doc: 'from one libtorrent seeder', seeders: 1, clients: OURS_AND_LIBTORRENT,
    metrics: [wall(ofLibtorrent(0.65)), connected(), cpu(ofLibtorrent(0.8)), peak(megabytesAtMost(250))],
  }),
  download({
    name: 'download-4', doc: 'from 4 libtorrent seeders', seeders: 4, clients: OURS_AND_LIBTORRENT,
    metrics: [wall(ofLibtorrent(0.8)), cpu(ofLibtorrent(0.9)), peak(megabytesAtMost(300))],
  }),
  download({
    name: 'download-20', doc: 'from 20 libtorrent seeders of 20 MB/s each', seeders: 20, seederLimit: 20e6,
    clients: OURS_AND_LIBTORRENT,
    metrics: [wall(ofLibtorrent(0.8)), cpu(ofLibtorrent(0.9)), peak(megabytesAtMost(300))],
  }),
];

export const CLIENTS: Scenario = download({
  name: 'clients', doc: 'download from one libtorrent seeder', seeders: 1,
  clients: ['actorrent', 'libtorrent', 'webtorrent', 'aria2', 'transmission'],
  metrics: [wall({ most: 0.35, of: 'webtorrent' }), cpu({ most: 0.3, of: 'webtorrent' }), peak()],
});
