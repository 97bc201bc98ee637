/**
 * Peers that break the protocol: each is ended with a reason that says what it did, nothing crashes, and an honest peer
 * of the same swarm is not disturbed.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { PLAIN } from '../../src/protocol/wire.js';
import { HandClock } from './hand-clock.js';
import { listen, RawPeer, type RawListener, type RawOptions } from './raw-peer.js';
import { assertHas, eventually, inLab, makeContent, put, request, type Lab, type Member } from './swarm.js';

const BLOCK = 16_384;
/** Ten pieces of two blocks: the bitfield has six spare bits. */
const content = makeContent({ name: 'hostile', sizes: [20 * BLOCK], pieceLength: 2 * BLOCK });
const ALL = { type: 'bitfield', bits: Uint8Array.of(0xff, 0xc0) } as const;

interface Offence {
  readonly what: string;
  readonly reason: RegExp;
  readonly options?: Partial<RawOptions>;
  readonly commit: (peer: RawPeer) => void | Promise<void>;
}

/** Seed-like, so that we ask it for blocks. */
const lure = async (peer: RawPeer): Promise<{ readonly piece: number; readonly begin: number }> => {
  peer.send(ALL, PLAIN.unchoke);
  return peer.until('request');
};

const OFFENCES: readonly Offence[] = [
  {
    what: 'another torrent', reason: /^speaks of torrent 0{40}$/, commit: () => undefined,
    options: { infoHash: infoHash('0'.repeat(40)) },
  },
  {
    what: 'no BitTorrent at all', reason: /^handshake: expected 19 and "BitTorrent protocol", found "GET/,
    options: { greeting: Buffer.from('GET / HTTP/1.1\r\n\r\n') }, commit: () => undefined,
  },
  {
    what: 'a message of 4 GB', reason: /^message 4: expected length of at most \d+, found 4294967295$/,
    commit: (peer) => peer.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 4)),
  },
  {
    what: 'a block of 1 MB', reason: /^message 7: expected length of at most/,
    commit: (peer) => peer.sendBytes(Uint8Array.of(0, 0x10, 0, 9, 7)),
  },
  {
    what: 'an unchoke with a payload', reason: /^message 1: expected length 1, found 2$/,
    commit: (peer) => peer.sendBytes(Uint8Array.of(0, 0, 0, 2, 1, 0)),
  },
  {
    what: 'a bitfield twice', reason: /^told what it has, a second time$/,
    commit: (peer) => peer.send(ALL, ALL),
  },
  {
    what: 'a bitfield after a have', reason: /^told what it has, a second time$/,
    commit: (peer) => peer.send({ type: 'have', piece: 1 }, ALL),
  },
  {
    what: 'a bitfield of the wrong size', reason: /^bitfield: expected 2 bytes for 10 bits, found 3 bytes$/,
    commit: (peer) => peer.send({ type: 'bitfield', bits: Uint8Array.of(0xff, 0xc0, 0) }),
  },
  {
    what: 'spare bits', reason: /^bitfield: expected zero in the spare bits, found 0x01$/,
    commit: (peer) => peer.send({ type: 'bitfield', bits: Uint8Array.of(0xff, 0xc1) }),
  },
  {
    what: 'a piece that does not exist', reason: /^has piece 10 of 10$/,
    commit: (peer) => peer.send({ type: 'have', piece: 10 }),
  },
  {
    what: 'a request of a piece that does not exist', reason: /^asked for piece 4294967295 of 10$/,
    commit: (peer) => peer.send({ type: 'request', piece: 0xffff_ffff, begin: 0, length: 1 }),
  },
  {
    what: 'a request beyond the end of a piece', reason: /^asked for bytes 32767\+2 of a piece of 32768$/,
    commit: (peer) => peer.send({ type: 'request', piece: 0, begin: 2 * BLOCK - 1, length: 2 }),
  },
  {
    what: 'a request of nothing', reason: /^asked for bytes 0\+0 of/,
    commit: (peer) => peer.send({ type: 'request', piece: 0, begin: 0, length: 0 }),
  },
  {
    what: 'a request of 16 MB', reason: /^asked for bytes 0\+16777216 of/,
    commit: (peer) => peer.send({ type: 'request', piece: 0, begin: 0, length: 2 ** 24 }),
  },
  {
    what: 'a block that nobody asked for', reason: /^sent a block that was not asked for$/,
    commit: (peer) => peer.sendBlock(0, 0, new Uint8Array(BLOCK)),
  },
  {
    what: 'a block shorter than asked', reason: /^sent 100 bytes of a block of 16384$/,
    async commit(peer) {
      const { piece, begin } = await lure(peer);
      peer.sendBlock(piece, begin, new Uint8Array(100));
    },
  },
  {
    // The place of block (p, 2^28) and that of (p + 1, 0) are the same number of blocks from the start.
    what: 'a block far beyond its piece', reason: /^sent a block that was not asked for$/,
    async commit(peer) {
      await lure(peer);
      const asked = peer.all('request').find((m) => m.begin === 0 && m.piece > 0);
      assert.ok(asked, 'of eight blocks in flight one is the first of a piece');
      peer.sendBlock(asked.piece - 1, 2 ** 28, new Uint8Array(BLOCK));
    },
  },
  {
    what: 'a second copy of a block', reason: /^sent a block that was not asked for$/,
    async commit(peer) {
      const asked = await lure(peer);
      for (let copy = 0; copy < 2; copy++) peer.sendBlock(asked.piece, asked.begin, new Uint8Array(BLOCK));
    },
  },
  {
    what: 'have all without BEP 6', reason: /^sent haveAll without the fast extension$/,
    commit: (peer) => peer.send(PLAIN.haveAll),
  },
  {
    what: 'a reject without BEP 6', reason: /^sent reject without the fast extension$/,
    commit: (peer) => peer.send({ type: 'reject', piece: 0, begin: 0, length: BLOCK }),
  },
  {
    what: 'allowed fast without BEP 6', reason: /^sent allowedFast without the fast extension$/,
    commit: (peer) => peer.send({ type: 'allowedFast', piece: 0 }),
  },
  {
    what: 'suggest without BEP 6', reason: /^sent suggest without the fast extension$/,
    commit: (peer) => peer.send({ type: 'suggest', piece: 0 }),
  },
  {
    what: 'a reject of what was not asked', reason: /^rejected a block that was not asked for$/,
    options: { fast: true },
    commit: (peer) => peer.send(PLAIN.haveNone, { type: 'reject', piece: 0, begin: 0, length: BLOCK }),
  },
  {
    what: 'an extension handshake that is no dictionary', reason: /expected/,
    commit: (peer) => peer.send({ type: 'extended', id: 0, payload: Buffer.from('i1e') }),
  },
];

