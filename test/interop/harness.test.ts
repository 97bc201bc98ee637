/**
 * The harness proves itself before it judges us: the foreign clients exchange a torrent with each other, on its
 * network, with its tracker, content and comparison. When this fails, nothing below says anything about actorrent.
 */
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { MIB } from '../../src/base/units.js';
import { copyPieces, differences } from './content.js';
import { labTest } from './lab-test.js';
import { swarmTest } from './swarm.js';
import { transferTest } from './transfer.js';

transferTest({ from: 'libtorrent', to: 'transmission', bytes: 32 * MIB, once: true });
transferTest({ from: 'transmission', to: 'libtorrent', bytes: 32 * MIB, once: true });
transferTest({ from: 'libtorrent', to: 'libtorrent', bytes: 32 * MIB, once: true, ipv6: true });
swarmTest({ members: ['libtorrent', 'transmission', 'libtorrent'], bytes: 16 * MIB, once: true });

labTest('a copy of all pieces equals, a copy of some or with one bit flipped does not', {
  needs: ['libtorrent'], hosts: ['nobody'], once: true,
}, async (lab) => {
  const content = await lab.content({ seed: 'copies', bytes: 2 * MIB, pieceBytes: 65_536 });
  assert.equal(content.files.reduce((n, f) => n + f.bytes, 0), content.bytes);

  const whole = lab.folder('whole');
  await copyPieces(content, whole, () => true);
  assert.deepEqual(await differences({ content, folder: whole }), []);

  const part = lab.folder('part');
  await copyPieces(content, part, (p) => p > 0);
  assert.notDeepEqual(await differences({ content, folder: part }), []);

  const largest = content.files.reduce((a, b) => (a.bytes > b.bytes ? a : b));
  const file = await open(join(whole, largest.path), 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, largest.bytes - 1);
  await file.write(Buffer.of(byte[0]! ^ 1), 0, 1, largest.bytes - 1);
  await file.close();
  assert.equal((await differences({ content, folder: whole })).length, 1);
});
