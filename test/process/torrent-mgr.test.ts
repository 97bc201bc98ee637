import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torrentKey } from '../../src/base/brand.js';
import type { TorrentMgrMsg } from '../../src/process/torrent-mgr.js';
import { FakeConnection } from './fake-connection.js';
import { add, hashOf, link, LISTENING, metainfo, remove, requestOf, start, STOP } from './torrent-mgr-stage.js';

test('torrents wait until the port is known', () => {
  const { stage, ports, events } = start();
  stage.send(add(1), add(2));
  assert.deepEqual([ports, stage.told()], [[], []]);
  stage.send(LISTENING, add(3));
  assert.deepEqual([ports, events()], [[6881, 6881, 6881], ['started T1', 'started T2', 'started T3']]);
});

test('the same torrent twice changes nothing', () => {
  const { stage, ports, events } = start();
  stage.send(LISTENING, add(1)).forget().send({ type: 'add', key: torrentKey(2), request: requestOf(1) });
  assert.deepEqual([ports.length, events()], [1, []]);
});

test('who comes in goes to its torrent; who asks for another is closed', () => {
  const { stage } = start();
  stage.send(LISTENING, add(1)).forget();
  const arrive = (n: number): FakeConnection => {
    const connection = new FakeConnection();
    const handshake = { infoHash: hashOf(n), peerId: 'x', fast: true, extensions: true, dht: false } as any;
    stage.send({ type: 'incoming', incoming: { connection, handshake, rest: new Uint8Array(0) } });
    return connection;
  };
  assert.equal(arrive(1).closed, false);
  assert.deepEqual(stage.kinds(), ['PeerMgr: incoming']);
  assert.equal(arrive(2).closed, true);
  stage.send(STOP).forget();
  assert.equal(arrive(1).closed, true);
});

test('pause and resume reach every torrent, once; a pause is a goodbye to its trackers', () => {
  const { stage } = start();
  stage.send(LISTENING, add(1), add(2)).forget().send({ type: 'pause' }, { type: 'pause' });
  const paused = ['PeerMgr: pause', 'Tracker: stop'];
  assert.deepEqual(stage.kinds(), ['Console: event', 'Console: event', ...paused, ...paused]);
  stage.send({ type: 'resume' }, { type: 'resume' });
  assert.deepEqual(stage.kinds(), ['PeerMgr: resume', 'Console: event', 'PeerMgr: resume', 'Console: event']);
});

const TROUBLE: TorrentMgrMsg = { type: 'trouble', torrent: hashOf(1), reason: 'a.bin: no space left' };
const MENDED: TorrentMgrMsg = { type: 'mended', torrent: hashOf(1) };

test('trouble pauses its torrent with the reason until it is mended; the others hear nothing of it', () => {
  const { stage, events } = start();
  stage.send(LISTENING, add(1), add(2)).forget().send(TROUBLE, { ...TROUBLE, torrent: hashOf(9) });
  assert.deepEqual(stage.kinds(), ['Console: event', 'PeerMgr: pause', 'Tracker: stop']);
  stage.send({ type: 'resume' });
  assert.deepEqual(stage.kinds(), ['Files: retry']);
  stage.send(TROUBLE);
  assert.deepEqual(stage.kinds(), ['Console: event'], 'it did not help');
  stage.send(MENDED);
  assert.deepEqual(stage.kinds(), ['PeerMgr: resume', 'Console: event']);
  stage.send(MENDED, { ...MENDED, torrent: hashOf(9) });
  assert.deepEqual(events(), []);
});

test('what the user paused stays paused when its disk is mended, and what the disk paused when the user would resume it', () => {
  const { stage, events } = start();
  stage.send(LISTENING, add(1)).forget().send({ type: 'pause' }, TROUBLE, MENDED);
  assert.deepEqual(events(), ['paused T1', 'paused T1 a.bin: no space left']);
  stage.send(TROUBLE, { type: 'pause' }).forget().send({ type: 'resume' });
  assert.deepEqual(stage.kinds(), ['Files: retry']);
  stage.send(MENDED);
  assert.deepEqual(events(), ['resumed T1']);
});

test('trouble during a stop is an error: nobody will mend it any more', () => {
  const { stage, events } = start();
  stage.send(LISTENING, add(1), STOP).forget().send(TROUBLE);
  assert.deepEqual(events(), ['error T1 a.bin: no space left']);
});

test('listPeers goes to every Status', () => {
  const { stage } = start();
  stage.send(LISTENING, add(1), add(2)).forget().send({ type: 'listPeers' });
  assert.deepEqual(stage.kinds(), ['Status: listPeers', 'Status: listPeers']);
});

