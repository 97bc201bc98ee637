import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerKey, pieceIndex } from '../../src/base/brand.js';
import type { PeerFacts } from '../../src/ports/events.js';
import { status, type StatusInput, type StatusMsg } from '../../src/process/status.js';
import { Stage } from './stage.js';

const TORRENT = infoHash('ab'.repeat(20));

function start(goals: StatusInput['goals'] = {}) {
  return new Stage(status, (cast) => ({
    torrent: TORRENT, name: 'T', goals, trackers: [cast('Tracker')], limiter: cast('Limiter'), console: cast('Console'),
    timer: cast('Timer'), torrentMgr: cast('TorrentMgr'),
  }));
}

/** The events told to Console, without the torrent's name, and only the fields asked for. */
function events(stage: ReturnType<typeof start>): Record<string, unknown>[] {
  return stage.told('Console').map(([, , rest]) => {
    const { torrent, name, ...event } = (rest as { event: Record<string, unknown> }).event;
    if (event['event'] !== 'answer') assert.deepEqual([torrent, name], [TORRENT, 'T']);
    return event;
  });
}
const named = (stage: ReturnType<typeof start>): unknown[] => events(stage).map((e) => e['event']);

const progress = (left: number, wanted = 1000, unwanted = 0): StatusMsg =>
  ({ type: 'progress', left, wanted, unwanted, complete: left === 0 });
const down = (bytes: number): StatusMsg => ({ type: 'downloaded', bytes });
const up = (bytes: number): StatusMsg => ({ type: 'uploaded', bytes });
const facts = (over: Partial<PeerFacts> = {}): PeerFacts => ({
  address: '1.2.3.4:5', client: 'X 1', incoming: false, progress: 0.25, downloadRate: 0, uploadRate: 0, amChoking: true,
  amInterested: false, peerChoking: true, peerInterested: false, snubbed: false, ...over,
});
const peer = (key: number, over: Partial<PeerFacts> = {}): StatusMsg =>
  ({ type: 'peer', peer: peerKey(key), facts: facts(over) });

test('before the check is over nothing is said: left is not known', () => {
  const stage = start().send(down(10)).advance(5000);
  assert.deepEqual(stage.told(), []);
});

test('once a second while there is news: totals, rates over five seconds, peers and how many of them are seeds', () => {
  const stage = start().send(progress(600), peer(1), peer(2, { progress: 1 }), down(400), up(100));
  stage.forget().advance(1000);
  assert.deepEqual(events(stage), [{
    event: 'stats', downloaded: 400, uploaded: 100, left: 600, wanted: 1000, progress: 0.4, downloadRate: 80, uploadRate: 20,
    peers: 2, seeds: 1,
  }]);
  stage.advance(3000);
  assert.deepEqual(named(stage), ['stats', 'stats', 'stats']);
  stage.send({ type: 'peerLeft', peer: peerKey(2) }).advance(1000);
  assert.deepEqual(events(stage).map((e) => [e['peers'], e['seeds'], e['downloadRate']]), [[1, 0, 80]]);
  stage.advance(1000);
  assert.deepEqual(events(stage).map((e) => e['downloadRate']), [0]);
});

test('where nothing moves, reports go on for ten seconds, and then come once a minute, until there is news', () => {
  const stage = start().send(progress(0), up(500)).forget().advance(10_000);
  const reports = events(stage);
  assert.deepEqual([reports.length, reports.at(-1)!['uploadRate']], [10, 0]);
  assert.deepEqual(named(stage.advance(59_999)), []);
  assert.deepEqual(named(stage.advance(1)), ['stats']);
  stage.advance(30_000).send(peer(1)).advance(999);
  assert.deepEqual(named(stage), []);
  assert.deepEqual(events(stage.advance(1)).map((e) => e['peers']), [1]);
});

test('trackers are told the totals at once when the check is over, and with every report', () => {
  const stage = start().send(down(7), up(3), progress(600));
  const totals = { uploaded: 3, downloaded: 7, left: 600, complete: false };
  assert.deepEqual(stage.told('Tracker'), [['Tracker', 'totals', { totals }]]);
  stage.advance(1000);
  assert.deepEqual(stage.told('Tracker'), [['Tracker', 'totals', { totals }]]);
});

test('TorrentMgr hears whether it is complete: when that is known, and when it changes', () => {
  const stage = start().send(progress(600), progress(300), progress(0), progress(0), progress(16));
  assert.deepEqual(stage.all('completeness'), [false, true, false].map((complete) => ({ torrent: TORRENT, complete })));
});

test('nothing wanted is all of it', () => {
  const stage = start().send(progress(0, 0));
  assert.deepEqual(events(stage).map(({ event, progress: p }) => [event, p]), [['stats', 1], ['done', undefined]]);
});

