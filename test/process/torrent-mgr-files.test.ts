/** Which files are wanted: TorrentMgr holds to what the user last said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torrentKey } from '../../src/base/brand.js';
import type { TorrentMgrMsg } from '../../src/process/torrent-mgr.js';
import { hashOf, link, LISTENING, remove, requestOf, start } from './torrent-mgr-stage.js';

const having = (n: number, ...names: string[]): TorrentMgrMsg => {
  const files = names.map((name) => ({ path: ['t', name], padding: false, length: 1 }));
  return { type: 'add', key: torrentKey(n), request: { ...requestOf(n), meta: { ...requestOf(n).meta, files } } };
};

test('the files that match are wanted otherwise, of one torrent or all, and still are after a crash', () => {
  const { stage, requests } = start();
  stage.send(LISTENING, having(1, 'a.mkv', 'b'), having(2, 'c.mkv'), link(3)).forget();
  stage.send({ type: 'prioritize', glob: '*.mkv', priority: 'high' });
  assert.deepEqual(stage.told(), [
    ['Files', 'prioritize', { files: [0], priority: 'high' }], ['Files', 'prioritize', { files: [0], priority: 'high' }],
  ]);
  stage.send({ type: 'prioritize', torrent: hashOf(1), glob: 'b', priority: 'skip' }, { type: 'prioritize', torrent: hashOf(2), glob: 'b', priority: 'skip' });
  assert.deepEqual(stage.told(), [
    ['Files', 'prioritize', { files: [1], priority: 'skip' }],
    ['Console', 'event', { event: { event: 'answer', lines: ['no file matches b: there is c.mkv'] } }],
  ]);
  stage.send({ type: 'listFiles', torrent: hashOf(2) });
  assert.deepEqual(stage.kinds(), ['Files: listFiles']);
  stage.kill();
  assert.deepEqual(requests.slice(-3).map((r) => 'meta' in r && r.priorities), [['high', 'skip'], ['high'], false]);
});

test('of the files of one that is removed, those stay that another torrent has, unless that is on its way with its own', () => {
  const { stage, parts } = start(1);
  stage.send(LISTENING, having(1, 'a', 'b'), having(2, 'b', 'c'), having(3, 'c'), link(4)).forget();
  const farewells = (): unknown[] => stage.told('Files').filter(([, kind]) => kind === 'stop').map(([, , rest]) => rest);
  stage.send(remove(2, true));
  assert.deepEqual(farewells(), [{ withData: true, spare: [0, 1] }]);
  stage.send(remove(3), remove(1, true));
  assert.deepEqual(farewells(), [{ withData: false }, { withData: true }]);
  stage.kernel.kill(parts[2].files.id, 'now');
  assert.deepEqual(farewells(), [{ withData: true, spare: [1] }], 'as it is now');
});

test('whoever asked from elsewhere hears how many files it was, or what there is in their place', () => {
  const { stage, page } = start();
  const ask = (glob: string): unknown => {
    stage.send({ type: 'prioritize', glob, priority: 'low', asker: { ticket: 7, replyTo: page } });
    return stage.told().filter(([to]) => to !== 'Files');
  };
  const answered = (done: boolean, line: string): unknown => [['Api', 'answered', { ticket: 7, reply: { done, lines: [line] } }]];
  stage.send(LISTENING, link(3)).forget();
  assert.deepEqual(ask('*'), answered(false, 'no file matches *: no files are known yet'));
  stage.send(having(1, 'a.mkv', 'b'), having(2, 'c.mkv')).forget();
  assert.deepEqual(ask('*.mkv'), answered(true, '*.mkv: low (2 files)'));
  assert.deepEqual(ask('*.mp4'), answered(false, 'no file matches *.mp4: there are a.mkv, b and c.mkv'));
});