test('a torrent beyond rescue ends with its reason, and the others go on', () => {
  const { stage, parts, living, events } = start();
  stage.send(LISTENING, add(1), add(2)).forget();
  stage.kernel.send(parts[1].files, { type: 'boom' });
  stage.crashes.length = 0;
  assert.deepEqual([events(), living().length], [['error T1 gave up: Error: boom'], 1]);
  stage.send(add(1));
  assert.equal(living().length, 2);
});

// TURNS ------------------------------------------------------------------------------

const complete = (n: number, is = true): TorrentMgrMsg => ({ type: 'completeness', torrent: hashOf(n), complete: is });
const of = (n: number) => ({ torrent: hashOf(n) });

test('downloads beyond the most that may go on wait for their turn, in order', () => {
  const { stage, events } = start(0, 2);
  stage.send(add(1), add(2), add(3), LISTENING, add(4));
  assert.deepEqual(events(), ['started T1', 'started T2', 'started T3', 'queued T3', 'started T4', 'queued T4']);
  stage.send(complete(2));
  assert.deepEqual(stage.kinds(), ['PeerMgr: resume', 'Console: event']);
  stage.send(complete(3), complete(1));
  assert.deepEqual(events(), ['resumed T4']);
});

test('one that waits has no peers, and is not announced', () => {
  const { stage } = start(0, 1);
  stage.send(LISTENING, add(1)).forget().send(add(2));
  assert.deepEqual(stage.kinds(), ['Console: event', 'PeerMgr: pause', 'Tracker: stop', 'Console: event']);
});

test('a turn is given on when its torrent is paused, in trouble, removed, or beyond rescue', () => {
  const { stage, parts, events } = start(0, 1);
  stage.send(LISTENING, ...[1, 2, 3, 4, 5].map(add)).forget();
  stage.send({ type: 'pause', ...of(1) });
  assert.deepEqual(events(), ['paused T1', 'resumed T2']);
  stage.send({ ...TROUBLE, ...of(2) });
  assert.deepEqual(events(), ['paused T2 a.bin: no space left', 'resumed T3']);
  stage.send(remove(3));
  assert.deepEqual(events(), ['resumed T4']);
  stage.kernel.send(parts[4].files, { type: 'boom' });
  stage.crashes.length = 0;
  assert.deepEqual(events(), ['error T4 gave up: Error: boom', 'resumed T5']);
});

test('one that is resumed or mended waits again, and takes no turn from another', () => {
  const { stage, events } = start(0, 1);
  stage.send(LISTENING, add(1), add(2), TROUBLE).forget().send(MENDED);
  assert.deepEqual(events(), ['queued T1']);
  stage.send({ type: 'pause', ...of(1) }, { type: 'resume', ...of(1) });
  assert.deepEqual(events(), ['paused T1', 'queued T1']);
  stage.send(complete(2));
  assert.deepEqual(events(), ['resumed T1']);
});

test('all are paused at once, without a turn for anybody in between', () => {
  const { stage, events } = start(0, 1);
  stage.send(LISTENING, add(1), add(2)).forget().send({ type: 'pause' });
  assert.deepEqual(events(), ['paused T1', 'paused T2']);
  stage.send({ type: 'resume' });
  assert.deepEqual(events(), ['resumed T1', 'queued T2']);
});

test('what is complete needs no turn; what is not any more does', () => {
  const { stage, events } = start(0, 1);
  stage.send(LISTENING, add(1), add(2)).forget().send(complete(2));
  assert.deepEqual(events(), ['resumed T2']);
  stage.send(complete(2, false));
  assert.deepEqual(events(), ['queued T2']);
});

test('who has a turn keeps it over a crash, and who waits is not told so twice', () => {
  const { stage, events } = start(0, 1);
  stage.send(LISTENING, add(1), add(2), complete(1), add(3)).forget().kill();
  assert.deepEqual(stage.kinds(), ['PeerMgr: pause']);
  stage.send(complete(2));
  assert.deepEqual(events(), ['resumed T3']);
});

test('one whose seeding goal is reached rests, until the user resumes it', () => {
  const { stage, events } = start();
  stage.send(LISTENING, add(1), complete(1)).forget().send({ type: 'seeded', ...of(1) });
  assert.deepEqual(stage.kinds(), ['PeerMgr: pause', 'Tracker: stop']);
  stage.send({ type: 'resume', ...of(1) });
  assert.deepEqual(events(), ['resumed T1']);
});

// STOPPING ---------------------------------------------------------------------------

