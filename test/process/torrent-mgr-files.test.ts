/** Which files are wanted: TorrentMgr holds to what the user last said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torrentKey } from '../../src/base/brand.js';
import type { TorrentMgrMsg } from '../../src/process/torrent-mgr.js';
import { hashOf, link, LISTENING, requestOf, start } from './torrent-mgr-stage.js';

test('the files that match are wanted otherwise, of one torrent or all, and still are after a crash', () => {
  const { stage, requests } = start();
  const paths = (...names: string[]) => ({ files: names.map((name) => ({ path: ['t', name], padding: false, length: 1 })) });
  const having = (n: number, ...names: string[]): TorrentMgrMsg =>
    ({ type: 'add', key: torrentKey(n), request: { ...requestOf(n), meta: { ...requestOf(n).meta, ...paths(...names) } } });
  stage.send(LISTENING, having(1, 'a.mkv', 'b'), having(2, 'c.mkv'), link(3)).forget();
  stage.send({ type: 'prioritize', glob: '*.mkv', priority: 'high' });
  assert.deepEqual(stage.told(), [
    ['Files', 'prioritize', { files: [0], priority: 'high' }], ['Files', 'prioritize', { files: [0], priority: 'high' }],
  ]);
  stage.send({ type: 'prioritize', torrent: hashOf(1), glob: 'b', priority: 'skip' }, { type: 'prioritize', torrent: hashOf(2), glob: 'b', priority: 'skip' });
  assert.deepEqual(stage.told(), [
    ['Files', 'prioritize', { files: [1], priority: 'skip' }],
    ['Console', 'event', { event: { event: 'answer', lines: ['no file matches b; `files` lists them'] } }],
  ]);
  stage.send({ type: 'listFiles', torrent: hashOf(2) });
  assert.deepEqual(stage.kinds(), ['Files: listFiles']);
  stage.kill();
  assert.deepEqual(requests.slice(-3).map((r) => 'meta' in r && r.priorities), [['high', 'skip'], ['high'], false]);
});
