/**
 * A seeder of one client or the other serves libtorrent, which is the same each time; measured is the seeder. Its check at
 * the start is over by then and does not count, except for the peak of memory.
 */
import { MIB } from '../../../src/base/units.js';
import { announceUrl, startOpentracker } from '../../../test/interop/clients/opentracker.js';
import { transferMs } from '../../../test/interop/settings.js';
import { startClient } from '../clients.js';
import { mustBeWhole } from '../leech.js';
import { cpu, megabytesAtMost, ofLibtorrent, peak, wall } from '../metrics.js';
import { treeUsage } from '../process-tree.js';
import type { Scenario } from '../scenario.js';

export const UPLOAD: Scenario = {
  name: 'upload', doc: 'to one libtorrent leecher', clients: ['actorrent', 'libtorrent'], baseline: 'libtorrent',
  metrics: [wall(ofLibtorrent(1)), cpu(ofLibtorrent(1)), peak(megabytesAtMost(250))],
  needs: ['libtorrent', 'opentracker'], hosts: { network: ['tracker', 'leecher', 'seeder'] }, size: { mib: 1024, copies: 2 },
  async prepare(lab, bytes) {
    const tracker = lab.host('tracker');
    const content = await lab.content({ seed: 'upload', bytes, pieceBytes: MIB, oneFile: true, tracker: announceUrl(tracker) });
    await startOpentracker({ host: tracker, home: lab.folder('tracker'), infoHashes: [content.infoHash] });
    const job = { torrent: content.torrent, tracked: true };
    return async (client, part) => {
      const seeder = startClient(client, {
        ...job, name: `${client} seeder`, goal: 'seed', host: part.host('seeder'), home: part.folder('seeder'), folder: content.folder,
      });
      await seeder.ready();
      const before = treeUsage([seeder.pid]);
      const folder = part.folder('downloaded');
      const begin = performance.now();
      const leecher = startClient('libtorrent', {
        ...job, name: 'leecher', goal: 'fetch', host: part.host('leecher'), home: part.folder('leecher'), folder,
      });
      const end = await leecher.complete(transferMs(bytes));
      const { cpuMs, peakBytes } = treeUsage([seeder.pid]);
      await leecher.stop();
      await seeder.stop();
      await mustBeWhole(content, folder);
      return { wallMs: end - begin, cpuMs: cpuMs - before.cpuMs, peakBytes };
    };
  },
};
