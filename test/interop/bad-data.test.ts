/** A libtorrent peer that seeds what was altered after its check, beside an honest one: the liar is named and banned, the bytes are right. */
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { MIB } from '../../src/base/units.js';
import { startActorrent } from './clients/actorrent.js';
import { PEER_PORT } from './clients/client.js';
import { startLibtorrent } from './clients/libtorrent.js';
import { copyPieces, differences, type Content } from './content.js';
import { labTest } from './lab-test.js';
import { transferMs } from './settings.js';

const BYTES = 32 * MIB;
const PIECE_BYTES = 256 * 1024;
/** Of each seeder, bytes a second: neither has served all before the other has begun. */
const UP_LIMIT = 4_000_000;

/** A byte in every piece of the large files is another one. */
async function spoil({ files }: Content, folder: string): Promise<void> {
  for (const { path, bytes } of files) {
    const file = await open(join(folder, path), 'r+');
    for (let at = PIECE_BYTES / 2; at < bytes; at += PIECE_BYTES) {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
      await file.write(Buffer.of(buffer[0]! ^ 1), 0, 1, at);
    }
    await file.close();
  }
}

labTest('a libtorrent seeder that lies, beside an honest one', { needs: ['libtorrent'], hosts: ['honest', 'liar', 'leecher'] }, async (lab) => {
  const content = await lab.content({ seed: 'spoilt', bytes: BYTES, pieceBytes: PIECE_BYTES });
  const copy = lab.folder('copy');
  await copyPieces(content, copy, () => true);
  const seeders = (['honest', 'liar'] as const).map((name) => startLibtorrent({
    name, goal: 'seed', torrent: content.torrent, tracked: false, host: lab.host(name), home: lab.folder(name), upLimit: UP_LIMIT,
    folder: name === 'liar' ? copy : content.folder,
  }));
  for (const seeder of seeders) await seeder.ready();
  await spoil(content, copy);
  const folder = lab.folder('downloaded');
  const leecher = startActorrent({
    name: 'leecher', goal: 'fetch', torrent: content.torrent, tracked: false, host: lab.host('leecher'), home: lab.folder('leecher'), folder,
    peers: [lab.host('honest').ip4, lab.host('liar').ip4],
  });
  await leecher.complete(transferMs(content.bytes));
  await leecher.stop();
  for (const seeder of seeders) await seeder.stop();
  assert.deepEqual(await differences({ content, folder }), []);
  const peers = leecher.events.all().filter(({ event }) => event === 'peer').map(({ fields }) => fields);
  assert.deepEqual(peers.filter((p) => p['what'] === 'banned').map((p) => p['address']), [`${lab.host('liar').ip4}:${PEER_PORT}`]);
});