test('whoever breaks the protocol is ended with a reason, and the honest are not disturbed', (t) => inLab(async (lab) => {
  const { infoHash: torrent } = content.meta;
  const traps = await Promise.all(OFFENCES.map((o) => trap(t, { infoHash: torrent, ...o.options })));
  const leecher = lab.start('leecher');
  leecher.client.add(request(content, leecher.folder, { peers: traps.map((l) => l.endpoint) }));
  for (const [i, { what, reason, commit }] of OFFENCES.entries()) {
    await t.test(what, async () => {
      const listener = traps[i]!;
      const peer = await listener.next();
      await commit(peer);
      const address = `127.0.0.1:${listener.endpoint.port}`;
      const left = await leecher.until('peer', (e) => e.address === address && e.what !== 'connected');
      assert.match(left.reason ?? '', reason);
      await peer.untilEnded();
    });
  }
  const honest = await seed(lab, leecher);
  await leecher.until('done');
  assertHas(content, leecher.folder);
  assert.deepEqual(honest.events.filter((e) => e.event === 'warning'), []);
}));

test('peers that come to us are held to the same', (t) => inLab(async (lab) => {
  const { infoHash: torrent } = content.meta;
  const seeder = lab.start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  await seeder.until('done');
  const port = await seeder.port();
  await t.test('another torrent: closed without a word', async () => {
    const peer = await RawPeer.dial(port, { infoHash: infoHash('1'.repeat(40)) });
    await peer.untilEnded();
    assert.equal(peer.handshake, undefined);
  });
  await t.test('garbage: closed at its first wrong byte', async () => {
    const peer = await RawPeer.dial(port, { infoHash: torrent, greeting: Uint8Array.of(20) });
    await peer.untilEnded();
  });
  await t.test('ourselves', async () => {
    const twin = lab.start('twin', { peerId: (await RawPeer.dial(port, { infoHash: torrent }).then(greeted)).peerId });
    twin.client.add(request(content, twin.folder, { peers: [{ host: '127.0.0.1', port }] }));
    const left = await twin.until('peer', (e) => e.what === 'disconnected');
    assert.equal(left.reason, 'it is ourselves');
  });
  await t.test('a flood of requests: what is beyond our queue is rejected, the rest is served', async () => {
    const peer = await RawPeer.dial(port, { infoHash: torrent, fast: true });
    peer.send(PLAIN.interested);
    await peer.until('unchoke');
    seeder.type('limit up 1');
    const limited = (): boolean => seeder.client.kernel.edges().some((e) => e.kind === 'linkLimit' && e.count > 1);
    await eventually(limited, 'the limit');
    peer.send(...Array.from({ length: FLOOD }, (_, i) =>
      ({ type: 'request', piece: i % 10, begin: 0, length: 16 }) as const));
    await eventually(() => peer.all('reject').length >= FLOOD - QUEUE - 100, 'the rejects');
    seeder.type('limit up 0');
    await eventually(() => peer.all('reject').length + peer.all('block').length === FLOOD, 'an answer to each');
    assert.ok(peer.all('block').length > QUEUE - 100);
    peer.close();
  });
}));

