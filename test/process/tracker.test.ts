/** What a Tracker announces, when, and what it makes of the answer. Its tier: tracker-tier.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/base/endpoint.js';
import { toUtf8 } from '../../src/base/bytes.js';
import { MINUTE, SECOND } from '../../src/base/units.js';
import type { Udp } from '../../src/ports/udp.js';
import type { TrackerMsg } from '../../src/process/tracker.js';
import { encodeAnnounceAnswer } from '../../src/protocol/tracker-http.js';
import { encodeUdpAnswer, parseUdpQuestion, type UdpAnswer } from '../../src/protocol/tracker-udp.js';
import { nextIn, start, TORRENT, totals } from './tracker-stage.js';

test('announces once it is told to start and knows the totals, whichever comes first', () => {
  const late = start();
  late.stage.send({ type: 'start' });
  assert.equal(late.asked(), 0);
  late.stage.send(totals(10));
  assert.equal(late.asked(), 1);
  const early = start();
  early.stage.send(totals(10), totals(9));
  assert.equal(early.asked(), 0);
  early.stage.send({ type: 'start' }, { type: 'start' });
  assert.equal(early.asked(), 1);
});

test('what is announced', () => {
  const { stage, http } = start(['http://a/announce?pass=1']);
  stage.send({ type: 'start' }, totals(10));
  const { url, timeout } = http.asked[0]!;
  const q = url.searchParams;
  assert.equal(url.origin + url.pathname, 'http://a/announce');
  const fields = ['pass', 'port', 'uploaded', 'downloaded', 'left', 'compact', 'event', 'numwant'];
  assert.deepEqual(fields.map((f) => q.get(f)), ['1', '6881', '1', '2', '10', '1', 'started', '80']);
  assert.match(q.get('key')!, /^[0-9a-f]{8}$/);
  assert.equal(timeout, 20_000);
});

test('peers go to PeerMgr, numbers to Status; the next announce is after the interval, without an event', async () => {
  const { stage, answer, event, asked } = start();
  stage.send({ type: 'start' }, totals(10)).forget();
  await answer({ seeds: 3, leechers: 4, warning: 'be nice', trackerId: 'id1' });
  assert.deepEqual(stage.told(), [
    ['PeerMgr', 'candidates', { endpoints: [{ host: '1.2.3.4', port: 5 }], from: 'tracker' }],
    ['Status', 'note', { note: {
      event: 'tracker', url: 'http://a/announce', what: 'announced', peers: 1, nextInMs: 1800_000, seeds: 3,
      leechers: 4,
    } }],
    ['Status', 'note', { note: { event: 'tracker', url: 'http://a/announce', what: 'warning', reason: 'be nice' } }],
  ]);
  stage.advance(1800_000 - 1);
  assert.equal(asked(), 1);
  stage.advance(1);
  assert.deepEqual([asked(), event()], [2, null]);
});

test('the tracker id is sent back, also when a later answer has none', async () => {
  const { stage, answer, http } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer({ trackerId: 'id1' });
  stage.advance(1800_000);
  await answer();
  stage.advance(1800_000);
  assert.deepEqual(http.asked.map(({ url }) => url.searchParams.get('trackerid')), [null, 'id1', 'id1']);
});

test('completed is announced when it happens, once', async () => {
  const { stage, answer, event, asked } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.send(totals(0));
  assert.equal(event(), 'completed');
  stage.send(totals(0));
  await answer();
  stage.send(totals(0));
  assert.equal(asked(), 2);
});

test('completed while another announce is under way follows it', async () => {
  const { stage, answer, event, asked } = start();
  stage.send({ type: 'start' }, totals(10), totals(0));
  assert.deepEqual([asked(), event()], [1, 'started']);
  await answer();
  assert.deepEqual([asked(), event()], [2, 'completed']);
});

test('what was complete at the start is never announced as completed', async () => {
  const { stage, answer, asked } = start();
  stage.send({ type: 'start' }, totals(0));
  await answer();
  stage.send(totals(0), totals(0));
  assert.equal(asked(), 1);
});

test('a completion that cannot be told waits for the next try, instead of hammering the tracker', async () => {
  const { stage, answer, fail, event, asked } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.send(totals(0));
  await fail();
  stage.send(totals(0), totals(0), { type: 'wantPeers', count: 80 });
  assert.equal(asked(), 2);
  stage.advance(10_000);
  assert.deepEqual([asked(), event()], [3, 'completed']);
});

test('backoff doubles from ten seconds, in the upper half, to half an hour; a success ends it', async () => {
  const { stage, fail, answer, asked } = start();
  stage.send({ type: 'start' }, totals(10));
  for (const ceiling of [10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]) {
    await fail();
    const after = nextIn(stage);
    assert.ok(after > ceiling * SECOND / 2 && after <= ceiling * SECOND, `${after} ms of ${ceiling} s`);
    const before = asked();
    stage.advance(after);
    assert.equal(asked(), before + 1);
  }
  await answer();
  stage.advance(1800_000).forget();
  await fail();
  assert.ok(nextIn(stage) <= 10 * SECOND);
});

test('more peers are asked for at most as often as the tracker allows', async () => {
  const { stage, answer, asked, event } = start();
  const want: TrackerMsg = { type: 'wantPeers', count: 10 };
  stage.send(want, { type: 'start' }, totals(10), want);
  assert.equal(asked(), 1);
  await answer({ minIntervalMs: 300_000 });
  stage.send(want).advance(299_999).send(want);
  assert.equal(asked(), 1);
  stage.advance(1).send(want, want);
  assert.deepEqual([asked(), event()], [2, null]);
  await answer();
  // The alarm of the first answer was replaced by that of the second.
  stage.advance(1_799_999);
  assert.equal(asked(), 2);
});

test('a goodbye is said with a short timeout, without wanting peers, and then it is closed', async () => {
  const { stage, http, answer, event } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.forget().send({ type: 'stop' });
  assert.deepEqual([event(), http.asked.at(-1)!.url.searchParams.get('numwant'), http.asked.at(-1)!.timeout],
    ['stopped', '0', 3000]);
  assert.deepEqual(stage.told(), []);
  await answer();
  assert.deepEqual(stage.told(), [['TorrentMgr', 'closed', { torrent: TORRENT, part: 'Torrent/Tracker' }]]);
  assert.equal(stage.clock.pending, 0);
});

test('a tracker that does not hear the goodbye is closed all the same', async () => {
  const { stage, answer, fail } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.forget().send({ type: 'stop' });
  await fail();
  assert.deepEqual(stage.kinds(), ['TorrentMgr: closed']);
});

test('who was never told that we are here is told no goodbye', () => {
  const { stage, asked } = start();
  stage.forget().send({ type: 'stop' });
  assert.deepEqual([stage.kinds(), asked()], [['TorrentMgr: closed'], 0]);
});

for (const outcome of ['answers', 'fails'] as const) {
  test(`a stop while an announce is under way waits until that ${outcome}, then says goodbye`, async () => {
    const { stage, answer, fail, event, asked } = start();
    stage.send({ type: 'start' }, totals(10), { type: 'stop' }).forget();
    assert.equal(asked(), 1);
    await (outcome === 'answers' ? answer() : fail());
    assert.deepEqual([asked(), event()], [2, 'stopped']);
    await answer();
    assert.deepEqual(stage.kinds().at(-1), 'TorrentMgr: closed');
    stage.advance(3600_000);
    assert.equal(asked(), 2);
  });
}

test('after a goodbye it can start again, as new', async () => {
  const { stage, answer, event } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.send({ type: 'stop' });
  await answer();
  stage.send({ type: 'start' });
  assert.equal(event(), 'started');
});

for (const outcome of ['heard', 'not heard'] as const) {
  test(`told to start again before the goodbye is ${outcome}, it follows it with a new start`, async () => {
    const { stage, answer, fail, event, asked } = start();
    stage.send({ type: 'start' }, totals(10));
    await answer();
    stage.send({ type: 'stop' }, { type: 'start' }).forget();
    assert.deepEqual([asked(), event()], [2, 'stopped']);
    await (outcome === 'heard' ? answer() : fail());
    assert.deepEqual([asked(), event(), stage.kinds()], [3, 'started', []]);
  });
}

const failures: readonly (readonly [what: string, body: Uint8Array, status: number, reason: RegExp])[] = [
  ['a failure reason', encodeAnnounceAnswer({ kind: 'failure', reason: 'not registered' }), 200, /^not registered$/],
  ['a failure reason under another status', encodeAnnounceAnswer({ kind: 'failure', reason: 'go away' }), 403,
    /^go away$/],
  ['another status', toUtf8('<html>'), 502, /^HTTP status 502$/],
  ['a page', toUtf8('<html>'), 200, /expected/],
  ['nothing', new Uint8Array(0), 200, /expected/],
  ['a list where peers should be', toUtf8('d8:intervali60e5:peersl1:xee'), 200, /peers\[0\]/],
  ['a number cut short', toUtf8('d8:intervali60'), 200, /expected/],
  ['deep nesting', toUtf8(`d5:peers${'l'.repeat(1000)}${'e'.repeat(1000)}e`), 200, /expected/],
];
for (const [what, body, status, reason] of failures) {
  test(`${what} is a failure with its reason, and is tried again later`, async () => {
    const { stage, http, asked } = start();
    stage.send({ type: 'start' }, totals(10)).forget();
    http.answer(body, status);
    await stage.settle();
    const [note] = stage.all('note');
    assert.match(note.note.reason, reason);
    stage.advance(note.note.nextInMs);
    assert.equal(asked(), 2);
  });
}

test('a tracker that says when to come back is not asked before (BEP 31); one that says never, never', async () => {
  const { stage, http, asked } = start();
  stage.send({ type: 'start' }, totals(10)).forget();
  http.answer(encodeAnnounceAnswer({ kind: 'failure', reason: 'busy', retryInMs: 45 * MINUTE }));
  await stage.settle();
  assert.equal(nextIn(stage), 45 * MINUTE);
  stage.advance(45 * MINUTE - 1);
  assert.equal(asked(), 1);
  stage.advance(1);
  assert.equal(asked(), 2);
  http.answer(encodeAnnounceAnswer({ kind: 'failure', reason: 'gone', retryInMs: Infinity }));
  await stage.settle();
  assert.equal(nextIn(stage), undefined);
  stage.advance(100 * 60 * MINUTE).send({ type: 'stop' });
  assert.deepEqual([asked(), stage.kinds()], [2, ['TorrentMgr: closed']]);
});

test('the next announce is not before the least interval that the tracker names', async () => {
  const { stage, answer, asked } = start();
  stage.send({ type: 'start' }, totals(10)).forget();
  await answer({ intervalMs: 60_000, minIntervalMs: 300_000 });
  assert.equal(nextIn(stage), 300_000);
  stage.advance(299_999);
  assert.equal(asked(), 1);
  stage.advance(1);
  assert.equal(asked(), 2);
});

test('intervals from outside are held within bounds', async () => {
  const { stage, answer, asked } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer({ intervalMs: 0 });
  stage.advance(9999);
  assert.equal(asked(), 1);
  stage.advance(1);
  assert.equal(asked(), 2);
});

// UDP --------------------------------------------------------------------------------

/** Answers every announce with `answer`; keeps whom it was asked to talk to. */
function udpTracker(answer: UdpAnswer): Udp & { readonly talked: Endpoint[] } {
  const talked: Endpoint[] = [];
  return {
    talked,
    async converse(to, talker) {
      talked.push(to);
      for (let move = talker.next(); ;) {
        if (move.kind === 'done') return move.reply;
        assert.equal(move.kind, 'send');
        const question = parseUdpQuestion((move as { packet: Uint8Array }).packet);
        assert.ok(question.ok);
        const { transaction, kind } = question.value;
        const said: UdpAnswer = kind === 'connect' ? { kind, connection: '0123456789abcdef' } : answer;
        move = talker.heard(encodeUdpAnswer({ ...said, transaction }, 4), 4);
      }
    },
  };
}

