import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torrentKey } from '../../src/base/brand.js';
import { toUtf8 } from '../../src/base/bytes.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { watch } from '../../src/process/watch.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { FakeFolder } from './fake-folder.js';
import { Stage } from './stage.js';

const torrent = (name: string): Uint8Array => buildMetainfo({
  name, pieceLength: 16_384, hashes: new Uint8Array(20), single: true, trackers: [], files: [{ path: [name], length: 9, padding: false }],
});
const HASH = 'ab'.repeat(20);

/** It has looked once, and found nothing. */
async function start() {
  const folder = new FakeFolder();
  const stage = new Stage(watch, (cast) => ({
    folder, sha1: nodeSha1,
    newKey: () => torrentKey(1), newTorrent: (source) => (source.name === 'refused' ? 'no file of it is wanted' : { source } as any),
    torrentMgr: cast('TorrentMgr'), console: cast('Console'), timer: cast('Timer'),
  }));
  /** What came of so many looks: names of torrents added, and reasons told. */
  const later = async (looks: number): Promise<string[]> => {
    for (let i = 0; i < looks; i++) {
      stage.advance(1000);
      // A file is read after the other, each in its own turn.
      for (let turn = 0; turn < 5; turn++) await stage.settle();
    }
    return stage.told().map(([, kind, rest]: any) => (kind === 'add' ? rest.request.source.name ?? rest.request.source.infoHash : rest.event.reason ?? rest.event.event));
  };
  await stage.settle();
  assert.deepEqual(stage.all('event'), [{ event: { event: 'watching', folder: 'in' } }]);
  return { folder, stage, later };
}

test('files are taken once they have settled, and once', async () => {
  const { folder, later } = await start();
  folder.put('b.torrent', torrent('b'));
  folder.put('a.TORRENT', torrent('a'));
  folder.put('link.magnet', toUtf8(`magnet:?xt=urn:btih:${HASH}\n`));
  folder.put('film.mkv', toUtf8('not for us'));
  assert.deepEqual(await later(1), []);
  assert.deepEqual(await later(1), ['b', 'a', HASH]);
  assert.deepEqual(await later(5), []);
  assert.equal(folder.reads, 3);
});

test('one that is still written to waits until it is not', async () => {
  const { folder, later } = await start();
  const whole = torrent('a');
  for (const length of [10, 20, 30]) {
    folder.put('a.torrent', whole.subarray(0, length));
    assert.deepEqual(await later(1), []);
  }
  folder.put('a.torrent', whole);
  assert.deepEqual(await later(2), ['a']);
});

test('one that is broken is told of once, and taken when it is mended', async () => {
  const { folder, later } = await start();
  folder.put('a.torrent', toUtf8('d4:infod'));
  folder.put('b.magnet', toUtf8('http://no.magnet/'));
  folder.put('c.torrent', torrent('refused'));
  const told = await later(6);
  assert.equal(told.length, 3);
  assert.match(told[0]!, /^in\/a\.torrent: .*expected .*, found /);
  assert.match(told[1]!, /^in\/b\.magnet: magnet: expected magnet:\?\.\.\., found "http:/);
  assert.equal(told[2], 'in/c.torrent: no file of it is wanted');
  folder.put('a.torrent', torrent('a'));
  assert.deepEqual(await later(5), ['a']);
});

test('one that goes before it is read is told of, and taken when it comes again', async () => {
  const { folder, later } = await start();
  folder.put('a.torrent', torrent('a'));
  const { read } = folder;
  folder.read = () => Promise.reject(new Error('permission denied'));
  assert.deepEqual(await later(5), ['in/a.torrent: permission denied']);
  folder.read = read;
  folder.put('a.torrent', torrent('a'));
  assert.deepEqual(await later(2), ['a']);
});

test('a folder that vanishes is told of once, and watched again when it is back', async () => {
  const { folder, later } = await start();
  folder.put('a.torrent', torrent('a'));
  assert.deepEqual(await later(2), ['a']);
  const { files } = folder;
  folder.files = undefined;
  const away = 'in: no such file or directory; it is watched again once it is there';
  assert.deepEqual(await later(5), [away]);
  folder.files = files;
  assert.deepEqual(await later(3), ['watching'], 'what was taken is not taken again');
  folder.put('b.torrent', torrent('b'));
  assert.deepEqual(await later(2), ['b']);
  folder.files = undefined;
  assert.deepEqual(await later(2), [away]);
});

test('a file that was removed and is put again is taken again: who has its torrent ignores that', async () => {
  const { folder, later } = await start();
  folder.put('a.torrent', torrent('a'));
  assert.deepEqual(await later(2), ['a']);
  folder.files!.clear();
  assert.deepEqual(await later(1), []);
  folder.put('a.torrent', torrent('a'));
  assert.deepEqual(await later(3), ['a']);
});

test('after a crash nothing is told or added twice, and what was not taken is', async () => {
  const { folder, stage, later } = await start();
  folder.put('bad.torrent', toUtf8('no'));
  folder.put('a.torrent', torrent('a'));
  assert.equal((await later(2)).length, 2);
  folder.put('b.torrent', torrent('b'));
  stage.kill();
  await stage.settle();
  assert.deepEqual(await later(1), ['b']);
});

test('a Timer that starts again is asked for the next look', async () => {
  const { folder, stage, later } = await start();
  stage.restart('Timer');
  assert.deepEqual(stage.told('Timer').map(([, kind]) => kind), ['register']);
  folder.put('a.torrent', torrent('a'));
  assert.deepEqual(await later(2), ['a']);
});
