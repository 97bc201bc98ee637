import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '../../src/base/units.js';
import { TORRENT, idOf, OWN, at, keyOf, start, ready, shaken, ended, bad, incoming, connected, notes } from './peer-mgr-stage.js';

// STARTING ---------------------------------------------------------------------------

test('nobody is dialled before the check is over; then ChokeMgr and trackers are told, and dials begin', async () => {
  const { stage, net, candidates } = start();
  candidates(1, 2);
  await stage.forget().advance(5000).settle();
  assert.equal(net.dials.length, 0);
  await stage.forget().send(ready()).settle();
  assert.deepEqual(stage.told().slice(0, 2), [
    ['ChokeMgr', 'torrent', { torrent: TORRENT, view: {
      key: 1, private: false, totalSize: 9, pieceLength: 3, pieceCount: 3, seeding: false,
      seededFromStart: false, pieces: 1, uploadAllowed: true,
    } }],
    ['Tracker', 'start'],
  ]);
  assert.deepEqual(net.dials.map((d) => d.to), [at(1), at(2)]);
});

test('the user\'s own peers are dialled first', async () => {
  const { stage, net, candidates } = start({ peers: [at(9)], maxPeers: 1 });
  candidates(1);
  await stage.send(ready()).settle();
  assert.deepEqual(net.dials.map((d) => d.to), [at(9)]);
});

test('a tracker that starts again is told to start, if we run', () => {
  const { stage } = start();
  assert.deepEqual(stage.restart('Tracker').kinds(), []);
  assert.deepEqual(stage.send(ready()).restart('Tracker').kinds(), ['Tracker: start']);
  assert.deepEqual(stage.send({ type: 'pause' }).restart('Tracker').kinds(), []);
});

// DIALLING ---------------------------------------------------------------------------

test('at most sixteen dials at once; a failure makes room for the next', async () => {
  const { stage, net, candidates, refuse } = start();
  candidates(...Array.from({ length: 20 }, (_, i) => i + 1));
  await stage.send(ready()).settle();
  assert.equal(net.dials.length, 16);
  await refuse();
  assert.deepEqual(net.dials.at(-1)!.to, at(17));
  assert.equal(net.dials.length, 16);
});

test('no more are dialled than may be connected', async () => {
  const { stage, net, candidates, connect } = start({ maxPeers: 2 });
  candidates(1, 2, 3);
  await stage.send(ready()).settle();
  assert.equal(net.dials.length, 2);
  await connect();
  await connect();
  assert.equal(net.dials.length, 0);
  await stage.send(ended(1)).settle();
  assert.deepEqual(net.dials.map((d) => d.to), [at(3)]);
});

test('an address that failed is tried again after a while, by the clock', async () => {
  const { stage, net, candidates, refuse } = start();
  candidates(1);
  await stage.send(ready()).settle();
  await refuse();
  assert.equal(net.dials.length, 0);
  await stage.advance(6000).settle();
  assert.equal(net.dials.length, 1);
});

test('with fewer than half the peers trackers are asked for more, not when complete or paused', async () => {
  const { stage } = await connected(1, { maxPeers: 2 });
  assert.ok(!stage.advance(10_000).kinds().includes('Tracker: wantPeers'));
  stage.send(ended(1));
  assert.deepEqual(stage.told('Tracker'), [['Tracker', 'wantPeers', { count: 2 }]]);
  assert.deepEqual(stage.advance(10_000).told('Tracker'), [['Tracker', 'wantPeers', { count: 2 }]]);
  stage.send({ type: 'pause' }).forget().advance(10_000);
  assert.deepEqual(stage.told('Tracker'), []);
  const seeding = start();
  seeding.stage.send(ready(true)).forget().advance(10_000);
  assert.deepEqual(seeding.stage.told('Tracker'), []);
});

test('trackers are asked ever more rarely while nobody new is reached, and soon again after somebody was', async () => {
  const { stage, candidates, connect } = await connected(1);
  const asks = (minutes: number): number => stage.forget().advance(minutes * 60_000).all('wantPeers').length;
  assert.ok(asks(10) >= 5);
  assert.ok(asks(60) <= 12);
  candidates(2);
  await stage.settle();
  await connect();
  stage.send(shaken(2));
  assert.ok(asks(1) >= 2);
});