test('a UDP tracker is one of the tier like any other', async () => {
  const udp = udpTracker({ kind: 'announce', intervalMs: 900 * SECOND, seeds: 1, leechers: 2, peers: [{ host: '1.2.3.4', port: 5 }] });
  const { stage } = start(['udp://Tracker.example:1337/announce'], { udp });
  stage.send({ type: 'start' }, totals(10)).forget();
  await stage.settle();
  assert.deepEqual(udp.talked, [{ host: 'tracker.example', port: 1337 }]);
  const url = 'udp://Tracker.example:1337/announce';
  assert.deepEqual(stage.told(), [
    ['PeerMgr', 'candidates', { endpoints: [{ host: '1.2.3.4', port: 5 }], from: 'tracker' }],
    ['Status', 'note', { note: { event: 'tracker', url, what: 'announced', peers: 1, nextInMs: 900_000, seeds: 1, leechers: 2 } }],
  ]);
});

const hopeless: readonly (readonly [url: string, udp: Udp | undefined, reason: RegExp])[] = [
  ['udp://a:1', undefined, /^UDP trackers cannot be asked here$/],
  ['udp://a', udpTracker({ kind: 'error', reason: '' }), /^tracker: expected .*udp:\/\/HOST:PORT, found "udp:\/\/a"$/],
  ['udp://a:1', udpTracker({ kind: 'error', reason: 'not registered' }), /^not registered$/],
];
for (const [url, udp, reason] of hopeless) {
  test(`fails with a reason: ${url}, ${reason}`, async () => {
    const { stage } = start([url], { ...(udp && { udp }) });
    stage.send({ type: 'start' }, totals(10)).forget();
    await stage.settle();
    const [note] = stage.all('note');
    assert.match(note.note.reason, reason);
    assert.equal(note.note.what, 'failed');
  });
}

