/**
 * Whole downloads between real clients: what is on disk at the start and at the end, what was moved, and what was left
 * alone.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeNet } from '../../src/edge/net.js';
import type { ClientEvent } from '../../src/ports/events.js';
import type { Net } from '../../src/ports/net.js';
import {
  assertHas, at, eventually, inLab, makeContent, put, putPieces, request,
  type Content, type Lab, type Member, type Named,
} from './swarm.js';

const BLOCK = 16_384;

/** A client that has everything and has looked at it. */
async function seeder(lab: Lab, ...contents: readonly Content[]): Promise<Member> {
  const member = lab.start(`seeder of ${contents.map((c) => c.meta.name).join(' ')}`);
  for (const content of contents) {
    put(content, member.folder);
    member.client.add(request(content, member.folder));
    await member.until('done', (e) => e.torrent === content.meta.infoHash);
  }
  return member;
}

const troubles = (m: Member): readonly ClientEvent[] =>
  m.events.filter((e) => e.event === 'warning' || e.event === 'error');

test('nobody has everything at the start: three with a third each make three with all', () => inLab(async (lab) => {
  const content = makeContent({ name: 'thirds', sizes: [200_000, 300_000], pieceLength: BLOCK });
  const pieces = content.meta.pieceCount;
  const members: Member[] = [];
  for (const third of [0, 1, 2]) {
    const member = lab.start(`third ${third}`);
    putPieces(content, member.folder, (piece) => piece % 3 === third);
    member.client.add(request(content, member.folder, { peers: await Promise.all(members.map(at)) }));
    const { good } = await member.until('checked');
    assert.equal(good, Math.ceil((pieces - third) / 3));
    members.push(member);
  }
  await Promise.all(members.map((m) => m.until('done')));
  for (const member of members) {
    assertHas(content, member.folder);
    assert.deepEqual(troubles(member), []);
  }
}));

test('several torrents in one client, each in its own folder', () => inLab(async (lab) => {
  const contents = ['one', 'two', 'three'].map((name, i) =>
    makeContent({ name, sizes: [100_000 * (i + 1)], pieceLength: BLOCK }));
  const from = await seeder(lab, ...contents);
  const leecher = lab.start('leecher');
  for (const content of contents) {
    leecher.client.add(request(content, join(leecher.folder, content.meta.name), { peers: [await at(from)] }));
  }
  for (const content of contents) {
    const done = await leecher.until('done', (e) => e.name === content.meta.name);
    assert.equal(done.downloaded, content.meta.totalBytes);
    assertHas(content, join(leecher.folder, content.meta.name));
  }
}));

test('over IPv6', async (t) => {
  if (!await hasIPv6()) return t.skip('this machine has no ::1');
  await inLab(async (lab) => {
    const content = makeContent({ name: 'six', sizes: [100_000], pieceLength: BLOCK });
    const from = lab.start('seeder', { listen: { host: '::1', port: 0 } });
    put(content, from.folder);
    from.client.add(request(content, from.folder));
    const leecher = lab.start('leecher', { listen: { host: '::1', port: 0 } });
    leecher.client.add(request(content, leecher.folder, { peers: [{ host: '::1', port: await from.port() }] }));
    await leecher.until('done');
    assertHas(content, leecher.folder);
    const met = await leecher.until('peer');
    assert.match(met.address, /^\[::1\]:\d+$/);
  });
});

const hasIPv6 = (): Promise<boolean> => new Promise((resolve) => {
  const probe = createServer().once('error', () => resolve(false));
  probe.listen(0, '::1', () => probe.close(() => resolve(true)));
});

const SMALL = [
  ['one byte', [1]], ['one byte among empty files', [0, 1, 0]], ['a block and a byte', [BLOCK + 1]],
] as const;
for (const [what, sizes] of SMALL) {
  test(`the smallest torrents: ${what}`, () => inLab(async (lab) => {
    const content = makeContent({ name: 'small', sizes, pieceLength: BLOCK });
    const leecher = lab.start('leecher');
    leecher.client.add(request(content, leecher.folder, { peers: [await at(await seeder(lab, content))] }));
    const done = await leecher.until('done');
    assert.equal(done.downloaded, content.meta.totalBytes);
    assertHas(content, leecher.folder);
  }));
}