test('with nothing to stop it has stopped', () => {
  const { stage, events } = start();
  stage.send(STOP, STOP, add(1));
  assert.deepEqual(events(), ['stopped']);
});

test('a torrent that still waits for the port does not start after a stop', () => {
  const { stage, ports, events } = start();
  stage.send(add(1), STOP, LISTENING);
  assert.deepEqual([ports, events()], [[], ['stopped']]);
});

test('a stop asks peers first, then files, then trackers, and waits for each', () => {
  const { stage, closed, living, events } = start();
  stage.send(LISTENING, add(1)).forget().send(STOP);
  assert.deepEqual(stage.kinds(), ['PeerMgr: stop', 'Files: stop', 'Tracker: stop']);
  stage.send(closed(1, 'Files'), closed(1, 'Tracker'), closed(1, 'Tracker'), closed(9, 'Files'));
  assert.deepEqual([events(), living().length], [[], 1]);
  stage.send(closed(1, 'PeerMgr'));
  assert.deepEqual([events(), living().length], [['stopped'], 0]);
});

test('all torrents have stopped when the last has', () => {
  const { stage, closed, events } = start();
  stage.send(LISTENING, add(1), add(2), STOP).forget();
  for (const part of ['PeerMgr', 'Files', 'Tracker'] as const) stage.send(closed(1, part));
  assert.deepEqual(events(), []);
  for (const part of ['PeerMgr', 'Files', 'Tracker'] as const) stage.send(closed(2, part));
  assert.deepEqual(events(), ['stopped']);
});

test('trackers are waited for four seconds', () => {
  const { stage, closed, events } = start();
  stage.send(LISTENING, add(1), add(2), STOP).forget();
  for (const n of [1, 2]) stage.send(closed(n, 'PeerMgr'), closed(n, 'Files'));
  stage.advance(3999);
  assert.deepEqual(events(), []);
  stage.advance(1);
  assert.deepEqual(events(), ['stopped']);
  stage.advance(100_000);
  assert.deepEqual(events(), []);
});

test('files are waited for a minute', () => {
  const { stage, closed, events } = start();
  stage.send(LISTENING, add(1), STOP, closed(1, 'PeerMgr')).forget().advance(59_999);
  assert.deepEqual(events(), []);
  stage.advance(1);
  assert.deepEqual(events(), ['stopped']);
});

test('a torrent that crashes while it stops is not waited for', () => {
  const { stage, parts, events } = start();
  stage.send(LISTENING, add(1), STOP).forget();
  stage.kernel.send(parts[1].files, { type: 'boom' });
  stage.crashes.length = 0;
  assert.deepEqual(events(), ['error T1 gave up: Error: boom', 'stopped']);
});

// REMOVING ---------------------------------------------------------------------------

const PARTS = ['PeerMgr', 'Files', 'Tracker'] as const;

test('one that is removed says goodbye and is forgotten; the others hear nothing of it', () => {
  const { stage, closed, living, events } = start();
  stage.send(LISTENING, add(1), add(2)).forget().send(remove(1), remove(1));
  assert.deepEqual(stage.kinds(), ['PeerMgr: stop', 'Files: stop', 'Tracker: stop']);
  stage.send(...PARTS.map((part) => closed(2, part)));
  assert.deepEqual([events(), living().length], [[], 2]);
  stage.send(...PARTS.map((part) => closed(1, part)));
  assert.deepEqual([events(), living().length], [['removed T1'], 1]);
  stage.send(add(1));
  assert.deepEqual([events(), living().length], [['started T1'], 2]);
});

test('a tracker that does not answer keeps a removed torrent for four seconds, and no other', () => {
  const { stage, closed, living, events } = start();
  stage.send(LISTENING, add(1), add(2), remove(1), closed(1, 'PeerMgr'), closed(1, 'Files')).forget();
  stage.advance(3999);
  assert.deepEqual(events(), []);
  stage.advance(1);
  assert.deepEqual([events(), living().length], [['removed T1'], 1]);
  stage.advance(100_000);
  assert.deepEqual([events(), living().length], [[], 1]);
});

