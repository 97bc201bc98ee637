/** The end of Files where the data are to go, too: what is deleted is ours, and nothing is made after that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '../../src/base/units.js';
import type { FilesMsg } from '../../src/process/files-state.js';
import { FULL } from './fake-disk.js';
import { block, RECORD, remembered, start, TORRENT, whole } from './files-stage.js';
import { bitsOf } from './stage.js';

const ERASE = { type: 'stop', withData: true } as const satisfies FilesMsg;
const closed = (erased: object) => [{ torrent: TORRENT, part: 'Torrent/Files', erased }];

test('its files and its records go; what was new is saved no more', async () => {
  const { stage, disk } = await start({ disk: remembered([0, 3]) });
  stage.send(block(1, 0, 1)).forget();
  disk.log.length = 0;
  await stage.send(ERASE, ERASE).settle();
  assert.deepEqual(stage.all('closed'), closed({ files: 2, bytes: 49_152 + 73_728, left: 0, shared: 0 }));
  assert.deepEqual(disk.log, [`remove ${RECORD}`, `remove ${TORRENT}.torrent`, 'erase 0 1', 'facts']);
});

test('what the disk is at is waited for: a piece, a save, the record', async () => {
  const { stage, disk } = await start();
  stage.send(...whole(0));
  await stage.send(ERASE).settle();
  assert.deepEqual(stage.all('closed'), []);
  disk.stores[0]!.done({ type: 'stored' });
  await stage.settle();
  assert.equal(stage.all('closed').length, 1);

  const saving = await start();
  let synced = (): void => undefined;
  saving.disk.syncing = new Promise((resolve) => { synced = resolve; });
  saving.stage.send(...whole(0));
  saving.disk.stores[0]!.done({ type: 'stored' });
  await saving.stage.advance(60 * SECOND).send(ERASE).settle();
  assert.deepEqual(saving.stage.all('closed'), []);
  synced();
  await saving.stage.settle();
  assert.deepEqual([saving.stage.all('closed').length, saving.disk.records.size], [1, 0]);

  const recalling = await start({ recalled: false, disk: remembered([0, 1, 2, 3]) });
  await recalling.stage.send(ERASE).settle();
  assert.deepEqual(recalling.stage.all('closed').map(({ erased }) => erased.files), [2]);
});

test('what another torrent has too stays, and is told of', async () => {
  const { stage, disk } = await start({ disk: remembered([0, 3]) });
  await stage.forget().send({ ...ERASE, spare: [1] }).settle();
  assert.deepEqual(stage.all('closed'), closed({ files: 1, bytes: 49_152, left: 1, shared: 1 }));
  assert.ok(disk.log.includes('erase 0'));
});

test('a file that is not wanted goes only where a piece is in it', async () => {
  for (const [have, erased] of [[[0], '0'], [[1], '0 1'], [[], '']] as const) {
    const { stage, disk } = await start({ disk: remembered(have), said: ['skip', 'skip'] });
    await stage.send(ERASE).settle();
    assert.ok(disk.log.includes(`erase ${erased}`), disk.log.join());
    assert.deepEqual(stage.all('closed')[0].erased.left, 2 - erased.split(' ').filter(Boolean).length);
  }
});

test('what was here before us, and holds nothing of the torrent, stays: also where the check is not over', async () => {
  const stranger = remembered([2], { others: bitsOf(2, [0]).bytes() });
  const { stage, disk } = await start({ disk: stranger });
  await stage.send(ERASE).settle();
  assert.ok(disk.log.includes('erase 1'));

  const unknown = remembered([]);
  unknown.records.clear();
  const checking = await start({ disk: unknown });
  checking.disk.checks[0]!.done({ type: 'match' });
  await checking.stage.send(ERASE).settle();
  assert.ok(unknown.log.includes('erase 0'), 'the first piece was right');
});

test('what is to go needs no mending: trouble is not told any more, but that of the end', async () => {
  const { stage, disk } = await start({ disk: remembered([0]) });
  stage.send(...whole(2)).forget();
  disk.trouble = FULL;
  stage.send(ERASE);
  disk.stores[0]!.done({ type: 'trouble', trouble: FULL });
  await stage.settle();
  assert.deepEqual(stage.told('TorrentMgr').map(([, kind]) => kind), ['closed']);
});
