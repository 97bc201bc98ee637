import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerKey, torrentKey, type InfoHash } from '../../src/base/brand.js';
import { toUtf8 } from '../../src/base/bytes.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import type { ProcessInfo } from '../../src/kernel/kernel.js';
import type { Decision, TorrentEntry } from '../../src/ports/picture.js';
import { api } from '../../src/process/api.js';
import type { Onlooker } from '../../src/process/api-processes.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { FakePage } from './fake-page.js';
import { Stage } from './stage.js';

const hashOf = (n: number): InfoHash => infoHash(String(n).repeat(40));
const entry = (n: number): TorrentEntry =>
  ({ torrent: hashOf(n), name: `T${n}`, bytes: 10, pieces: 1, files: 1, paused: false, queued: false, leaving: false });
const decision = (n: number, at: number): Decision =>
  ({ torrent: hashOf(n), at, policy: 'mine', trigger: 'tick', tickMs: 10_000, peers: [] });
const BEAT = 400;

/** A Controller of two, and a Timer. */
const info = (id: string, depth: number): ProcessInfo =>
  ({ id, process: id.split('/').at(-1)!, scope: 'peer', group: false, parent: 'P', depth, handled: 10, restarts: 1, states: ['open'] });
const killed: string[] = [];
const kernel: Onlooker = {
  processes: () => [info('1/Controller', 2), info('2/Controller', 3), { ...info('Timer', 0), states: undefined }],
  edges: () => [{ from: 'Controller', to: 'Timer', kind: 'a', count: 2 }, { from: 'Controller', to: 'Timer', kind: 'b', count: 3 }],
  lastMail: () => [{ at: 5, from: undefined, kind: 'tick' }],
  kill(id) {
    if (id === 'nobody') throw new Error('no process to kill: nobody');
    killed.push(id);
  },
};

async function start() {
  const page = new FakePage();
  const stage = new Stage(api, (cast) => ({
    page, client: { agent: 'test', policies: [], chaos: false }, kernel, sha1: nodeSha1, newKey: () => torrentKey(7),
    newTorrent: (meta) => (meta.name === 'refused' ? 'no file of it is wanted' : { meta } as any),
    torrentMgr: cast('TorrentMgr'), chokeMgr: cast('ChokeMgr'), limiter: cast('Limiter'), console: cast('Console'), timer: cast('Timer'),
  }));
  await stage.settle();
  return { page, stage };
}

test('it tells where the page is, or why there is none', async () => {
  const { stage } = await start();
  assert.deepEqual(stage.told(), [['Console', 'event', { event: { event: 'page', url: 'http://here/' } }]]);
  stage.send({ type: 'refused', reason: 'port 1 is in use' });
  assert.deepEqual(stage.told(), [['Console', 'event', { event: { event: 'warning', reason: 'no live page: port 1 is in use' } }]]);
});

test('nobody is asked anything unless somebody looks', async () => {
  const { page, stage } = await start();
  stage.forget().advance(60_000);
  assert.deepEqual(stage.told(), []);
  const viewer = page.come({ torrent: hashOf(1) });
  assert.deepEqual(stage.kinds(), ['TorrentMgr: look', 'ChokeMgr: look', 'Limiter: look']);
  stage.advance(BEAT);
  assert.deepEqual(stage.kinds(), ['TorrentMgr: look', 'ChokeMgr: look', 'Limiter: look']);
  viewer.leave();
  assert.deepEqual(stage.kinds(), ['ChokeMgr: look']);
  stage.advance(60_000);
  assert.deepEqual(stage.told(), []);
});

test('pieces are asked for at each fourth look, and a second viewer costs no second look', async () => {
  const { page, stage } = await start();
  stage.forget();
  page.come({ torrent: hashOf(1) });
  page.come({ torrent: hashOf(2) });
  for (let i = 0; i < 8; i++) stage.advance(BEAT);
  const looks = stage.all('look').filter((m) => 'closely' in m);
  assert.deepEqual(looks.map((m) => m.pieces), [true, false, false, false, true, false, false, false, true]);
});

