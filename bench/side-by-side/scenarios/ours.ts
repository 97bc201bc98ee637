/** A download from one of us by another: says nothing of other clients, but runs anywhere, and shows that the benchmarks do. */
import { MIB } from '../../../src/base/units.js';
import { startClient } from '../clients.js';
import { leech } from '../leech.js';
import { loopback } from '../loopback.js';
import { cpu, peak, wall } from '../metrics.js';
import { createTorrent } from '../own-torrent.js';
import type { Scenario } from '../scenario.js';

export const OURS: Scenario = {
  name: 'ours', doc: 'download from one actorrent seeder, on loopback', clients: ['actorrent'],
  metrics: [wall(), cpu(), peak()], needs: [], hosts: { loopback: () => loopback('seeder', 'leecher') },
  size: { mib: 1024, quickMib: 64, copies: 2 },
  async prepare(lab, bytes) {
    const content = await lab.content({ seed: 'ours', bytes, pieceBytes: MIB, oneFile: true, author: createTorrent });
    const seeder = startClient('actorrent', {
      name: 'seeder', goal: 'seed', host: lab.host('seeder'), home: lab.folder('seeder'), folder: content.folder,
      torrent: content.torrent, tracked: false,
    });
    await seeder.ready();
    return async (client, part) => {
      const { begin, end, cpuMs, peakBytes } = await leech({ client, part, content, peers: ['seeder'] });
      return { wallMs: end - begin, cpuMs, peakBytes };
    };
  },
};
