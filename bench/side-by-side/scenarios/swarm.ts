/**
 * One seeder and eight leechers, all of the same client: from the start of the leechers until the last of them is complete.
 * They find each other through a tracker, and nobody leaves before the end. Time is what nine programs on one machine take,
 * so it is mostly processor time, which is counted for all of them.
 */
import { MIB } from '../../../src/base/units.js';
import { announceUrl, startOpentracker } from '../../../test/interop/clients/opentracker.js';
import { transferMs } from '../../../test/interop/settings.js';
import { startClient } from '../clients.js';
import { mustBeWhole } from '../leech.js';
import { cpu, ofLibtorrent, peak, wall } from '../metrics.js';
import { treeUsage } from '../process-tree.js';
import type { Scenario } from '../scenario.js';

const LEECHERS = Array.from({ length: 8 }, (_, i) => `leecher ${i + 1}`);

export const SWARM: Scenario = {
  name: 'swarm', doc: '1 seeder and 8 leechers of the same client', clients: ['actorrent', 'libtorrent'], baseline: 'libtorrent',
  metrics: [wall(ofLibtorrent(0.9)), cpu(ofLibtorrent(1)), peak()],
  needs: ['libtorrent', 'opentracker'], hosts: { network: ['tracker', 'seeder', ...LEECHERS] },
  size: { mib: 256, copies: 1 + LEECHERS.length },
  async prepare(lab, bytes) {
    const tracker = lab.host('tracker');
    const content = await lab.content({ seed: 'swarm', bytes, pieceBytes: MIB, oneFile: true, tracker: announceUrl(tracker) });
    const job = { torrent: content.torrent, tracked: true };
    return async (client, part) => {
      // A tracker of its own for each run, so that nobody hears of those who have left.
      const tracking = await startOpentracker({ host: part.host('tracker'), home: part.folder('tracker'), infoHashes: [content.infoHash] });
      const seeder = startClient(client, {
        ...job, name: 'seeder', goal: 'seed', host: part.host('seeder'), home: part.folder('seeder'), folder: content.folder,
      });
      await seeder.ready();
      const before = treeUsage([seeder.pid]);
      const begin = performance.now();
      const leechers = LEECHERS.map((name) => {
        const folder = part.folder(`${name} files`);
        const peer = startClient(client, { ...job, name, goal: 'share', host: part.host(name), home: part.folder(name), folder });
        return { peer, folder };
      });
      const ends = await Promise.all(leechers.map(({ peer }) => peer.complete(transferMs(bytes))));
      const peers = [seeder, ...leechers.map(({ peer }) => peer)];
      const { cpuMs, peakBytes } = treeUsage(peers.map((peer) => peer.pid));
      await Promise.all(peers.map((peer) => peer.stop()));
      await tracking.stop();
      for (const { folder } of leechers) await mustBeWhole(content, folder);
      return { wallMs: Math.max(...ends) - begin, cpuMs: cpuMs - before.cpuMs, peakBytes };
    };
  },
};
