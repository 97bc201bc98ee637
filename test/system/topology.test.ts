/**
 * The picture and the run: every edge that a process declares is used by a client on loopback, and none beside. Scenes
 * are small, and each is here for the edges that the others do not reach; their clocks are moved by hand, so that an
 * hour costs nothing.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { formatEndpoint } from '../../src/base/endpoint.js';
import { MIB } from '../../src/base/units.js';
import type { NewTorrent } from '../../src/client.js';
import { owns } from '../../src/graph/owns.js';
import { edgesOf, showEdge } from '../../src/kernel/topology.js';
import { GROUPS } from '../../src/process/groups.js';
import { TOPOLOGY } from '../../src/process/index.js';
import type { BlockRange } from '../../src/protocol/wire.js';
import { PLAIN } from '../../src/protocol/wire.js';
import { encodeMessages } from '../../src/protocol/wire-encode.js';
import { FakeFolder } from '../process/fake-folder.js';
import { FakePage } from '../process/fake-page.js';
import { Valve } from './ports.js';
import { RawPeer, type RawOptions } from './raw-peer.js';
import { count, edge, owned, passUntil, scene, used } from './scene.js';
import { assertHas, at, eventually, magnetRequest, makeContent, put, request } from './swarm.js';
import { ROUND_MS, turns } from './turns.js';

const BLOCK = 16_384;

scene('a seeder, a leecher, a tracker, and a person at the terminal', async ({ start, tracker, clock }) => {
  const { url, announces } = await tracker();
  const content = makeContent({ name: 'plain', sizes: [70_000, 0, 300_001], pieceLength: 32_768, trackers: [[url]] });
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('tracker', (e) => e.what === 'announced');
  const leecher = start('leecher');
  leecher.client.add(request(content, leecher.folder));
  await leecher.until('done');
  assertHas(content, leecher.folder);
  await eventually(() => announces.some((a) => a.event === 'completed'), 'the completed announce');
  await clock.pass(1000);
  for (const line of ['help', 'status', 'peers', 'graph', 'policy wgo', 'shadow bep3', 'pause', 'nonsense']) seeder.type(line);
  await eventually(() => announces.some((a) => a.event === 'stopped'), 'the stopped announce of the one that is paused');
  seeder.type('resume');
  await eventually(() => announces.at(-1)?.event === 'started', 'its new start');
  leecher.type('quit');
  await leecher.until('stopped');
  await eventually(() => announces.at(-1)?.event === 'stopped', 'the stopped announce');
  assert.deepEqual(announces.flatMap((a) => a.event ?? []), ['started', 'started', 'completed', 'stopped', 'started', 'stopped']);
});

scene('a minute passes: every alarm goes off', async ({ start, tracker, raw, clock }) => {
  const { url, hang } = await tracker();
  const content = makeContent({ name: 'minute', sizes: [4 * BLOCK], pieceLength: BLOCK, trackers: [[url]] });
  const silent = await raw({ infoHash: content.meta.infoHash });
  const member = start('member');
  member.client.add(request(content, member.folder, { peers: [silent.endpoint] }));
  await silent.next();
  await member.until('peer', (e) => e.what === 'connected');
  await member.until('tracker', (e) => e.what === 'announced');
  // One that has everything does not ask for peers before its time.
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('tracker', (e) => e.what === 'announced');
  const mute: RawOptions = { infoHash: content.meta.infoHash, greeting: new Uint8Array(0) };
  const stranger = await RawPeer.dial(await member.port(), mute);
  await clock.pass(61_000);
  await stranger.untilEnded();
  hang();
  await eventually(() => edge(seeder, 'Timer -> Tracker: tick'), 'an announce in its time');
});

scene('a PieceMgr starts again in the middle of a download, and its peers join it', async ({ start, clock }) => {
  const content = makeContent({ name: 'again', sizes: [32 * BLOCK], pieceLength: BLOCK });
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  const leecher = start('leecher', { chaos: true });
  leecher.client.add(request(content, leecher.folder, { peers: [await at(seeder)] }));
  await leecher.until('piece');
  leecher.client.kernel.kill('Client/TorrentMgr/Torrent-1/PieceMgr');
  // A block that is asked for anew may be rejected for the cancel of before: then it is asked for once more at the next tick.
  await passUntil(clock, () => leecher.events.some((e) => e.event === 'done'));
  assertHas(content, leecher.folder);
  assert.equal(leecher.events.filter((e) => e.event === 'peer' && e.what === 'connected').length, 1);
});

scene('some files are wanted, then others, also after all that was wanted is here', async ({ start, raw, clock }) => {
  const content = makeContent({ name: 'choice', sizes: [3 * BLOCK, 3 * BLOCK, 0], pieceLength: BLOCK });
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  const leecher = start('leecher');
  const idle = await raw({ infoHash: content.meta.infoHash });
  const priorities = ['normal', 'skip', 'skip'] as const;
  leecher.client.add(request(content, leecher.folder, { peers: [idle.endpoint, await at(seeder)], priorities }));
  await leecher.until('peer', (e) => e.what === 'connected' && e.address === formatEndpoint(idle.endpoint));
  await leecher.until('done');
  assert.deepEqual(readdirSync(join(leecher.folder, 'choice')), ['file-0.bin']);
  leecher.type('files');
  const { files } = await leecher.until('files');
  assert.deepEqual(files.map((f) => [f.had, f.priority]), [[3 * BLOCK, 'normal'], [0, 'skip'], [0, 'skip']]);
  leecher.type('priority file-[12].bin high');
  await passUntil(clock, () => leecher.events.filter((e) => e.event === 'done').length === 2);
  assertHas(content, leecher.folder);
  leecher.type('remove choice --with-data');
  assert.deepEqual((await leecher.until('removed')).deleted, { files: 3, bytes: 6 * BLOCK, left: 0 });
});

scene('limits are set and lifted while blocks flow both ways', async ({ start, raw, clock }) => {
  const content = makeContent({ name: 'limits', sizes: [64 * BLOCK], pieceLength: 64 * BLOCK });
  const { infoHash } = content.meta;
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('done');
  const taker = await RawPeer.dial(await seeder.port(), { infoHash });
  taker.send(PLAIN.interested);
  await taker.until('unchoke');
  taker.send(block(0, 0));
  await taker.until('block');
  seeder.type('limit up 20');
  taker.send(block(0, 1));
  await eventually(() => edge(seeder, 'Limiter -> Sender: revoke'), 'the revoke');
  await passUntil(clock, () => taker.all('block').length === 2);
  seeder.type('limit up 0');

  const giving = await raw({ infoHash });
  const leecher = start('leecher');
  leecher.client.add(request(content, leecher.folder, { peers: [giving.endpoint] }));
  const giver = await giving.next();
  const asked: BlockRange[] = [];
  giver.answer = (m) => { if (m.type === 'request') asked.push(m); };
  giver.send({ type: 'bitfield', bits: Uint8Array.of(0x80) }, PLAIN.unchoke);
  await giver.until('request', 3);
  giver.serve(content, asked[0]!);
  await eventually(() => edge(leecher, 'Controller -> Files: blocks'), 'the first block');
  leecher.type('limit down 20');
  giver.serve(content, asked[1]!);
  giver.serve(content, asked[2]!);
  await eventually(() => count(leecher, 'Receiver -> Limiter: want') === 2, 'the wish for more');
  assert.ok(edge(leecher, 'Limiter -> Receiver: revoke'));
  await passUntil(clock, () => count(leecher, 'Controller -> Files: blocks') >= 2);
});

scene('choke rounds: requests are dropped, cancelled, and rejected to whom speaks BEP 6', async ({ start, clock }) => {
  const content = makeContent({ name: 'rounds', sizes: [64 * BLOCK], pieceLength: 64 * BLOCK });
  const seeder = start('seeder', { choke: turns, shadow: turns, limits: { up: 15_000, down: null } });
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('done');
  const peer = await RawPeer.dial(await seeder.port(), { infoHash: content.meta.infoHash, fast: true });
  peer.send(PLAIN.interested);
  await peer.until('haveAll');
  await clock.pass(ROUND_MS);
  await peer.until('unchoke');
  peer.send(...[0, 1, 2, 3, 4, 5].map((i) => block(0, i)));
  await eventually(() => edge(seeder, 'Sender -> Limiter: want'), 'the first block to be read');
  await passUntil(clock, () => edge(seeder, 'Limiter -> Sender: grant'));
  // The first is begun now; the second waits in the Sender, and the others in the queue.
  peer.send({ ...block(0, 5), type: 'cancel' }, { ...block(0, 1), type: 'cancel' });
  await eventually(() => edge(seeder, 'Sender -> SenderQueue: dropped'), 'the cancel');
  await clock.pass(ROUND_MS);
  // At 15 KB/s all that is said meanwhile waits for the end of the block that was begun.
  await passUntil(clock, () => peer.all('reject').length >= 5);
  assert.deepEqual(peer.all('reject').map((m) => m.begin / BLOCK).sort(), [1, 2, 3, 4, 5]);
  seeder.type('policy tit-for-tat');
});

scene('a peer without BEP 6 chokes us, another rejects, a third leaves', async ({ start, raw }) => {
  const content = makeContent({ name: 'moods', sizes: [8 * BLOCK], pieceLength: 2 * BLOCK });
  const { infoHash } = content.meta;
  const [plain, fast] = [await raw({ infoHash }), await raw({ infoHash, fast: true })];
  const leecher = start('leecher');
  leecher.client.add(request(content, leecher.folder, { peers: [plain.endpoint, fast.endpoint] }));
  const a = await plain.next();
  a.send({ type: 'bitfield', bits: Uint8Array.of(0xc0) }, { type: 'have', piece: 2 }, PLAIN.unchoke);
  await a.until('request');
  a.send(PLAIN.choke);
  await eventually(() => edge(leecher, 'Controller -> PieceMgr: choked'), 'the choke');
  const b = await fast.next();
  b.answer = (m) => { if (m.type === 'request') b.send({ ...m, type: 'reject' }); };
  b.send(PLAIN.haveAll, { type: 'suggest', piece: 3 }, PLAIN.unchoke);
  await eventually(() => edge(leecher, 'Controller -> PieceMgr: lostBlock'), 'the reject');
  b.close();
  await leecher.until('peer', (e) => e.what === 'disconnected');
  a.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 4));
  await a.untilEnded();
  assert.ok(edge(leecher, 'Receiver -> Controller: violation'));
});

scene('people look at the live page, and add a torrent there', async ({ start, lab, clock }) => {
  const content = makeContent({ name: 'seen', sizes: [4 * BLOCK], pieceLength: BLOCK });
  const { infoHash } = content.meta;
  const page = new FakePage();
  const folder = join(lab.folder, 'added');
  const seeder = start('seeder', { newTorrent: requestsInto(folder) }, { page });
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  assert.equal((await seeder.until('page')).url, 'http://here/');
  await seeder.until('done');
  const peer = await RawPeer.dial(await seeder.port(), { infoHash });
  peer.send(PLAIN.interested);
  await peer.until('unchoke');
  const { told } = page.come({ torrent: infoHash, files: { find: '*', from: 0 } });
  await passUntil(clock, () => told.peers?.length === 1 && told.pieces !== undefined && told.decisions?.[0]?.peers.length === 1);
  await passUntil(clock, () => told.files?.shown[0]?.had === 4 * BLOCK);
  assert.deepEqual(told.torrents!.map((t) => [t.name, t.progress, t.checked, t.peers]), [['seen', 1, undefined, 1]]);
  assert.deepEqual(told.pieces, { pieces: 4, cells: 'ff0000'.repeat(4) });
  assert.equal(told.peers![0]!.peerInterested, true);
  assert.deepEqual(await page.say('limit up 20'), { done: true, lines: ['up limit: 20 KB/s'] });
  await passUntil(clock, () => told.buckets?.up.bucket?.limit === 20_000);
  assert.deepEqual(await page.say('priority *.mkv high'), { done: false, lines: ['no file matches *.mkv: there is seen'] });
  const other = makeContent({ name: 'other', sizes: [BLOCK], pieceLength: BLOCK });
  assert.deepEqual(await page.give(other.file), { done: true, lines: ['added other'] });
  await passUntil(clock, () => told.torrents?.length === 2);
});

scene('one download at a time, and a seeding goal: who has reached it rests', async ({ start, clock }) => {
  const contents = ['first', 'second'].map((name) => makeContent({ name, sizes: [4 * BLOCK], pieceLength: BLOCK }));
  const seeder = start('seeder');
  const leecher = start('leecher', { maxActive: 1 });
  for (const content of contents) {
    put(content, seeder.folder);
    seeder.client.add(request(content, seeder.folder, { goals: { ratio: 1 } }));
  }
  const peers = [await at(seeder)];
  for (const content of contents) leecher.client.add(request(content, leecher.folder, { peers }));
  await leecher.until('done', (e) => e.name === 'second');
  assert.deepEqual(leecher.events.flatMap((e) => (['queued', 'resumed', 'done'].includes(e.event) && 'name' in e ? [`${e.event} ${e.name}`] : [])),
    ['queued second', 'done first', 'resumed second', 'done second']);
  await clock.pass(2000);
  await seeder.until('seeded', (e) => e.name === 'second');
  await leecher.until('peer', (e) => e.what === 'disconnected' && e.name === 'second');
});

scene('torrents are put into a folder, and one that is none', async ({ start, lab, clock }) => {
  const watched = new FakeFolder();
  const folder = join(lab.folder, 'added');
  const content = makeContent({ name: 'put', sizes: [2 * BLOCK], pieceLength: BLOCK });
  const member = start('member', { newTorrent: requestsInto(folder) }, { watched });
  await member.port();
  for (const name of ['a.torrent', 'twice.torrent']) watched.put(name, content.file);
  watched.put('b.torrent', content.file.subarray(1));
  await passUntil(clock, () => member.events.some((e) => e.event === 'started') && member.events.some((e) => e.event === 'warning'));
  await clock.pass(3000);
  assert.deepEqual(member.events.flatMap((e) => (e.event === 'warning' ? [e.reason.split(':')[0]] : e.event === 'started' ? [e.name] : [])),
    ['put', 'in/b.torrent']);
});

scene('a choked peer asks and asks, and reads none of our rejects', async ({ start }) => {
  const content = makeContent({ name: 'flood', sizes: [BLOCK], pieceLength: BLOCK });
  const net = new Valve();
  const member = start('member', {}, { net });
  member.client.add(request(content, member.folder));
  const peer = await RawPeer.dial(await member.port(), { infoHash: content.meta.infoHash, fast: true });
  await peer.until('haveNone');
  net.shut = true;
  const flood = encodeMessages(Array.from({ length: 1000 }, () => block(0, 0)));
  await eventually(() => {
    if (!peer.ended) peer.sendBytes(flood);
    return peer.ended;
  }, 'the end of the flood');
  const left = await member.until('peer', (e) => e.what === 'disconnected');
  assert.equal(left.reason, 'does not read what it makes us say: 1 MiB waits for it');
  assert.ok(net.mostWaiting <= MIB, `${net.mostWaiting} bytes waited for the net`);
});

scene('endgame: whoever loses the race is told to stop', async ({ start, raw }) => {
  const content = makeContent({ name: 'race', sizes: [4 * BLOCK], pieceLength: 4 * BLOCK });
  const { infoHash } = content.meta;
  const [slow, quick] = [await raw({ infoHash }), await raw({ infoHash })];
  const leecher = start('leecher');
  leecher.client.add(request(content, leecher.folder, { peers: [slow.endpoint, quick.endpoint] }));
  const [a, b] = [await slow.next(), await quick.next()];
  a.send({ type: 'bitfield', bits: Uint8Array.of(0x80) }, PLAIN.unchoke);
  await a.until('request', 4);
  b.answer = (m) => { if (m.type === 'request') b.serve(content, m); };
  b.send({ type: 'bitfield', bits: Uint8Array.of(0x80) }, PLAIN.unchoke);
  await a.until('cancel', 4);
  await leecher.until('done');
  assertHas(content, leecher.folder);
});

scene('whoever sends bad data is banned, and the rest comes from another', async ({ start }) => {
  const content = makeContent({ name: 'spoilt', sizes: [2 * BLOCK], pieceLength: BLOCK });
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('done');
  // Its second piece changes after its check.
  const bad = Buffer.from(content.files[0]!.bytes);
  bad[BLOCK + 5]! ^= 1;
  writeFileSync(join(seeder.folder, 'spoilt'), bad);
  const leecher = start('leecher');
  leecher.client.add(request(content, leecher.folder, { peers: [{ host: '127.0.0.1', port: await seeder.port() }] }));
  const banned = await leecher.until('peer', (e) => e.what === 'banned');
  assert.match(banned.reason ?? '', /does not match its hash/);
  const honest = start('honest');
  put(content, honest.folder);
  honest.client.add(request(content, honest.folder, { peers: [{ host: '127.0.0.1', port: await leecher.port() }] }));
  await leecher.until('done');
  assertHas(content, leecher.folder);
});

scene('a file is cut short after its check: the torrent pauses until it is mended', async ({ start, clock }) => {
  const content = makeContent({ name: 'cut', sizes: [64 * BLOCK], pieceLength: 4 * BLOCK });
  const { infoHash } = content.meta;
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('done');
  const file = join(seeder.folder, 'cut');
  truncateSync(file, 40 * BLOCK);
  const ask = async (o: RawOptions, piece: number): Promise<RawPeer> => {
    const peer = await RawPeer.dial(await seeder.port(), o);
    peer.send(PLAIN.interested);
    await peer.until('unchoke');
    peer.send(block(piece, 0));
    return peer;
  };
  const refused = await ask({ infoHash, fast: true }, 15);
  const paused = await seeder.until('paused');
  assert.match(paused.reason ?? '', /cut: .*shorter/);
  await refused.untilEnded();
  await clock.pass(1000);
  put(content, seeder.folder);
  seeder.type('resume');
  await seeder.until('resumed');
  const served = await ask({ infoHash }, 15);
  await served.until('block');
  await clock.pass(1000);
});

scene('a folder that cannot be made: the torrent pauses until it can', async ({ start }) => {
  const content = makeContent({ name: 'blocked', sizes: [3 * BLOCK, 0, 5], pieceLength: BLOCK });
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  const leecher = start('leecher');
  mkdirSync(dirname(leecher.folder), { recursive: true });
  writeFileSync(leecher.folder, 'a file where the folder should be');
  leecher.client.add(request(content, leecher.folder, { peers: [{ host: '127.0.0.1', port: await seeder.port() }] }));
  const paused = await leecher.until('paused');
  assert.match(paused.reason ?? '', /leecher/);
  await leecher.until('checked');
  rmSync(leecher.folder);
  leecher.type('resume');
  await leecher.until('done');
  assertHas(content, leecher.folder);
  assert.equal(readFileSync(join(leecher.folder, 'blocked', 'file-1.bin')).length, 0);
});

scene('a piece that lost its sources gives its memory to one that has some', async ({ start, raw, clock }) => {
  const content = makeContent({ name: 'evicted', sizes: [8 * BLOCK], pieceLength: 2 * BLOCK });
  const { infoHash } = content.meta;
  const [first, second] = [await raw({ infoHash }), await raw({ infoHash })];
  const leecher = start('leecher', { pieceMemory: () => BLOCK });
  leecher.client.add(request(content, leecher.folder, { peers: [first.endpoint, second.endpoint] }));
  const [a, b] = [await first.next(), await second.next()];
  a.answer = (m) => { if (m.type === 'request' && m.begin === 0) a.serve(content, m); };
  a.send({ type: 'bitfield', bits: Uint8Array.of(0xc0) }, PLAIN.unchoke);
  await a.until('request', 4);
  await eventually(() => count(leecher, 'Controller -> PieceMgr: gotBlocks') >= 1, 'a block');
  a.close();
  b.send({ type: 'bitfield', bits: Uint8Array.of(0x30) }, PLAIN.unchoke);
  await b.until('interested');
  assert.equal(b.all('request').length, 0);
  await passUntil(clock, () => b.all('request').length >= 2);
  assert.ok(edge(leecher, 'PieceMgr -> Files: discard'));
});

scene('a magnet link: paused, found by another, and led to its torrent by a tracker', async ({ start, tracker, clock }) => {
  const { url, announces } = await tracker();
  const content = makeContent({ name: 'linked', sizes: [3 * BLOCK], pieceLength: BLOCK, trackers: [[url]] });
  const leecher = start('leecher');
  leecher.client.add(magnetRequest(content, leecher.folder));
  await leecher.until('tracker', (e) => e.what === 'announced');
  const idle = await RawPeer.dial(await leecher.port(), { infoHash: content.meta.infoHash, extensions: true });
  await idle.until('extended');
  leecher.type('pause');
  await idle.untilEnded();
  leecher.type('resume');
  const seeder = start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('tracker', (e) => e.what === 'announced');
  await passUntil(clock, () => leecher.events.some((e) => e.event === 'started'));
  await leecher.until('done');
  assertHas(content, leecher.folder);
  await eventually(() => announces.some((a) => a.event === 'completed'), 'the completed announce');
  const early = start('early');
  early.client.add(magnetRequest(makeContent({ name: 'never', sizes: [BLOCK], pieceLength: BLOCK, trackers: [[url]] }), early.folder));
  await early.until('tracker', (e) => e.what === 'announced');
});

test('a loopback run uses every edge of the declared topology, and none beside', () => {
  const declared = edgesOf(TOPOLOGY).map(showEdge).sort();
  assert.deepEqual([...used].sort(), declared);
});

test('in a run, everybody is owned as the groups declare, and nobody else is there', () => {
  const { nodes, edges } = owns(TOPOLOGY, GROUPS);
  const titleOf = (id: string): string => nodes.find((n) => n.id === id)!.title;
  const declared = edges.map(({ from, to }) => `${titleOf(from)} owns ${titleOf(to)}`);
  assert.deepEqual([...owned].sort(), declared.sort());
});

const requestsInto = (folder: string): NewTorrent => (source) =>
  ('files' in source ? { meta: source, folder, peers: [], order: 'rarest', check: 'record' } : 'no link');

const block = (piece: number, index: number): { type: 'request' } & BlockRange =>
  ({ type: 'request', piece, begin: index * BLOCK, length: BLOCK });
