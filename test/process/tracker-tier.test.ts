/** A Tracker's rounds through its tier, and the two families of addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/base/endpoint.js';
import type { Udp } from '../../src/ports/udp.js';
import { nextIn, start, totals } from './tracker-stage.js';

test('a tier is shuffled once, walked in order, and who answers is moved to the front', async () => {
  const urls = ['http://a/', 'http://b/', 'http://c/'];
  const { stage, fail, answer, host, http } = start(urls);
  stage.send({ type: 'start' }, totals(10)).forget();
  await fail();
  await fail();
  const order = http.asked.map(({ url }) => url.host);
  assert.deepEqual([...order].sort(), ['a', 'b', 'c']);
  assert.deepEqual(stage.all('note').map(({ note }) => [note.what, note.nextInMs]),
    [['failed', undefined], ['failed', undefined]]);
  await answer();
  stage.advance(1800_000);
  assert.equal(host(), order[2]);
  await fail();
  assert.equal(host(), order[0]);
  await fail();
  assert.equal(host(), order[1]);
  stage.forget();
  await fail();
  assert.equal(http.underWay, 0);
  stage.advance(nextIn(stage));
  assert.equal(host(), order[2]);
});

test('the id that a tracker gives is told to that one, and to no other', async () => {
  const { stage, answer, fail, host, http } = start(['http://a/', 'http://b/']);
  await stage.send({ type: 'start' }, totals(10)).settle();
  await answer({ trackerId: 'id1' });
  stage.advance(1800_000);
  await fail();
  const said = http.asked.map(({ url }) => url.searchParams.get('trackerid'));
  assert.deepEqual([host(0) === host(1), host(1) === host(2), said], [true, false, [null, 'id1', null]]);
});

test('a tracker that is asked in the place of another hears that we have started, once', async () => {
  const { stage, answer, fail, host, event } = start(['http://a/', 'http://b/']);
  await stage.send({ type: 'start' }, totals(10)).settle();
  await answer();
  stage.advance(1800_000);
  assert.deepEqual([host(), event()], [host(0), null]);
  await fail();
  assert.deepEqual([host() === host(0), event()], [false, 'started']);
  await answer();
  stage.advance(1800_000);
  assert.deepEqual([host(), event()], [host(2), null]);
});

test('a silent one is followed by the next after three seconds, and the first answer ends the round', async () => {
  const { stage, answer, fail, asked, host } = start(['http://a/', 'http://b/']);
  stage.send({ type: 'start' }, totals(10)).forget();
  stage.advance(2999);
  assert.equal(asked(), 1);
  stage.advance(1);
  assert.equal(asked(), 2);
  const [silent, quick] = [host(0), host(1)];
  assert.notEqual(silent, quick);
  await answer({}, 1);
  assert.deepEqual(stage.all('note').map(({ note }) => [note.what, note.url]), [['announced', `http://${quick}/`]]);
  stage.forget();
  await fail();
  assert.deepEqual(stage.kinds(), []);
  stage.advance(1800_000);
  assert.deepEqual([asked(), host()], [3, quick]);
});

test('who was overtaken may answer yet: then its peers are taken, and with no other answer it is the one', async () => {
  const { stage, answer, fail, asked, host, http } = start(['http://a/', 'http://b/']);
  stage.send({ type: 'start' }, totals(10)).advance(3000).forget();
  await fail('refused', 1);
  assert.deepEqual(stage.all('note').map(({ note }) => [note.what, note.nextInMs]), [['failed', undefined]]);
  await answer();
  assert.deepEqual([stage.all('note').at(-1).note.url, http.underWay], [`http://${host(0)}/`, 0]);
  stage.advance(1800_000).advance(3000).forget();
  assert.deepEqual([asked(), host(2), host(3)], [4, host(0), host(1)]);
  await answer({}, 1);
  stage.forget();
  await answer({ peers: [{ host: '5.6.7.8', port: 9 }] });
  assert.deepEqual(stage.told(), [['PeerMgr', 'candidates', { endpoints: [{ host: '5.6.7.8', port: 9 }], from: 'tracker' }]]);
});

test('only when nobody of the tier is left who may answer, all are tried again later', async () => {
  const { stage, fail, asked } = start(['http://a/', 'http://b/']);
  stage.send({ type: 'start' }, totals(10)).advance(3000).forget();
  await fail();
  assert.deepEqual(stage.kinds(), ['Status: note']);
  await fail();
  const after = nextIn(stage);
  stage.advance(after - 1);
  assert.equal(asked(), 2);
  stage.advance(1);
  assert.equal(asked(), 3);
});

test('while it says goodbye the next of the tier is left in peace', async () => {
  const { stage, answer, asked, event } = start(['http://a/', 'http://b/']);
  stage.send({ type: 'start' }, totals(10), { type: 'stop' }).advance(3000);
  assert.equal(asked(), 1);
  await answer();
  assert.deepEqual([asked(), event()], [2, 'stopped']);
  stage.advance(3000);
  assert.equal(asked(), 2);
});

test('a Timer that starts again while a tracker is silent is asked for the head start anew', () => {
  const { stage, asked } = start(['http://a/', 'http://b/']);
  stage.send({ type: 'start' }, totals(10)).restart('Timer').advance(3000);
  assert.equal(asked(), 2);
});

// BOTH FAMILIES ----------------------------------------------------------------------

const BOTH = { families: [4, 6] } as const;

test('a tracker with a name is told over both families; one answer is enough, and the peers of the other are taken', async () => {
  const { stage, answer, http, asked, event } = start(['http://a/announce'], BOTH);
  stage.send({ type: 'start' }, totals(10)).forget();
  assert.deepEqual(http.asked.map(({ family, url }) => [family, url.href]), [4, 6].map((family) => [family, http.asked[0]!.url.href]));
  await answer();
  assert.deepEqual(stage.kinds(), ['PeerMgr: candidates', 'Status: note']);
  stage.forget();
  await answer({ peers: [{ host: '2001:db8::1', port: 5 }] });
  assert.deepEqual(stage.told(), [['PeerMgr', 'candidates', { endpoints: [{ host: '2001:db8::1', port: 5 }], from: 'tracker' }]]);
  stage.advance(1800_000);
  assert.deepEqual([asked(), event()], [4, null]);
});

for (const url of ['http://127.0.0.1:1/announce', 'http://user:word@10.1.2.3/announce', 'http://[::1]:1/announce', 'udp://[::1]:1']) {
  test(`an address is of one family: ${url}`, () => {
    const talked: Endpoint[] = [];
    const udp: Udp = { converse: (to) => new Promise(() => talked.push(to)) };
    const { stage, http } = start([url], { ...BOTH, udp });
    stage.send({ type: 'start' }, totals(10));
    assert.equal(http.asked.length + talked.length, 1);
  });
}

test('a family that does not lead there is no failure; where neither does, the last says why', async () => {
  const { stage, answer, fail } = start(['http://a/announce'], BOTH);
  stage.send({ type: 'start' }, totals(10)).forget();
  await fail('no such host', 1);
  assert.deepEqual(stage.told(), []);
  await answer();
  assert.deepEqual(stage.all('note').map(({ note }) => note.what), ['announced']);
  stage.advance(1800_000).forget();
  await fail('no such host', 1);
  await fail('connection refused');
  assert.deepEqual(stage.all('note').map(({ note }) => [note.what, note.reason]), [['failed', 'connection refused']]);
});

test('a UDP tracker is asked over both, too', () => {
  const families: unknown[] = [];
  const udp: Udp = { converse: (_to, _talker, { family }) => new Promise(() => families.push(family)) };
  const { stage } = start(['udp://a:1'], { ...BOTH, udp });
  stage.send({ type: 'start' }, totals(10));
  assert.deepEqual(families, [4, 6]);
});

test('the goodbye is through when it is over both', async () => {
  const { stage, answer, fail, event } = start(['http://a/announce'], BOTH);
  stage.send({ type: 'start' }, totals(10));
  await answer();
  await answer();
  stage.forget().send({ type: 'stop' });
  assert.deepEqual([event(2), event(3)], ['stopped', 'stopped']);
  await answer();
  assert.deepEqual(stage.kinds(), []);
  await fail();
  assert.deepEqual(stage.kinds(), ['TorrentMgr: closed']);
});

test('a late answer is not taken for one to what is told since', async () => {
  const { stage, answer, fail, event, asked } = start(['http://a/announce'], BOTH);
  stage.send({ type: 'start' }, totals(10), totals(0));
  await answer();
  assert.deepEqual([asked(), event()], [4, 'completed']);
  stage.forget();
  // That of `started` over IPv6.
  await answer();
  assert.deepEqual(stage.kinds(), ['PeerMgr: candidates']);
  await fail();
  await fail();
  stage.advance(nextIn(stage));
  assert.deepEqual([asked(), event()], [6, 'completed']);
});