test('a torrent of empty files only is done at once, and they are there', () => inLab(async (lab) => {
  const content = makeContent({ name: 'nothing', sizes: [0, 0], pieceLength: BLOCK });
  assert.equal(content.meta.pieceCount, 0);
  const member = lab.start('member');
  member.client.add(request(content, member.folder));
  const done = await member.until('done');
  assert.equal(done.downloaded, 0);
  assertHas(content, member.folder);
}));

test('only the wanted files are downloaded, and the pieces that they share with others', () => inLab(async (lab) => {
  const sizes = [5 * BLOCK, 3 * BLOCK + 100, 4 * BLOCK, 2 * BLOCK];
  const content = makeContent({ name: 'choice', sizes, pieceLength: BLOCK });
  const leecher = lab.start('leecher');
  const priorities = ['skip', 'normal', 'skip', 'skip'] as const;
  leecher.client.add(request(content, leecher.folder, { peers: [await at(await seeder(lab, content))], priorities }));
  const done = await leecher.until('done');
  assert.equal(done.downloaded, 4 * BLOCK);
  const file = (i: number): string => join(leecher.folder, ...content.files[i]!.path);
  assert.ok(readFileSync(file(1)).equals(content.files[1]!.bytes));
  assert.ok(!existsSync(file(0)));
  // The last wanted piece reaches into it.
  assert.equal(statSync(file(2)).size, BLOCK - 100);
  assert.ok(!existsSync(file(3)));
  const { left, progress } = await leecher.until('stats');
  assert.deepEqual({ left, progress }, { left: 0, progress: 1 });
}));

test('in sequential order no piece is ahead of a missing one by more than fit in memory', () => inLab(async (lab) => {
  const content = makeContent({ name: 'film', sizes: [80 * BLOCK], pieceLength: 2 * BLOCK });
  const window = 5;
  const leecher = lab.start('leecher', { pieceMemory: () => window * 2 * BLOCK });
  const peers = [await at(await seeder(lab, content))];
  leecher.client.add(request(content, leecher.folder, { peers, order: 'sequential' }));
  await leecher.until('done');
  const order = leecher.events.flatMap((e) => (e.event === 'piece' ? e.piece : []));
  assert.equal(order.length, 40);
  const missing = new Set(order.keys());
  for (const piece of order) {
    const [first = 0] = missing;
    assert.ok(piece - first < window, `piece ${piece} came while ${first} was missing`);
    missing.delete(piece);
  }
}));

test('resume: the rest is downloaded, the record is trusted, a touched file is hashed', () => inLab(async (lab) => {
  const content = makeContent({ name: 'resume', sizes: [10 * BLOCK, 10 * BLOCK + 5], pieceLength: BLOCK });
  const half = lab.start('half');
  putPieces(content, half.folder, (piece) => piece % 2 === 0);
  half.client.add(request(content, half.folder));
  await half.until('checked', (e) => e.good === 11);

  const first = lab.start('leecher');
  first.client.add(request(content, first.folder, { peers: [await at(half)] }));
  await first.until('piece', (e) => e.have === 11);
  await first.stop();

  const { folder } = first;
  const second = lab.start('again');
  second.client.add(request(content, folder, { peers: [await at(await seeder(lab, content))] }));
  const found = await second.until('checked');
  assert.deepEqual({ good: found.good, resumed: found.resumed }, { good: 11, resumed: true });
  const done = await second.until('done');
  assert.equal(done.downloaded, 10 * BLOCK);
  assertHas(content, folder);
  await second.stop();

  const third = lab.start('once more');
  third.client.add(request(content, folder));
  assert.deepEqual(checkOf(await third.until('checked')), { good: 21, resumed: true });
  await third.stop();

  utimesSync(join(folder, ...content.files[1]!.path), 1e9, 1e9);
  const fourth = lab.start('touched');
  fourth.client.add(request(content, folder));
  assert.deepEqual(checkOf(await fourth.until('checked')), { good: 21, resumed: false });
  // Only the pieces of that file were in doubt.
  const { checked } = await fourth.until('checking');
  assert.equal(checked, 10);
  await fourth.stop();

  const full = lab.start('full');
  full.client.add(request(content, folder, { check: 'full' }));
  assert.deepEqual(checkOf(await full.until('checked')), { good: 21, resumed: false });
  assert.equal((await full.until('checking')).checked, 0);
}));