test('the clock is looked at only where somebody may be dialled later, or is still to be found', async () => {
  const { stage, candidates, refuse } = start();
  await stage.send(ready(true)).settle();
  assert.equal(stage.clock.pending, 0);
  candidates(1);
  await stage.settle();
  assert.equal(stage.clock.pending, 0);
  await refuse();
  assert.equal(stage.clock.pending, 1);
  stage.send({ type: 'have', piece: 1, complete: false });
  await stage.advance(6000).settle();
  await refuse();
  assert.equal(stage.clock.pending, 1);
});

test('room that a crash or a ban makes is used at once', async () => {
  const { stage, net, controllers, candidates } = await connected(2, { maxPeers: 2 });
  candidates(3, 4);
  stage.kernel.send(controllers[0], { type: 'boom' });
  stage.crashes.length = 0;
  stage.send(bad(2));
  assert.deepEqual(net.dials.map((d) => d.to), [at(3), at(4)]);
});

// JOINING ----------------------------------------------------------------------------

test('a connection becomes a group; once it has said who it is, ChokeMgr and Status hear of it', async () => {
  const { stage, candidates, connect, born, living } = start();
  candidates(1);
  await stage.send(ready()).settle();
  const connection = await connect();
  assert.deepEqual(born, [{ peer: keyOf(1), connection }]);
  assert.deepEqual(living(), ['Torrent/PeerMgr/Peer-1']);
  stage.forget().advance(500).send(shaken(1));
  assert.deepEqual(stage.told(), [
    ['ChokeMgr', 'peerJoined', { inbox: '@Peer-1/Controller', address: '10.0.0.1:6881', peer: {
      key: keyOf(1), torrent: 1, connectedAt: 500, outgoing: true, local: true, fastExtension: true,
    } }],
    ['Status', 'note', { note: { event: 'peer', what: 'connected', address: '10.0.0.1:6881', client: 'X 1' } }],
  ]);
});

test('who comes to us during the check waits for its end, and is not read meanwhile', () => {
  const { stage, born } = start();
  const { message, connection } = incoming(1);
  stage.send(message);
  assert.deepEqual([born.length, connection.closed], [0, false]);
  stage.send(ready());
  assert.equal(born.length, 1);
  assert.equal(born[0]!.incoming!.connection, connection);
});

test('who comes during the check of a torrent that is paused is turned away', () => {
  const { stage } = start();
  const { message, connection } = incoming(1);
  stage.send({ type: 'pause' }, message);
  assert.ok(connection.closed);
});

test('no more come in than may be connected, and nobody who is banned', async () => {
  const { stage, born } = await connected(1, { maxPeers: 2 });
  const [second, third] = [incoming(2), incoming(3)];
  stage.send(second.message, third.message);
  assert.deepEqual([born.length, second.connection.closed, third.connection.closed], [2, false, true]);
  stage.send(bad(1));
  const again = incoming(1);
  stage.send(again.message);
  assert.ok(again.connection.closed);
});

test('a ban is of the address that we were connected to, whatever name led there', async () => {
  const { stage, net, candidates, connect, living } = start({ peers: [{ host: 'peer.example', port: 1 }] });
  await stage.send(ready()).settle();
  await connect(at(1));
  await stage.send(shaken(1), bad(1)).settle();
  const again = incoming(1);
  stage.send(again.message);
  assert.ok(again.connection.closed);
  candidates(1);
  stage.send({ type: 'candidates', endpoints: [{ host: '::ffff:10.0.0.1', port: 2 }], from: 'tracker' });
  await stage.settle();
  assert.deepEqual(net.dials.map(({ to }) => to.host), ['::ffff:10.0.0.1']);
  assert.ok((await connect(at(1))).closed);
  assert.deepEqual(living(), []);
  await stage.advance(3_600_000).settle();
  assert.equal(net.dials.length, 0);
});

