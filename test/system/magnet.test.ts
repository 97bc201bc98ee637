/**
 * Magnet links between real clients and raw peers on loopback: the info dictionary comes from whoever is honest, whatever the others do,
 * and then the torrent comes as any.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { encodeExtendedHandshake } from '../../src/protocol/extended.js';
import { metadataPieceBytes, UT_METADATA, type MetadataMessage } from '../../src/protocol/metadata.js';
import { parseMetainfo } from '../../src/protocol/metainfo.js';
import { listen, type Got, type RawListener, type RawPeer } from './raw-peer.js';
import { assertHas, at, inLab, magnetRequest, makeContent, put, request, type Content, type Lab, type Member } from './swarm.js';

const BLOCK = 16_384;
/** Its info dictionary takes four pieces. */
const content = makeContent({ name: 'linked', sizes: [3000 * 64], pieceLength: 64 });
const INFO = content.meta.infoBytes;

async function seeder(lab: Lab, name: string): Promise<Member> {
  const member = lab.start(name);
  put(content, member.folder);
  member.client.add(request(content, member.folder));
  await member.until('done');
  return member;
}

type Answer = (piece: number) => MetadataMessage | undefined;

/** A peer that claims an info dictionary of this size, and answers each question for it as it likes. */
async function claims(t: TestContext, size: number, answer: Answer): Promise<RawListener> {
  const listener = await listen({ infoHash: content.meta.infoHash, extensions: true });
  t.after(() => listener.close());
  void listener.next().then((peer: RawPeer) => {
    const hello = encodeExtendedHandshake({ m: new Map([['ut_metadata', 5]]), metadataSize: size });
    peer.send({ type: 'extended', id: 0, payload: hello });
    peer.answer = (m: Got) => {
      if (m.type !== 'extended' || m.id !== 5) return;
      const parsed = UT_METADATA.parse(m.payload);
      const said = parsed.ok && parsed.value.type === 'request' ? answer(parsed.value.piece) : undefined;
      if (said) peer.send({ type: 'extended', id: UT_METADATA.id, payload: UT_METADATA.encode(said) });
    };
  }, () => undefined);
  return listener;
}

const lie = (size: number) => (piece: number): MetadataMessage =>
  ({ type: 'data', piece, totalBytes: size, bytes: new Uint8Array(metadataPieceBytes(size, piece)).fill(1) });

test('three peers, one lying: the metadata is right, the liar is banned, and the torrent comes', (t) => inLab(async (lab) => {
  const liar = await claims(t, INFO.length, lie(INFO.length));
  const honest = [await seeder(lab, 'one'), await seeder(lab, 'two')];
  const leecher = lab.start('leecher');
  leecher.client.add(magnetRequest(content, leecher.folder, [liar.endpoint, ...await Promise.all(honest.map(at))]));
  const started = await leecher.until('started');
  assert.deepEqual([started.name, started.bytes], ['linked', content.meta.totalBytes]);
  await leecher.until('done');
  assertHas(content, leecher.folder);
}));

const hostile: readonly (readonly [what: string, size: number, answer: Answer])[] = [
  ['lies about every piece', INFO.length, lie(INFO.length)],
  ['claims a size that is too small', 100, lie(100)],
  ['claims a size that is very large', 32 * 2 ** 20, lie(32 * 2 ** 20)],
  ['rejects everything', INFO.length, (piece) => ({ type: 'reject', piece })],
  ['never answers', INFO.length, () => undefined],
];
for (const [what, size, answer] of hostile) {
  test(`one honest peer is enough beside one that ${what}`, (t) => inLab(async (lab) => {
    const bad = await claims(t, size, answer);
    const honest = await seeder(lab, 'honest');
    const leecher = lab.start('leecher');
    leecher.client.add(magnetRequest(content, leecher.folder, [bad.endpoint, await at(honest)]));
    await leecher.until('done');
    assertHas(content, leecher.folder);
  }));
}

test('alone with a liar it is banned, for the torrent too, and the honest one who comes later gives the rest', (t) => inLab(async (lab) => {
  const liar = await claims(t, INFO.length, lie(INFO.length));
  const leecher = lab.start('leecher');
  leecher.client.add(magnetRequest(content, leecher.folder, [liar.endpoint]));
  const banned = await leecher.until('peer', (e) => e.what === 'banned');
  assert.equal(banned.reason, 'gave metadata that does not match the info-hash');
  const honest = lab.start('honest');
  put(content, honest.folder);
  honest.client.add(request(content, honest.folder, { peers: [await at(leecher)] }));
  await leecher.until('done');
  assertHas(content, leecher.folder);
  assert.equal(liar.arrivals, 1, 'it is not dialled again');
}));

test('what was fetched is kept as a torrent file, and a restart asks nobody', () => inLab(async (lab) => {
  const from = await seeder(lab, 'seeder');
  const leecher = lab.start('leecher');
  leecher.client.add(magnetRequest(content, leecher.folder, [await at(from)]));
  await leecher.until('done');
  await leecher.stop();
  const kept = join(leecher.folder, '.actorrent', `${content.meta.infoHash}.torrent`);
  const parsed = parseMetainfo(readFileSync(kept), nodeSha1);
  assert.equal(parsed.ok && parsed.value.infoHash, content.meta.infoHash);
  const again = lab.start('again');
  again.client.add(magnetRequest(content, leecher.folder));
  const { resumed } = await again.until('checked');
  assert.equal(resumed, true);
  await again.until('done');
  assert.deepEqual(again.events.filter((e) => e.event === 'metadata'), []);
}));

test('a torrent that its user does not want after all ends with the reason; its folder is left alone', () => inLab(async (lab) => {
  const from = await seeder(lab, 'seeder');
  const leecher = lab.start('leecher');
  leecher.client.add({ ...magnetRequest(content, leecher.folder, [await at(from)]), whenKnown: () => 'no file matches' });
  assert.equal((await leecher.until('error')).reason, 'no file matches');
  assert.equal(existsSync(join(leecher.folder, 'linked')), false);
}));

test('Metadata crashes while it fetches, and goes on', (t) => inLab(async (lab) => {
  const silent = await claims(t, INFO.length, () => undefined);
  const leecher = lab.start('leecher', { chaos: true });
  leecher.client.add(magnetRequest(content, leecher.folder, [silent.endpoint]));
  await leecher.until('metadata', (e) => e.pieces > 0);
  leecher.client.kernel.kill('Client/TorrentMgr/Magnet-1/Metadata');
  const honest = lab.start('honest');
  put(content, honest.folder);
  honest.client.add(request(content, honest.folder, { peers: [await at(leecher)] }));
  await leecher.until('done');
  assertHas(content, leecher.folder);
}));

test('a private torrent gives its metadata to who asks', () => inLab(async (lab) => {
  const secret: Content = makeContent({ name: 'secret', sizes: [BLOCK], pieceLength: BLOCK, private: true });
  assert.equal(secret.meta.private, true);
  const from = lab.start('seeder');
  put(secret, from.folder);
  from.client.add(request(secret, from.folder));
  const leecher = lab.start('leecher');
  leecher.client.add(magnetRequest(secret, leecher.folder, [await at(from)]));
  await leecher.until('done');
  assertHas(secret, leecher.folder);
}));