const checkOf = ({ good, resumed }: Named<'checked'>): Partial<Named<'checked'>> => ({ good, resumed });

test('what is there and right is not written again', () => inLab(async (lab) => {
  const content = makeContent({ name: 'there', sizes: [6 * BLOCK, 6 * BLOCK], pieceLength: BLOCK });
  const leecher = lab.start('leecher');
  put(content, leecher.folder, (file) => file === 0);
  const path = join(leecher.folder, ...content.files[0]!.path);
  utimesSync(path, 1e9, 1e9);
  leecher.client.add(request(content, leecher.folder, { peers: [await at(await seeder(lab, content))] }));
  const done = await leecher.until('done');
  assert.equal(done.downloaded, 6 * BLOCK);
  assertHas(content, leecher.folder);
  assert.equal(statSync(path).mtimeMs, 1e12);
}));

test('two that dial each other at the same moment keep one connection', () => inLab(async (lab) => {
  const content = makeContent({ name: 'crossed', sizes: [20 * BLOCK], pieceLength: BLOCK });
  // Both dials are let through together, so that each side has greeted before it is answered.
  let waiting = 0;
  let open = (): void => undefined;
  const both = new Promise<void>((resolve) => { open = resolve; });
  const real = nodeNet();
  const net: Net = {
    listen: (where, accept) => real.listen(where, accept),
    async dial(to, timeout) {
      if (++waiting === 2) open();
      await both;
      return real.dial(to, timeout);
    },
  };
  const members = [lab.start('left', {}, { net }), lab.start('right', {}, { net })] as const;
  const [left, right] = [await at(members[0]), await at(members[1])];
  putPieces(content, members[0].folder, (piece) => piece < 10);
  putPieces(content, members[1].folder, (piece) => piece >= 10);
  members[0].client.add(request(content, members[0].folder, { peers: [right] }));
  members[1].client.add(request(content, members[1].folder, { peers: [left] }));
  await Promise.all(members.map((m) => m.until('done')));
  for (const m of members) assertHas(content, m.folder);
  const reasons = members.flatMap((m) => m.events.flatMap((e) => (e.event === 'peer' ? e.reason ?? [] : [])));
  assert.ok(reasons.includes('connected already'), reasons.join('; '));
}));

test('a pause lets peers go, a resume has them back at once, one during the check holds', () => inLab(async (lab) => {
  const content = makeContent({ name: 'pause', sizes: [40 * BLOCK], pieceLength: BLOCK });
  const from = await seeder(lab, content);
  from.type('limit up 1');
  const leecher = lab.start('leecher');
  putPieces(content, leecher.folder, (piece) => piece === 3);
  leecher.client.add(request(content, leecher.folder, { peers: [await at(from)] }));
  await leecher.until('started');
  leecher.type('pause');
  await leecher.until('paused');
  await leecher.until('checked');
  await eventually(() => leecher.events.some((e) => e.event === 'stats'), 'a report');
  assert.deepEqual(leecher.events.filter((e) => e.event === 'peer'), []);
  leecher.type('resume');
  await leecher.until('peer', (e) => e.what === 'connected');
  leecher.type('pause');
  await leecher.until('peer', (e) => e.what === 'disconnected' && e.reason === 'paused');
  const again = leecher.next('peer', (e) => e.what === 'connected');
  from.type('limit up 0');
  leecher.type('resume');
  await again;
  await leecher.until('done');
  assertHas(content, leecher.folder);
}));