test('who was banned before there was a torrent is neither dialled nor let in', async () => {
  const { stage, net, candidates, born } = start({ peers: [at(1)], banned: ['10.0.0.1', '10.0.0.2'] });
  candidates(2, 3);
  const banned = incoming(1);
  await stage.send(ready(), banned.message).settle();
  assert.deepEqual([net.dials.map(({ to }) => to), born, banned.connection.closed], [[at(3)], [], true]);
});

test('ourselves: the connection ends, and the address is not tried again', async () => {
  const { stage, net, candidates, connect, living } = start();
  candidates(1);
  await stage.send(ready()).settle();
  await connect();
  stage.forget().send(shaken(1, OWN));
  assert.deepEqual(living(), []);
  assert.deepEqual(notes(stage), ['disconnected 10.0.0.1:6881: it is ourselves']);
  await stage.advance(3600 * SECOND).settle();
  assert.equal(net.dials.length, 0);
});

test('the same peer twice: the second goes, and its address is not dialled while the first lives', async () => {
  const { stage, net, candidates, connect, living } = await connected(1);
  candidates(2);
  await stage.settle();
  await connect();
  stage.forget().send(shaken(2, idOf(1)));
  assert.deepEqual(living(), ['Torrent/PeerMgr/Peer-1']);
  assert.deepEqual(notes(stage), ['disconnected 10.0.0.2:6881: connected already']);
  assert.equal(net.dials.length, 0);
});

for (const [theirs, stays] of [[1, 'dialled'], [200, 'came']] as const) {
  const id = theirs < 100 ? 'a smaller' : 'a greater';
  test(`crossed dials with ${id} id: the connection stays that ${stays}, whichever came first`, async () => {
    for (const first of ['dialled', 'came'] as const) {
      const { stage, candidates, connect, living, born } = start();
      await stage.send(ready()).settle();
      for (const way of first === 'dialled' ? ['dialled', 'came'] : ['came', 'dialled']) {
        if (way === 'came') stage.send(incoming(7).message);
        else {
          candidates(7);
          await stage.settle();
          await connect();
        }
        stage.send(shaken(born.length, idOf(theirs)));
      }
      const [left] = living();
      const kept = born[Number(left!.split('-').at(-1)) - 1]!;
      assert.equal(kept.incoming ? 'came' : 'dialled', stays, `${first} first`);
      assert.equal(living().length, 1);
    }
  });
}

// ENDING -----------------------------------------------------------------------------

test('the end of a peer is told to all who know it, and its group is gone', async () => {
  const { stage, living } = await connected(1);
  stage.send(ended(1));
  const peer = keyOf(1);
  assert.deepEqual(stage.told(), [
    ['PieceMgr', 'peerLeft', { peer }], ['ChokeMgr', 'peerLeft', { peer }], ['Status', 'peerLeft', { peer }],
    ['Status', 'note',
      { note: { event: 'peer', what: 'disconnected', address: '10.0.0.1:6881', reason: 'closed', client: 'X 1' } }],
  ]);
  assert.deepEqual(living(), []);
  assert.deepEqual(stage.send(ended(1), shaken(1)).told(), []);
});

test('who left in good order is dialled again after half a minute', async () => {
  const { stage, net } = await connected(1);
  stage.advance(60_000);
  await stage.send(ended(1)).advance(29_000).settle();
  assert.equal(net.dials.length, 0);
  await stage.advance(1000).settle();
  assert.equal(net.dials.length, 1);
});

for (const [what, fault, most] of [['lets us go', false, 15], ['breaks the rules', true, 5]] as const) {
  test(`a peer that ${what} each time as soon as it has said who it is, is dialled ever more rarely`, async () => {
    const { stage, net, candidates, connect } = start();
    candidates(1);
    await stage.send(ready()).settle();
    let dials = 0;
    for (let minute = 0; minute < 60; minute++) {
      await stage.advance(60_000).settle();
      if (net.dials.length === 0) continue;
      await connect();
      await stage.send(shaken(++dials), ended(dials, fault)).settle();
    }
    assert.ok(dials >= 5 && dials <= most, `${dials} dials in an hour`);
  });
}