test('a viewer is told what changed, and only of the torrent it looks at', async () => {
  const { page, stage } = await start();
  const [one, other] = [page.come({ torrent: hashOf(1) }), page.come({ torrent: hashOf(2) })];
  const peers = [{ peer: peerKey(1) }] as any;
  stage.send({ type: 'torrentsSeen', torrents: [entry(1), entry(2)] }, { type: 'peersSeen', torrent: hashOf(1), peers }).advance(BEAT);
  assert.deepEqual(one.told.torrents!.map((t) => [t.name, t.checked]), [['T1', 0], ['T2', 0]]);
  assert.deepEqual([one.told.peers, other.told.peers], [peers, undefined]);
  stage.advance(BEAT).advance(BEAT);
  assert.deepEqual([...one.count], [['client', 1], ['torrents', 1], ['peers', 1]]);
  stage.send({ type: 'torrentsSeen', torrents: [entry(2)] }).advance(BEAT);
  assert.deepEqual([one.told.torrents!.length, one.count.get('torrents'), other.count.get('torrents')], [1, 2, 2]);
});

test('files are asked for as viewers look at them, each page full once, and told to those alone', async () => {
  const { page, stage } = await start();
  const at = (n: number, from: number) => ({ torrent: hashOf(n), files: { find: '*', from } });
  const foci = [at(1, 0), at(1, 0), at(1, 100), at(2, 0), { torrent: hashOf(1) }];
  const [one, two, three, other, none] = foci.map((focus) => page.come(focus));
  const lookedAt = (): unknown => stage.forget().advance(BEAT).all('look').find((m) => 'closely' in m).files;
  assert.deepEqual(lookedAt(), [[1, 0], [1, 100], [2, 0]].map(([n, from]) => ({ torrent: hashOf(n!), find: '*', from })));
  const seen = (from: number) => ({ find: '*', from, matching: 300, shown: [] });
  for (const from of [0, 100]) stage.send({ type: 'filesSeen', torrent: hashOf(1), files: seen(from) });
  stage.advance(BEAT);
  assert.deepEqual([one, two, three, other, none].map((v) => v!.told.files?.from), [0, 0, 100, undefined, undefined]);
  for (const viewer of [one, three]) viewer!.leave();
  assert.deepEqual(lookedAt(), [1, 2].map((n) => ({ torrent: hashOf(n), find: '*', from: 0 })));
});

test('decisions are told once each; who comes later gets the last of them', async () => {
  const { page, stage } = await start();
  const chokers = new Map([[hashOf(1), { policy: 'mine', tickMs: 10_000 }]]);
  const first = page.come({ torrent: hashOf(1) });
  for (let at = 1; at <= 40; at++) stage.send({ type: 'decided', chokers, decisions: [decision(1, at), decision(2, at)] });
  stage.advance(BEAT).advance(BEAT);
  const late = page.come({ torrent: hashOf(1) });
  stage.send({ type: 'decided', chokers, decisions: [decision(1, 41)] }).advance(BEAT);
  const times = (v: typeof first): number[] => v.told.decisions!.map((d) => d.at);
  assert.deepEqual([times(first).length, times(first)[0], times(first).at(-1)], [31, 11, 41]);
  assert.deepEqual([times(late).length, times(late)[0], times(late).at(-1)], [30, 12, 41]);
  assert.deepEqual(first.told.choker, { policy: 'mine', tickMs: 10_000 });
});

test('a line goes to the Console, and its answer to whoever said it', async () => {
  const { page, stage } = await start();
  stage.forget();
  const [a, b] = [page.say('limit up 1'), page.say('pause')];
  const asked = stage.all('line');
  assert.deepEqual(asked.map((m) => [m.line, m.asker.replyTo]), [['limit up 1', '@Api'], ['pause', '@Api']]);
  const answer = (ticket: number, line: string): void =>
    void stage.send({ type: 'answered', ticket, reply: { done: true, lines: [line] } });
  answer(asked[1].asker.ticket, 'paused');
  answer(asked[0].asker.ticket, 'set');
  answer(99, 'nobody asked');
  assert.deepEqual([(await a).lines, (await b).lines], [['set'], ['paused']]);
});