test('its files go where they are to: Files says what it has deleted, or had no time to', () => {
  const { stage, closed } = start();
  const meta = (n: number) => ({ torrent: hashOf(n), name: `T${n}`, folder: '/f' });
  stage.send(LISTENING, add(1), add(2), add(3)).forget().send(remove(1, true), remove(2), remove(3, true), remove(2, true));
  assert.deepEqual(stage.told('Files'), [true, false, true].map((withData) => ['Files', 'stop', { withData }]));
  const erased = { files: 2, bytes: 9, left: 1, trouble: { file: 'a', cause: 'denied', detail: 'permission denied' } } as const;
  stage.send(closed(1, 'PeerMgr'), { ...closed(1, 'Files'), erased } as TorrentMgrMsg, closed(1, 'Tracker'));
  stage.send(...PARTS.map((part) => closed(2, part)));
  stage.advance(60_000);
  assert.deepEqual(stage.all('event').map(({ event }) => event), [
    { event: 'removed', ...meta(1), deleted: { files: 2, bytes: 9, left: 1 }, reason: 'a: permission denied' },
    { event: 'removed', ...meta(2) },
    { event: 'removed', ...meta(3), deleted: { files: 0, bytes: 0, left: 0 }, reason: 'the disk did not do it in time' },
  ]);
});

test('removed with its files before the port is known, it starts for that alone', () => {
  const { stage } = start();
  stage.send(add(1), remove(1, true)).forget().send(LISTENING);
  assert.deepEqual(stage.kinds(), ['Console: event', 'PeerMgr: stop', 'Files: stop', 'Tracker: stop']);
});

test('a removal with its files outlives a crash, of Files too', () => {
  const { stage, parts } = start(10);
  stage.send(LISTENING, add(1), remove(1, true)).forget().kernel.send(parts[1].files, { type: 'boom' });
  stage.crashes.length = 0;
  assert.deepEqual(stage.told('Files'), [['Files', 'stop', { withData: true }]]);
  stage.kill();
  assert.deepEqual(stage.told('Files'), [['Files', 'stop', { withData: true }]]);
});

test('removed before the port is known, it never starts; and one that is not there is nothing', () => {
  const { stage, events } = start();
  stage.send(add(1), remove(1), remove(2), LISTENING);
  assert.deepEqual(events(), ['removed T1']);
});

test('a stop waits for one that is being removed, and a crash does not bring it back', () => {
  const { stage, closed, living, events } = start();
  stage.send(LISTENING, add(1), remove(1)).forget().kill();
  assert.deepEqual(stage.kinds().filter((kind) => kind.endsWith('stop')), ['PeerMgr: stop', 'Files: stop', 'Tracker: stop']);
  stage.send(STOP, ...PARTS.map((part) => closed(1, part)));
  assert.deepEqual([events(), living().length], [['stopped'], 0]);
});

// STARTING AGAIN ---------------------------------------------------------------------

test('after a crash its torrents start again, a paused one paused', () => {
  const { stage, ports, parts, living, events } = start();
  stage.send(LISTENING, add(1), add(2), { type: 'pause' });
  stage.send({ type: 'resume' }, { type: 'pause', torrent: hashOf(2) }, TROUBLE).forget().kill();
  assert.deepEqual([ports, living().length], [[6881, 6881, 6881, 6881], 2]);
  // Trouble with the disk is not among the orders: Files will find it again.
  assert.deepEqual(events(), ['resumed T1']);
  stage.kill();
  assert.deepEqual(stage.kinds(), ['PeerMgr: pause']);
  stage.kernel.send(parts[1].status, { type: 'listPeers' });
  assert.deepEqual(stage.kinds(), ['Status: listPeers']);
});

test('a crash before the port is known loses no torrent', () => {
  const { stage, ports, events } = start();
  stage.send(add(1)).kill().send(LISTENING);
  assert.deepEqual([ports, events()], [[6881], ['started T1']]);
});

test('what ended does not start again', () => {
  const { stage, parts, living } = start();
  stage.send(LISTENING, add(1), add(2));
  stage.kernel.send(parts[1].files, { type: 'boom' });
  stage.crashes.length = 0;
  stage.kill();
  assert.equal(living().length, 1);
});

test('a crash while it stops: everybody is asked once more', () => {
  const { stage, closed, events, living } = start();
  stage.send(LISTENING, add(1), STOP).forget().kill();
  assert.deepEqual(stage.kinds(), ['PeerMgr: stop', 'Files: stop', 'Tracker: stop']);
  stage.send(closed(1, 'PeerMgr'), closed(1, 'Files'), closed(1, 'Tracker'));
  assert.deepEqual([events(), living().length], [['stopped'], 0]);
});

test('a part that starts again hears of the pause and of the stop', () => {
  const { stage, parts } = start(10);
  const boom = (part: string): string[] => {
    stage.forget().kernel.send(parts[1][part], { type: 'boom' });
    stage.crashes.length = 0;
    return stage.kinds();
  };
  stage.send(LISTENING, add(1));
  assert.deepEqual(boom('peers'), []);
  stage.send({ type: 'pause' });
  assert.deepEqual(boom('peers'), ['PeerMgr: pause', 'Tracker: stop']);
  stage.send({ type: 'resume' }, STOP);
  assert.deepEqual(boom('files'), ['Files: stop', 'Tracker: stop']);
});