test('who sent wrong blocks is banned at once; of the unknown nothing is heard', async () => {
  const { stage, living } = await connected(2);
  stage.send(bad(1));
  assert.deepEqual(notes(stage), ['banned 10.0.0.1:6881: sent data that does not match its hash']);
  assert.equal(living().length, 1);
  stage.send(bad(9, 2));
  assert.equal(living().length, 0);
});

test('a group that crashes ends that peer and nobody else', async () => {
  const { stage, controllers, living } = await connected(3);
  stage.kernel.send(controllers[1], { type: 'boom' });
  assert.deepEqual(stage.crashes.splice(0).map((f) => f.process), ['Controller', 'Peer']);
  assert.deepEqual(living(), ['Torrent/PeerMgr/Peer-1', 'Torrent/PeerMgr/Peer-3']);
  assert.deepEqual(notes(stage), ['disconnected 10.0.0.2:6881: crashed: Error: boom']);
});

test('after a crash the others still end with PeerMgr', async () => {
  const { stage, controllers, living } = await connected(3);
  stage.kernel.send(controllers[0], { type: 'boom' });
  stage.crashes.length = 0;
  stage.stop();
  assert.deepEqual(living(), []);
});

// PAUSE, STOP ------------------------------------------------------------------------

test('a pause ends all peers, those that wait, and uploads; resume starts again at once', async () => {
  const { stage, net, living } = await connected(2);
  await stage.send({ type: 'pause' }).settle();
  assert.deepEqual(living(), []);
  assert.deepEqual(stage.all('torrent').map(({ view }) => view.uploadAllowed), [false]);
  const { message, connection } = incoming(3);
  stage.send(message);
  assert.ok(connection.closed);
  await stage.advance(60_000).settle();
  assert.equal(net.dials.length, 0);
  await stage.send({ type: 'resume' }).settle();
  assert.deepEqual(stage.all('torrent').at(-1).view.uploadAllowed, true);
  assert.equal(net.dials.length, 2);
});

test('a pause during the check holds', async () => {
  const { stage, net, candidates } = start();
  candidates(1);
  await stage.send({ type: 'pause' }, ready()).advance(5000).settle();
  assert.equal(net.dials.length, 0);
  await stage.send({ type: 'resume' }).settle();
  assert.equal(net.dials.length, 1);
});

test('a stop during the check holds, too', async () => {
  const { stage, net, candidates } = start();
  candidates(1);
  await stage.send({ type: 'stop' }, ready()).advance(5000).settle();
  assert.equal(net.dials.length, 0);
});

test('after a connection that lasted an address begins again with short waits', async () => {
  const { stage, net, candidates, connect, refuse } = start();
  candidates(1);
  await stage.send(ready()).settle();
  for (let failures = 0; failures < 3; failures++) {
    await refuse();
    await stage.advance(60_000).settle();
  }
  await connect();
  await stage.send(shaken(1)).advance(30_000).send(ended(1)).advance(30_000).settle();
  await refuse();
  await stage.advance(6000).settle();
  assert.equal(net.dials.length, 1);
});

test('a dial that succeeds during a pause is closed, and dialled again after it', async () => {
  const { stage, net, candidates, connect } = start();
  candidates(1);
  await stage.send(ready()).settle();
  stage.send({ type: 'pause' });
  assert.ok((await connect()).closed);
  await stage.send({ type: 'resume' }).settle();
  assert.equal(net.dials.length, 1);
});

test('a stop ends all peers, and says that it is closed', async () => {
  const { stage, living } = await connected(1);
  stage.send({ type: 'stop' });
  assert.deepEqual(living(), []);
  assert.deepEqual(stage.told().at(-1), ['TorrentMgr', 'closed', { torrent: TORRENT, part: 'Torrent/PeerMgr' }]);
});