test('done is said once, after the last stats, with the time it took', () => {
  const stage = start().send(progress(1000)).advance(2500).forget().send(down(1000), progress(0));
  const [stats, done] = events(stage);
  assert.deepEqual([stats!['event'], stats!['progress']], ['stats', 1]);
  assert.deepEqual(done, { event: 'done', downloaded: 1000, uploaded: 0, elapsedMs: 2500 });
  stage.send(progress(0)).advance(1000);
  assert.deepEqual(named(stage), ['stats']);
});

test('to trackers, what is not wanted is left too', () => {
  const stage = start().send(progress(0, 1000, 250));
  assert.deepEqual(stage.told('Tracker').at(-1),
    ['Tracker', 'totals', { totals: { uploaded: 0, downloaded: 0, left: 250, complete: false } }]);
});
test('trackers hear that it is complete', () => {
  const stage = start().send(progress(1000), progress(0));
  const told = stage.told('Tracker').map(([, , rest]) => (rest as { totals: { complete: boolean } }).totals.complete);
  assert.deepEqual([told[0], told.at(-1)], [false, true]);
});

test('the ratio goal: uploaded over downloaded, looked at once a second, reached once', () => {
  const stage = start({ ratio: 2 }).send(progress(1000), down(1000), progress(0), up(1999)).advance(1000);
  assert.ok(!named(stage).includes('seeded'));
  stage.send(up(1)).advance(1000);
  const told = stage.told();
  assert.deepEqual(told.flatMap(([, kind, rest]: any) => (kind === 'event' && rest.event.event === 'seeded' ? [rest.event] : [])),
    [{ event: 'seeded', uploaded: 2000, ratio: 2, torrent: TORRENT, name: 'T' }]);
  assert.deepEqual(told.filter(([to]) => to === 'TorrentMgr'), [['TorrentMgr', 'seeded', { torrent: TORRENT }]]);
  stage.advance(5000);
  assert.ok(!named(stage).includes('seeded'));
});

test('where nothing had to be downloaded, the ratio is of the size', () => {
  const stage = start({ ratio: 1 }).send(progress(0, 500), up(499)).advance(1000);
  assert.ok(!named(stage).includes('seeded'));
  stage.send(up(1)).advance(1000);
  assert.ok(named(stage).includes('seeded'));
});

test('the time goal counts from completion; no goal is never reached', () => {
  const stage = start({ time: 25_500 }).send(progress(1000)).advance(60_000).send(progress(0)).advance(25_499);
  assert.ok(!named(stage).includes('seeded'));
  stage.advance(1);
  assert.ok(named(stage).includes('seeded'));
  const endless = start().send(progress(0), up(10 ** 9)).advance(100_000);
  assert.ok(!named(endless).includes('seeded'));
});

test('notes go out as events of this torrent', () => {
  const stage = start().send({ type: 'note', note: { event: 'piece', piece: pieceIndex(3), have: 4, pieces: 9 } });
  assert.deepEqual(events(stage), [{ event: 'piece', piece: 3, have: 4, pieces: 9 }]);
});

test('the table of peers: flags, whole per cents, KB/s with one digit', () => {
  const stage = start().send(
    peer(1, { amInterested: true, peerChoking: false, downloadRate: 1550, uploadRate: 0, progress: 0.999 }),
    peer(2, { peerInterested: true, amChoking: false, snubbed: true, incoming: true, address: '[2001:db8::1]:65535' }),
    peer(3, { amInterested: true, peerInterested: true }),
    { type: 'listPeers' },
  );
  assert.deepEqual(events(stage), [{ event: 'answer', lines: [
    'T: 3 peers',
    'address                flags  done   down KB/s  up KB/s  client',
    '1.2.3.4:5              D---    99%         1.6      0.0  X 1',
    '[2001:db8::1]:65535    -USI    25%         0.0      0.0  X 1',
    '1.2.3.4:5              du--    25%         0.0      0.0  X 1',
  ] }]);
});

// STARTING AGAIN ---------------------------------------------------------------------

test('after a crash totals go on from where they were, and what was done is not done again', () => {
  const stage = start({ ratio: 0.5 }).send(progress(600), down(1000), up(300)).advance(2000).send(progress(0), up(200)).advance(2000).forget();
  stage.kill().send(progress(0), up(100), down(10)).advance(1000);
  const told = events(stage);
  assert.deepEqual(told.map((e) => e['event']), ['stats']);
  assert.deepEqual([told[0]!['downloaded'], told[0]!['uploaded']], [1010, 600]);
});

test('trackers are told at once when what is left is known again', () => {
  const stage = start().send(progress(600), down(7)).kill().forget().send(progress(600));
  assert.deepEqual(stage.told('Tracker').map(([, , rest]) => (rest as any).totals.downloaded), [7]);
});

test('a Console that starts again is told how things stand, a Timer when to wake us', () => {
  const stage = start().send(progress(600)).restart('Console');
  assert.deepEqual(named(stage), ['stats']);
  assert.deepEqual(stage.restart('Timer').told('Timer').map(([, , rest]) => (rest as any).after), [1000]);
});