/** What a peer may have waiting with us, and a flood that is well beyond it. */
const QUEUE = 4000;
const FLOOD = 6000;

test('a peer that says no handshake is ended after 15 s', (t) => inLab(async (lab) => {
  const clock = new HandClock();
  const mute = await trap(t, { infoHash: content.meta.infoHash, greeting: new Uint8Array(0) });
  const leecher = lab.start('leecher', {}, { clock });
  leecher.client.add(request(content, leecher.folder, { peers: [mute.endpoint] }));
  const peer = await mute.next();
  await eventually(() => leecher.client.kernel.processes().some((p) => p.process === 'Controller'), 'the peer');
  await clock.pass(14_900);
  assert.equal(peer.ended, false);
  await clock.pass(200);
  const left = await leecher.until('peer');
  assert.equal(left.reason, 'said no handshake');
  await peer.untilEnded();
}));

test('two hundred connections that say nothing keep nobody out, and are gone after 10 s', (t) => inLab(async (lab) => {
  const clock = new HandClock();
  const leecher = lab.start('leecher', {}, { clock });
  leecher.client.add(request(content, leecher.folder));
  const port = await leecher.port();
  const mutes = await Promise.all(Array.from({ length: 200 }, () =>
    RawPeer.dial(port, { infoHash: content.meta.infoHash, greeting: new Uint8Array(0) })));
  t.after(() => { for (const mute of mutes) mute.close(); });
  await eventually(() => mutes.filter((m) => m.ended).length === 100, 'the first hundred to make room');
  await seed(lab, leecher);
  await leecher.until('done');
  assertHas(content, leecher.folder);
  await clock.pass(10_000);
  await eventually(() => mutes.every((m) => m.ended), 'the end of the others');
}));

test('what a peer has lost is asked for again, and a copy too many is then no offence', (t) => inLab(async (lab) => {
  const clock = new HandClock();
  const forgetful = await trap(t, { infoHash: content.meta.infoHash });
  const leecher = lab.start('leecher', {}, { clock });
  leecher.client.add(request(content, leecher.folder, { peers: [forgetful.endpoint] }));
  const peer = await forgetful.next();
  peer.send(ALL, PLAIN.unchoke);
  await peer.until('request', 8);
  const lost = peer.all('request').slice();
  for (let seconds = 0; seconds < 185; seconds++) {
    // Not silent, only forgetful.
    if (seconds % 60 === 0) peer.send(PLAIN.keepAlive);
    await clock.pass(1000);
  }
  await peer.until('cancel', 8);
  // It remembers them all at once; and from now on all is well.
  for (const block of lost) peer.serve(content, block);
  for (const block of peer.all('request').slice(8)) peer.serve(content, block);
  peer.answer = (m) => { if (m.type === 'request') peer.serve(content, m); };
  await leecher.until('done');
  assertHas(content, leecher.folder);
  const left = await leecher.until('peer', (e) => e.what !== 'connected');
  assert.equal(left.reason, 'both have everything');
}));

async function trap(t: TestContext, o: RawOptions): Promise<RawListener> {
  const listener = await listen(o);
  t.after(() => listener.close());
  return listener;
}

async function seed(lab: Lab, leecher: Member): Promise<Member> {
  const seeder = lab.start('honest');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder, { peers: [{ host: '127.0.0.1', port: await leecher.port() }] }));
  return seeder;
}

async function greeted(peer: RawPeer): Promise<NonNullable<RawPeer['handshake']>> {
  await eventually(() => peer.handshake !== undefined, 'a handshake');
  peer.close();
  return peer.handshake!;
}
