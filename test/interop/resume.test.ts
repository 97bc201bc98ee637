/** Killed in the middle of a download from libtorrent, and started again: what was there is not fetched a second time. */
import assert from 'node:assert/strict';
import { MIB } from '../../src/base/units.js';
import { startActorrent } from './clients/actorrent.js';
import { startLibtorrent } from './clients/libtorrent.js';
import { differences } from './content.js';
import { numberIn } from './events.js';
import { labTest } from './lab-test.js';
import { transferMs } from './settings.js';

const BYTES = 32 * MIB;
/** Bytes a second. */
const UP_LIMIT = 4_000_000;
const SAVE_SECONDS = 0.5;
/** What came since the save before the last, and what was asked for and on its way (docs/resume.md): less than half of it all. */
const TWICE = 2 * SAVE_SECONDS * UP_LIMIT + 4 * MIB;

labTest('killed at half of a download from libtorrent, and resumed', { needs: ['libtorrent'], hosts: ['seeder', 'leecher'] }, async (lab) => {
  const content = await lab.content({ seed: 'resumed', bytes: BYTES, pieceBytes: 256 * 1024 });
  const both = { torrent: content.torrent, tracked: false };
  const seeder = startLibtorrent({
    ...both, name: 'seeder', goal: 'seed', host: lab.host('seeder'), home: lab.folder('seeder'), folder: content.folder, upLimit: UP_LIMIT,
  });
  await seeder.ready();
  const folder = lab.folder('downloaded');
  const home = lab.folder('leecher');
  const start = (name: string) => startActorrent({
    ...both, name, goal: 'fetch', host: lab.host('leecher'), home, folder, peers: [lab.host('seeder').ip4],
    options: ['--save-interval', String(SAVE_SECONDS)],
  });
  const first = start('first life');
  await first.events.first('half of it', (h) => h.event === 'stats' && numberIn(h, 'downloaded') >= BYTES / 2, transferMs(BYTES));
  await first.kill();
  const second = start('second life');
  await second.complete(transferMs(BYTES));
  await second.stop();
  await seeder.stop();
  assert.deepEqual(await differences({ content, folder }), []);
  const twice = await seeder.uploaded() - BYTES;
  lab.report(`${twice} of ${BYTES} bytes were sent twice`);
  assert.ok(twice >= 0 && twice <= TWICE, `${twice} bytes were sent twice; ${TWICE} at most`);
});