test('a dial that succeeds after the end of the process is closed', async () => {
  const { stage, candidates, connect } = start();
  candidates(1);
  await stage.send(ready()).settle();
  stage.stop();
  assert.ok((await connect()).closed);
});

// OUR PROGRESS -----------------------------------------------------------------------

test('a new piece goes to every peer, and to ChokeMgr', async () => {
  const { stage } = await connected(2);
  stage.send({ type: 'have', piece: 2, complete: false });
  const told = stage.told();
  assert.deepEqual(told.slice(0, 2),
    [['Peer-1/Controller', 'have', { pieces: [2] }], ['Peer-2/Controller', 'have', { pieces: [2] }]]);
  assert.equal(stage.send({ type: 'have', piece: 3, complete: false }).all('torrent')[0].view.pieces, 3);
});

/** To whom what was told, as `1: 4 5`. */
const news = ({ stage }: { stage: { told(): readonly unknown[] } }): string[] =>
  (stage.told() as any[]).flatMap(([to, kind, message]) => (kind === 'have' ? [`${to.slice(5, 6)}: ${message.pieces.join(' ')}`] : []));

test('who waits hears of new pieces once a second, in a row; and at once of what it missed, when it waits no more', async () => {
  const peers = await connected(3);
  const { stage } = peers;
  for (const n of [1, 2]) stage.send({ type: 'waits', peer: keyOf(n), waits: true });
  for (const piece of [4, 5]) stage.send({ type: 'have', piece, complete: false });
  assert.deepEqual(news(peers), ['3: 4', '3: 5']);
  stage.send({ type: 'waits', peer: keyOf(2), waits: false });
  assert.deepEqual(news(peers), ['2: 4 5']);
  stage.send({ type: 'have', piece: 6, complete: false });
  assert.deepEqual(news(peers), ['2: 6', '3: 6']);
  stage.advance(999);
  assert.deepEqual(news(peers), []);
  stage.advance(1);
  assert.deepEqual(news(peers), ['1: 4 5 6']);
  stage.advance(5000);
  assert.deepEqual(news(peers), []);
  stage.send({ type: 'have', piece: 7, complete: false }).restart('Timer').forget().advance(1000);
  assert.deepEqual(news(peers), ['1: 7']);
});

test('the last piece goes to everyone at once, with what was held back', async () => {
  const peers = await connected(2);
  peers.stage.send({ type: 'waits', peer: keyOf(1), waits: true }, { type: 'have', piece: 4, complete: false }).forget();
  peers.stage.send({ type: 'have', piece: 5, complete: true });
  assert.deepEqual(news(peers), ['1: 4 5', '2: 5']);
});

test('completion goes to every peer, also to those that come later', async () => {
  const { stage, candidates, connect } = await connected(1);
  stage.send({ type: 'have', piece: 2, complete: true });
  assert.deepEqual(stage.kinds(), ['Peer-1/Controller: have', 'Peer-1/Controller: finish', 'ChokeMgr: torrent']);
  candidates(2);
  await stage.settle();
  await connect();
  stage.forget().send(shaken(2));
  assert.deepEqual(stage.told('Peer-2/Controller'), [['Peer-2/Controller', 'finish']]);
});

test('more is wanted again: peers and ChokeMgr hear of it, and whom we have parted with is dialled at once', async () => {
  const { stage, net, candidates, connect } = await connected(1);
  candidates(2);
  await stage.settle();
  await connect();
  stage.send(shaken(2), { type: 'have', piece: 2, complete: true }, ended(2)).forget();
  stage.send({ type: 'aim', complete: true });
  assert.deepEqual(stage.told(), []);
  stage.send({ type: 'aim', complete: false });
  assert.deepEqual(stage.kinds().slice(0, 2), ['Peer-1/Controller: goOn', 'ChokeMgr: torrent']);
  assert.equal(net.dials.length, 1);
});

test('what was complete at the start is told apart from what became so', () => {
  const { stage } = start();
  stage.forget().send(ready(true));
  assert.deepEqual(stage.all('torrent').map(({ view }) => [view.seeding, view.seededFromStart]), [[true, true]]);
});