// STARTING AGAIN ---------------------------------------------------------------------

test('after a crash it is the same to the tracker: it has started, and goes on', async () => {
  const { stage, answer, event, asked, http } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.kill().send({ type: 'start' }, totals(10));
  assert.deepEqual([asked(), event()], [2, null]);
  const [first, second] = http.asked.map(({ url }) => url.searchParams.get('key'));
  assert.equal(first, second);
});

test('a completion is announced once, whatever happens while it is', async () => {
  const { stage, answer, event, asked } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.send(totals(0));
  assert.equal(event(), 'completed');
  stage.kill().send({ type: 'start' }, totals(0));
  assert.deepEqual([asked(), event()], [3, null]);
});

test('a completion between two lives is announced', async () => {
  const { stage, answer, event } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.kill().send({ type: 'start' }, totals(0));
  assert.equal(event(), 'completed');
});

test('crashed and told to stop, it says goodbye once it knows the totals', async () => {
  const { stage, answer, event } = start();
  stage.send({ type: 'start' }, totals(10));
  await answer();
  stage.kill().forget().send({ type: 'stop' }, totals(10));
  assert.equal(event(), 'stopped');
  await answer();
  assert.ok(stage.kinds().includes('TorrentMgr: closed'));
});

test('a Timer that starts again is asked for what is left of the interval', async () => {
  const { stage, answer } = start();
  stage.send({ type: 'start' }, totals(10));
  assert.deepEqual(stage.restart('Timer').told('Timer'), []);
  await answer();
  stage.advance(800 * SECOND).restart('Timer');
  assert.deepEqual(stage.told('Timer').map(([, , rest]) => (rest as any).after), [1000 * SECOND]);
});
