import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Casualties } from '../../../src/cli/demo/casualties.js';

const death = (id: string): string => `${id} crashed after tick, tick: Error: killed`;

test('says who died, and what comes back for it', () => {
  const seen = new Casualties();
  assert.deepEqual([
    'Client/Timer', 'Client/TorrentMgr', 'Client/TorrentMgr/Torrent-1/Files', 'Client/TorrentMgr/Torrent-1/Tracker-2',
    'Client/TorrentMgr/Torrent-1/PeerMgr/Peer-12/Sender',
  ].map((id) => seen.report('seeder', death(id))?.replace(/^seeder +/, '')), [
    'Timer       killed; back: Timer',
    'TorrentMgr  killed; back: TorrentMgr, its torrents',
    'Files       killed; back: Files, PeerMgr, PieceMgr, Tracker, Status',
    'Tracker     killed; back: Tracker, Status',
    'Sender      killed; its peer ends, and may be dialled again',
  ]);
  assert.equal(seen.summary, '5 processes killed: Timer 1, TorrentMgr 1, Files 1, Tracker 1, Sender 1');
});

test('a peer whose group ended is counted once, and other warnings not at all', () => {
  const seen = new Casualties();
  assert.equal(seen.report('seeder', death('Client/TorrentMgr/Torrent-1/PeerMgr/Peer-12')), undefined);
  assert.equal(seen.report('seeder', 'Client/Timer crashed after due: TypeError: x'), undefined);
  assert.equal(seen.report('seeder', 'disk is slow'), undefined);
});