test('a Timer that starts again is asked to end our patience', () => {
  const { stage } = start();
  stage.send(LISTENING, add(1));
  assert.deepEqual(stage.restart('Timer').told('Timer'), []);
  assert.equal(stage.send(STOP).restart('Timer').told('Timer').length, 2);
});

test('who came in to a crash is let go', () => {
  const { stage } = start();
  const connection = new FakeConnection();
  stage.kill({ type: 'incoming', incoming: { connection } as any });
  assert.ok(connection.closed);
});

// MAGNET LINKS

test('a link has a group of its own, until it is known where it leads; then those who gave it are the first peers, and who lied is banned', () => {
  const { stage, requests, events } = start();
  stage.send(LISTENING, link(1));
  assert.deepEqual(events(), []);
  assert.deepEqual(stage.kernel.processes().filter((p) => p.process === 'Metadata').length, 1);
  stage.send(metainfo(1));
  assert.deepEqual(events(), ['started T1']);
  assert.deepEqual(requests[1], { ...requestOf(1), peers: [{ host: '10.0.0.1', port: 1 }], banned: ['10.0.0.2'] });
  assert.deepEqual(stage.kernel.processes().filter((p) => p.process === 'Metadata').length, 0);
  assert.deepEqual([stage.send(metainfo(1)).told(), requests.length], [[], 2], 'said twice');
});

test('pause, incoming, resume and stop go to who fetches; what was paused stays so as a torrent', () => {
  const { stage } = start();
  stage.send(LISTENING, link(1)).forget().send({ type: 'pause' });
  assert.deepEqual(stage.kinds(), ['Console: event', 'Metadata: pause', 'Tracker: stop']);
  stage.send({ type: 'resume' });
  assert.deepEqual(stage.kinds(), ['Metadata: resume', 'Console: event']);
  const handshake = { infoHash: hashOf(1), peerId: 'x', fast: true, extensions: true, dht: false } as any;
  stage.send({ type: 'incoming', incoming: { connection: new FakeConnection(), handshake, rest: new Uint8Array(0) } });
  assert.deepEqual(stage.kinds(), ['Metadata: incoming']);
  stage.send({ type: 'pause' }).forget().send(metainfo(1));
  assert.deepEqual(stage.kinds(), ['Console: event', 'PeerMgr: pause']);
  stage.send(link(2)).forget().send(STOP);
  assert.deepEqual(stage.kinds(), ['PeerMgr: stop', 'Files: stop', 'Tracker: stop', 'Metadata: stop', 'Tracker: stop']);
});

test('a link needs no turn to be followed; the torrent it leads to has its place in the order', () => {
  const { stage, events } = start(0, 1);
  stage.send(LISTENING, add(1), link(2), add(3)).forget().send(metainfo(2));
  assert.deepEqual(events(), ['started T2', 'queued T2']);
  stage.send(complete(1));
  assert.deepEqual(events(), ['resumed T2']);
});

test('a link that is not wanted after all, or leads to nothing sound, says goodbye to its tracker, and why', () => {
  const flaw = { field: 'info.length', expected: 'a length', found: 'none' };
  const ends: readonly (readonly [TorrentMgrMsg, reason: string])[] = [
    [metainfo(1), 'no file matches'],
    [{ ...metainfo(1), metainfo: { ok: false, error: flaw } } as TorrentMgrMsg, 'not a valid torrent: info.length: expected a length, found none'],
  ];
  for (const [message, reason] of ends) {
    const { stage } = start();
    stage.send(LISTENING, link(1, () => 'no file matches')).forget().send(message);
    assert.deepEqual(stage.kinds(), ['Metadata: stop', 'Tracker: stop']);
    stage.forget();
    for (const part of ['Metadata', 'Tracker']) {
      stage.send({ type: 'closed', torrent: hashOf(1), part: `Torrent/TorrentMgr/Magnet-1/${part}` });
    }
    assert.deepEqual(stage.all('event').map(({ event }) => event), [{ event: 'error', reason, torrent: hashOf(1), name: hashOf(1) }]);
  }
});

test('after a crash a link that has led to its torrent is that torrent', () => {
  const { stage, requests } = start();
  stage.send(LISTENING, link(1), metainfo(1)).kill();
  assert.deepEqual(requests.map((r) => 'meta' in r), [false, true, true]);
});
