/**
 * A swarm in which nobody has everything at the start: of N peers, the K-th has every N-th piece from K on. Each piece
 * is held by one peer only, so nobody can complete unless each serves the others, directly or in turn.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { MIB } from '../../src/base/units.js';
import { needsOf, startClient, type ClientName } from './clients/all.js';
import { announceUrl, startOpentracker, type Transport } from './clients/opentracker.js';
import { copyPieces, differences } from './content.js';
import type { Lab } from './lab.js';
import { labTest } from './lab-test.js';
import { transferMs } from './settings.js';
import { checkMemory } from './transfer.js';

export interface Swarm {
  readonly members: readonly ClientName[];
  readonly bytes: number;
  readonly once?: boolean;
  /** How they talk to the tracker. */
  readonly transport?: Transport;
}

export function swarmTest({ members, bytes, once = false, transport = 'http' }: Swarm): void {
  const names = members.map((client, i) => `${client} ${i + 1}`);
  labTest(`a swarm of ${members.join(', ')}, each with 1/${members.length} of the pieces, tracked over ${transport}: ${bytes / MIB} MiB`, {
    needs: [...needsOf(...members), 'opentracker'], hosts: ['tracker', ...names], once,
  }, (lab) => share({ lab, members, names, bytes, transport }));
}

interface Share {
  readonly lab: Lab;
  readonly members: readonly ClientName[];
  readonly names: readonly string[];
  readonly bytes: number;
  readonly transport: Transport;
}

async function share({ lab, members, names, bytes, transport }: Share): Promise<void> {
  const tracker = lab.host('tracker');
  const content = await lab.content({
    seed: 'swarm', bytes, pieceBytes: 256 * 1024, tracker: announceUrl(tracker, transport),
  });
  await startOpentracker({ host: tracker, home: lab.folder('tracker'), infoHashes: [content.infoHash] });

  const swarm = members.map((client, k) => {
    const name = names[k]!;
    const home = lab.folder(name);
    return { client, name, home, folder: join(home, 'files'), has: (p: number) => p % members.length === k };
  });
  await Promise.all(swarm.map(({ folder, has }) => copyPieces(content, folder, has)));

  const begin = performance.now();
  const peers = swarm.map(({ client, name, home, folder }) => startClient[client]({
    name, goal: 'share', host: lab.host(name), home, folder, torrent: content.torrent, tracked: true,
  }));
  await Promise.all(peers.map(async (peer) => {
    await peer.ready();
    const at = await peer.complete(transferMs(content.bytes));
    lab.report(`${peer.name}: complete after ${((at - begin) / 1000).toFixed(1)} s`);
  }));

  // Only now may anyone leave: until here, the others might have needed it.
  await Promise.all(peers.map((peer) => peer.stop()));
  for (const { client, name, folder } of swarm) {
    assert.deepEqual(await differences({ content, folder, emptyMayBeAbsent: client === 'transmission' }), [], name);
  }
  peers.forEach((peer, i) => { if (members[i] === 'actorrent') checkMemory(lab, peer); });
}
