/** PeerMgr after a crash of its own, and when others have started again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, keyOf, start, ready, bad, incoming, connected } from './peer-mgr-stage.js';

test('a PieceMgr that starts again knows no peer: all are told to join it, and stay', async () => {
  const { stage, living } = await connected(2);
  stage.send(ready());
  assert.deepEqual([stage.kinds(), living().length], [['Peer-1/Controller: rejoin', 'Peer-2/Controller: rejoin', 'ChokeMgr: torrent'], 2]);
  // The last piece may have been stored just then; what was complete only now was not so from the start.
  stage.send(ready(true));
  const told = stage.told();
  assert.equal(told.filter(([, kind]) => kind === 'finish').length, 2);
  assert.equal((told.at(-1)![2] as any).view.seededFromStart, false);
});

test('a ChokeMgr that starts again is told of the torrent and of all who have shaken hands', async () => {
  const { stage, candidates, connect } = await connected(2);
  candidates(3);
  await stage.settle();
  await connect();
  stage.advance(5000).restart('ChokeMgr');
  const [torrent, ...peers] = stage.told();
  assert.equal(torrent![1], 'torrent');
  assert.deepEqual(peers.map(([, kind, { peer }]: any) => [kind, peer.key, peer.connectedAt]),
    [['peerJoined', keyOf(1), 0], ['peerJoined', keyOf(2), 0]]);
});

test('a Timer that starts again is asked to wake us for the next dial', () => {
  const { stage, candidates } = start({ peers: [] });
  candidates(1);
  stage.send(ready());
  assert.deepEqual(stage.restart('Timer').told('Timer').map(([, kind]) => kind), ['register']);
});

test('after a crash of its own ChokeMgr has none of its peers, bans hold, and no key comes a second time', async () => {
  const { stage, born, candidates, connect, living } = await connected(2);
  const { message, connection } = incoming(9);
  stage.send(bad(1)).forget().kill();
  assert.deepEqual(living(), []);
  assert.deepEqual(stage.told('ChokeMgr'), [['ChokeMgr', 'torrentLeft', { torrent: 1 }]]);
  stage.send(message);
  candidates(1, 3);
  await stage.send(ready()).settle();
  await connect();
  assert.deepEqual(born.slice(-2).map(({ peer }) => peer), [keyOf(3), keyOf(4)]);
  assert.deepEqual(born.at(-1)!.connection.remote, at(3));
  assert.equal(connection.closed, false);
});

test('connections that came to an earlier life, or that it fell over, are closed', async () => {
  const { stage, candidates, connect } = start();
  candidates(1);
  await stage.send(ready()).settle();
  stage.kill();
  assert.ok((await connect()).closed);
  const early = start();
  const { message, connection } = incoming(1);
  early.stage.send(message).kill();
  assert.ok(connection.closed);
  const fatal = incoming(2);
  early.stage.kill(fatal.message);
  assert.ok(fatal.connection.closed);
});
