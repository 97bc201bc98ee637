/**
 * Whoever is slow makes others wait, and nobody makes us hold more than is allowed: the disk slows the peers, and a peer
 * that does not read is given no more than its window.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB, MIB } from '../../src/base/units.js';
import type { Trouble } from '../../src/ports/disk.js';
import { PLAIN, type BlockRange } from '../../src/protocol/wire.js';
import { SlowDisk, Valve } from './ports.js';
import { RawPeer } from './raw-peer.js';
import { assertHas, at, eventually, inLab, makeContent, put, request } from './swarm.js';

const BLOCK = 16 * KIB;
const PIECE = 4 * BLOCK;

/** A write takes it so long that everything else is fast. */
const SLOW_MS = 50;

test('two hundred fast peers and a slow disk: nothing is asked for that has no place in memory', () => inLab(async (lab) => {
  const content = makeContent({ name: 'slow', sizes: [24 * PIECE], pieceLength: PIECE });
  const pieceMemory = 4 * PIECE;
  const disk = new SlowDisk(SLOW_MS);
  const leecher = lab.start('leecher', { maxPeers: 200, pieceMemory: () => pieceMemory }, { disk });
  leecher.client.add(request(content, leecher.folder));
  const port = await leecher.port();
  const asked = new Set<string>();
  let mostOwed = 0;
  const serve = (peer: RawPeer, block: BlockRange): void => {
    asked.add(`${block.piece}/${block.begin}`);
    mostOwed = Math.max(mostOwed, asked.size * BLOCK - disk.stored);
    peer.serve(content, block);
  };
  const peers = await Promise.all(Array.from({ length: 200 }, async () => {
    const peer = await RawPeer.dial(port, { infoHash: content.meta.infoHash, fast: true });
    peer.answer = (m) => { if (m.type === 'request') serve(peer, m); };
    return peer;
  }));
  for (const peer of peers) peer.send(PLAIN.haveAll, PLAIN.unchoke);
  await leecher.until('done');
  assertHas(content, leecher.folder);
  assert.deepEqual([disk.mostHeld, mostOwed], [pieceMemory, pieceMemory]);
  assert.equal(disk.held, 0);
}));

const TROUBLES: readonly Trouble[] = [
  { file: 'failing', cause: 'full', detail: 'no space left on device' },
  { file: 'failing', cause: 'failed', detail: 'input/output error' },
];
for (const trouble of TROUBLES) {
  test(`a disk that fails with ${trouble.detail}: the torrent pauses, holds what it has, and goes on`, () => inLab(async (lab) => {
    const content = makeContent({ name: 'failing', sizes: [24 * PIECE], pieceLength: PIECE });
    const pieceMemory = 4 * PIECE;
    const seeders = ['a', 'b', 'c'].map((name) => lab.start(name));
    for (const { client, folder } of seeders) {
      put(content, folder);
      client.add(request(content, folder));
    }
    const disk = new SlowDisk(1);
    const leecher = lab.start('leecher', { pieceMemory: () => pieceMemory }, { disk });
    leecher.client.add(request(content, leecher.folder, { peers: await Promise.all(seeders.map(at)) }));
    const { have } = await leecher.until('piece');
    disk.trouble = trouble;
    const paused = await leecher.until('paused');
    assert.ok(paused.reason?.startsWith(`failing: ${trouble.detail};`), paused.reason);
    leecher.type('resume');
    await leecher.next('paused');
    assert.ok(disk.held > 0, 'a piece that could not be written is kept');
    disk.trouble = undefined;
    leecher.type('resume');
    const done = await leecher.until('done');
    assertHas(content, leecher.folder);
    assert.ok(have < content.meta.pieceCount && disk.mostHeld <= pieceMemory, `${disk.mostHeld} bytes in memory`);
    // What was in memory at the end of the peers is fetched again, and nothing else.
    assert.ok(done.downloaded <= content.meta.totalBytes + 2 * pieceMemory);
  }));
}

test('a peer that asks for everything and reads nothing is held four blocks of it', () => inLab(async (lab) => {
  const content = makeContent({ name: 'deaf', sizes: [8 * MIB], pieceLength: MIB });
  const disk = new SlowDisk(0);
  const net = new Valve();
  const seeder = lab.start('seeder', {}, { disk, net });
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('done');
  const peer = await RawPeer.dial(await seeder.port(), { infoHash: content.meta.infoHash });
  peer.send(PLAIN.interested);
  await peer.until('unchoke');
  net.shut = true;
  peer.send(...Array.from({ length: 8 * MIB / BLOCK }, (_, i) =>
    ({ type: 'request', piece: Math.floor(i * BLOCK / MIB), begin: i * BLOCK % MIB, length: BLOCK }) as const));
  await eventually(() => net.waiting >= 4 * BLOCK && disk.reading === 0, 'four blocks on their way');
  assert.ok(net.mostWaiting < 5 * BLOCK, `${net.mostWaiting} bytes wait for the net`);
  // These, the next four, and what a run has more than that.
  assert.ok(disk.read <= MIB, `${disk.read} bytes were read`);
  peer.close();
}));
