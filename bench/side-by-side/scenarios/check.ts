/**
 * A seeder starts on files that are all there, knows nothing of them, and hashes every piece: from the start of the program
 * until it says that it has all. libtorrent as it comes, with its one hashing thread; ours with two workers.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_FOLDER } from '../../../src/edge/inside.js';
import { MIB } from '../../../src/base/units.js';
import { transferMs } from '../../../test/interop/settings.js';
import { startClient } from '../clients.js';
import { cpu, megabytesAtMost, ofLibtorrent, peak, wall } from '../metrics.js';
import { treeUsage } from '../process-tree.js';
import type { Scenario } from '../scenario.js';

export const CHECK: Scenario = {
  name: 'check', doc: 'hash check of what is on disk, --procs 2', clients: ['actorrent', 'libtorrent'], baseline: 'libtorrent',
  metrics: [wall(ofLibtorrent(0.6)), cpu(ofLibtorrent(1.1)), peak(megabytesAtMost(200))],
  needs: ['libtorrent'], hosts: { network: ['seeder'] }, size: { mib: 4096, copies: 1 },
  async prepare(lab, bytes) {
    const content = await lab.content({ seed: 'check', bytes, pieceBytes: MIB, oneFile: true });
    return async (client, part) => {
      rmSync(join(content.folder, OWN_FOLDER), { recursive: true, force: true }); // what our last run wrote down
      const begin = performance.now();
      const seeder = startClient(client, {
        name: client, goal: 'seed', host: part.host('seeder'), home: part.folder('home'), folder: content.folder,
        torrent: content.torrent, tracked: false, options: ['--procs', '2'],
      });
      const end = await seeder.complete(transferMs(bytes));
      const { cpuMs, peakBytes } = treeUsage([seeder.pid]);
      await seeder.stop();
      return { wallMs: end - begin, cpuMs, peakBytes };
    };
  },
};