test('a torrent that is given is added; not twice, not if it is none, and not if it is not wanted', async () => {
  const { page, stage } = await start();
  page.come();
  const named = (name: string): Uint8Array => buildMetainfo({
    name, pieceLength: 16_384, hashes: new Uint8Array(20), single: true, trackers: [], files: [{ path: [name], length: 5, padding: false }],
  });
  const file = named('film');
  stage.forget();
  assert.deepEqual(await page.give(file), { done: true, lines: ['added film'] });
  const [added] = stage.all('add');
  assert.deepEqual([added.key, added.request.meta.name], [7, 'film']);
  stage.send({ type: 'torrentsSeen', torrents: [{ ...entry(1), torrent: added.request.meta.infoHash }] });
  assert.deepEqual(await page.give(file), { done: false, lines: ['film is here already'] });
  assert.deepEqual(await page.give(named('refused')), { done: false, lines: ['no file of it is wanted'] });
  const bad = await page.give(toUtf8('<html>'));
  assert.deepEqual([bad.done, stage.all('add')], [false, []]);
  assert.match(bad.lines[0]!, /^not a valid torrent: .*expected/);
});

test('the processes are shown to whoever looks at them: by name, one by one, and one with its mail', async () => {
  const { page, stage } = await start();
  const [torrents, graph, near] = [page.come(), page.come({ processes: true }), page.come({ processes: true, kind: 'Controller', process: '2/Controller' })];
  stage.advance(BEAT);
  assert.equal(torrents.told.processes, undefined);
  assert.deepEqual(graph.told.processes, {
    kinds: [
      { process: 'Controller', count: 2, depth: 5, handled: 20, restarts: 2 }, { process: 'Timer', count: 1, depth: 0, handled: 10, restarts: 1 },
    ],
    talks: [{ from: 'Controller', to: 'Timer', count: 5 }], instances: [],
  });
  assert.deepEqual(near.told.processes!.instances.map((i) => [i.id, i.states]), [['1/Controller', ['open']], ['2/Controller', ['open']]]);
  assert.deepEqual(near.told.process, {
    id: '2/Controller', depth: 3, handled: 10, restarts: 1, states: ['open'], mail: [{ at: 5, from: 'outside', kind: 'tick' }],
  });
});

test('a process is killed, or it is told why not', async () => {
  const { page } = await start();
  assert.deepEqual(await page.say('kill 1/Controller'), { done: true, lines: ['killed 1/Controller'] });
  assert.deepEqual(await page.say('kill nobody'), { done: false, lines: ['no process to kill: nobody'] });
  assert.deepEqual(killed, ['1/Controller']);
});

test('as it ends, the page is closed; also one that opens only then', async () => {
  const { page, stage } = await start();
  stage.stop();
  assert.equal(page.visits, undefined);
  const late = new FakePage();
  const never = new Stage(api, (cast) => ({
    page: late, client: { agent: 'test', policies: [], chaos: false }, kernel, sha1: nodeSha1, newKey: () => torrentKey(7), newTorrent: () => assert.fail(),
    torrentMgr: cast('TorrentMgr'), chokeMgr: cast('ChokeMgr'), limiter: cast('Limiter'), console: cast('Console'), timer: cast('Timer'),
  }));
  never.stop();
  await never.settle();
  assert.equal(late.visits, undefined);
});

test('a Timer that starts again knows of the next look, while somebody looks', async () => {
  const { page, stage } = await start();
  stage.restart('Timer').advance(BEAT);
  assert.deepEqual(stage.kinds(), []);
  page.come({ torrent: hashOf(1) });
  stage.restart('Timer').advance(BEAT);
  assert.deepEqual(stage.kinds(), ['TorrentMgr: look', 'ChokeMgr: look', 'Limiter: look']);
});

for (const [who, name] of [['Console', 'the console'], ['TorrentMgr', 'TorrentMgr']] as const) {
  test(`what a ${who} was asked before it crashed is answered in its stead`, async () => {
    const { page, stage } = await start();
    const asked = page.say('priority * high');
    stage.restart(who);
    assert.deepEqual(await asked, { done: false, lines: [`${name} crashed over this or something before it: look whether it was done`] });
  });
}
