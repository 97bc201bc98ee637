import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { toHex, toUtf8 } from '../../src/base/bytes.js';
import type { Endpoint } from '../../src/base/endpoint.js';
import { BLOCK_BYTES, SECOND } from '../../src/base/units.js';
import type { Disk, Trouble } from '../../src/ports/disk.js';
import { metadata, type MetadataInput } from '../../src/process/metadata.js';
import { encodeExtendedHandshake, MAX_METADATA_BYTES, parseExtendedHandshake } from '../../src/protocol/extended.js';
import { Framer } from '../../src/protocol/framer.js';
import { encodeHandshake, reservedBits } from '../../src/protocol/handshake.js';
import { keptName, metadataPieceBytes, UT_METADATA, type MetadataMessage } from '../../src/protocol/metadata.js';
import { buildMetainfo, metainfoFile } from '../../src/protocol/metainfo-build.js';
import { parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { encodeMessage, pieceHeader } from '../../src/protocol/wire-encode.js';
import type { WireMessage } from '../../src/protocol/wire.js';
import { FakeConnection, FakeNet } from './fake-connection.js';
import { at, idOf, OWN } from './peer-mgr-stage.js';
import { Stage } from './stage.js';

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

/** Its info dictionary takes three pieces. */
const META: Metainfo = (() => {
  const pieces = 2000;
  const file = buildMetainfo({
    name: 'T', files: [{ path: ['T'], length: pieces * BLOCK_BYTES, padding: false }], pieceLength: BLOCK_BYTES,
    hashes: Uint8Array.from({ length: 20 * pieces }, (_, i) => i >> 3),
  });
  const parsed = parseMetainfo(file, sha1);
  assert.ok(parsed.ok);
  return parsed.value;
})();
const INFO = META.infoBytes;
const PIECES = 3;
/** The id under which our peers take ut_metadata. */
const THEIRS = 9;
const TRACKERS = [['http://t/announce']];
const KEPT = { folder: '/f' };

/** The peer at the other end of a connection of ours. */
class Mate {
  readonly connection: FakeConnection;
  private readonly n: number;
  private readonly stage: Stage<typeof metadata>;
  private readonly got: WireMessage[] = [];
  private readonly framer = new Framer({ handshake: () => undefined, message: (m) => this.got.push(m), block: () => undefined });

  constructor(n: number, connection: FakeConnection, stage: Stage<typeof metadata>) {
    this.n = n;
    this.connection = connection;
    this.stage = stage;
  }

  shake(torrent = META.infoHash, extensions = true): this {
    return this.bytes(encodeHandshake({ infoHash: torrent, peerId: idOf(this.n), reserved: reservedBits({ extensions }) }));
  }

  /** Has told that it has an info dictionary of this size. */
  has(metadataSize: number | null = INFO.length, id = THEIRS): this {
    const m = new Map([['ut_metadata', id]]);
    return this.extended(0, encodeExtendedHandshake(metadataSize === null ? { m } : { m, metadataSize }));
  }

  says(m: MetadataMessage): this {
    return this.extended(UT_METADATA.id, UT_METADATA.encode(m));
  }

  gives(piece: number, from = INFO): this {
    const begin = piece * BLOCK_BYTES;
    const bytes = from.subarray(begin, begin + metadataPieceBytes(from.length, piece));
    return this.says({ type: 'data', piece, totalBytes: from.length, bytes });
  }

  extended(id: number, payload: Uint8Array): this {
    return this.bytes(encodeMessage({ type: 'extended', id, payload }));
  }

  bytes(bytes: Uint8Array): this {
    this.connection.arrive(bytes);
    this.stage.send();
    return this;
  }

  /** What it was told under its id since the last look: `request 0`. */
  asked(): string[] {
    this.framer.feed(this.connection.written(), 0, 0);
    return this.got.splice(0).flatMap((m) => {
      if (m.type !== 'extended' || m.id !== THEIRS) return [];
      const parsed = UT_METADATA.parse(m.payload);
      return parsed.ok && parsed.value.type !== 'unknown' ? [`${parsed.value.type} ${parsed.value.piece}`] : ['broken'];
    });
  }
}

function start(over: Partial<MetadataInput> = KEPT, disk: Partial<Pick<Disk, 'readRecord' | 'writeRecord'>> = {}) {
  const net = new FakeNet();
  const written: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  const fakeDisk = {
    readRecord: () => Promise.resolve(undefined),
    writeRecord: (_: string, name: string, bytes: Uint8Array) => {
      written.push({ name, bytes });
      return Promise.resolve(undefined);
    },
    ...disk,
  } as unknown as Disk;
  const stage: Stage<typeof metadata> = new Stage(metadata, (cast) => ({
    torrent: META.infoHash, outside: { trackers: TRACKERS, webSeeds: [] }, ownId: OWN, agent: 'actorrent test', port: 6881,
    maxPeers: 80, endpoints: [], net, disk: fakeDisk, sha1, trackers: [cast('Tracker')], status: cast('Status'), torrentMgr: cast('TorrentMgr'),
    timer: cast('Timer'), ...over,
  }));
  /** The net answers the oldest dial. */
  const connect = async (): Promise<Mate> => {
    const { to, resolve } = net.dials.shift()!;
    const connection = new FakeConnection(to);
    resolve(connection);
    await stage.settle();
    return new Mate(Number(to.host.split('.')[3]), connection, stage);
  };
  const meet = async (...peers: number[]): Promise<Mate[]> => {
    stage.send({ type: 'candidates', endpoints: peers.map(at), from: 'tracker' });
    const mates: Mate[] = [];
    for (const _ of peers) mates.push((await connect()).shake());
    return mates;
  };
  return { stage, net, written, meet, connect };
}
type Scene = ReturnType<typeof start>;

async function running(over: Partial<MetadataInput> = KEPT, disk: Parameters<typeof start>[1] = {}): Promise<Scene> {
  const scene = start(over, disk);
  await scene.stage.settle();
  scene.stage.forget();
  return scene;
}

const found = (stage: Scene['stage']): { metainfo: { ok: boolean; value: Metainfo }; peers: Endpoint[]; banned: string[] }[] => stage.all('metainfo');
const partings = (stage: Scene['stage']): string[] => stage.all('note').map((r) => r.note)
  .flatMap((n) => n.event === 'peer' && n.what !== 'connected' ? [`${n.what} ${n.address}: ${n.reason}`] : []);

test('at the start the disk is asked first; then trackers are told, and those who are known are dialled', async () => {
  const { stage, net } = start({ endpoints: [at(1)] });
  assert.deepEqual([stage.kinds(), net.dials.length], [[], 0]);
  await stage.settle();
  assert.deepEqual(stage.kinds(), ['Tracker: totals', 'Tracker: start', 'Tracker: wantPeers', 'Status: note']);
  assert.deepEqual(net.dials.map((d) => d.to), [at(1)]);
});

test('what an earlier run has kept is the end of it, with its trackers where the link names none; another torrent is not believed', async () => {
  const asked: string[] = [];
  const kept = (bytes: Uint8Array) => ({
    readRecord: (_: string, name: string) => {
      asked.push(name);
      return Promise.resolve(bytes);
    },
  });
  const { stage } = start(KEPT, kept(metainfoFile(META)));
  await stage.settle();
  const [{ metainfo, peers }] = found(stage) as [ReturnType<typeof found>[0]];
  assert.deepEqual([metainfo.value.infoHash, metainfo.value.trackers, peers], [META.infoHash, TRACKERS, []]);
  assert.deepEqual(asked, [keptName(META.infoHash)]);
  const [trackers, webSeeds] = [[['http://kept/announce']], ['http://kept/']];
  const hashAlone = start({ ...KEPT, outside: { trackers: [], webSeeds: [] } }, kept(metainfoFile({ ...META, trackers, webSeeds })));
  await hashAlone.stage.settle();
  const [alone] = found(hashAlone.stage) as [ReturnType<typeof found>[0]];
  assert.deepEqual([alone.metainfo.value.trackers, alone.metainfo.value.webSeeds], [trackers, webSeeds]);
  for (const bytes of [metainfoFile({ ...META, infoBytes: META.infoBytes.map((b, i) => i === 20_000 ? b ^ 1 : b) }), new Uint8Array(3)]) {
    const other = start(KEPT, kept(bytes));
    await other.stage.settle();
    assert.deepEqual(other.stage.kinds().slice(0, 2), ['Tracker: totals', 'Tracker: start']);
  }
});

test('an info dictionary comes from two peers, is kept, and goes to TorrentMgr with those who gave it', async () => {
  const { stage, written, meet } = await running();
  const [a, b] = await meet(1, 2) as [Mate, Mate];
  a.has();
  assert.deepEqual(a.asked(), ['request 0', 'request 1', 'request 2']);
  b.has();
  assert.deepEqual(b.asked(), ['request 0', 'request 1', 'request 2']);
  a.gives(0);
  b.gives(1);
  stage.forget();
  a.gives(2);
  await stage.settle();
  const told = found(stage);
  assert.equal(told.length, 1);
  const [{ metainfo, peers }] = told as [typeof told[0]];
  assert.deepEqual([metainfo.value.infoHash, metainfo.value.name, metainfo.value.trackers], [META.infoHash, 'T', TRACKERS]);
  assert.deepEqual(peers, [at(1), at(2)]);
  assert.deepEqual(written.map((w) => w.name), [keptName(META.infoHash)]);
  const reread = parseMetainfo(written[0]!.bytes, sha1);
  assert.deepEqual(reread.ok && [reread.value.infoHash, reread.value.trackers], [META.infoHash, TRACKERS]);
  assert.deepEqual([a.connection.closed, b.connection.closed], [true, true]);
});

test('our handshakes: no fast extension, ut_metadata under our id, and no size that we do not know', async () => {
  const { stage, net } = await running({ endpoints: [at(1)] });
  const connection = new FakeConnection(at(1));
  net.dials.shift()!.resolve(connection);
  await stage.settle();
  const mate = new Mate(1, connection, stage);
  const said: WireMessage[] = [];
  let shaken: unknown;
  const framer = new Framer({ handshake: (h) => { shaken = h; }, message: (m) => said.push(m), block: () => undefined });
  mate.shake();
  framer.feed(connection.written(), 0, 0);
  assert.deepEqual(shaken, { infoHash: META.infoHash, peerId: OWN, fast: false, extensions: true, dht: false });
  const [extended] = said;
  assert.ok(said.length === 1 && extended?.type === 'extended' && extended.id === 0);
  const parsed = parseExtendedHandshake(extended.payload);
  assert.deepEqual(parsed.ok && parsed.value, { m: new Map([['ut_metadata', 2]]), client: 'actorrent test', port: 6881, yourIp: '10.0.0.1' });
});

const wrong = INFO.map((byte, i) => i < 40_000 ? byte : byte ^ 1);

test('a liar costs one round: it is banned, for the torrent too, and the honest go on', async () => {
  const { stage, meet, net } = await running();
  const [liar, honest] = await meet(1, 2) as [Mate, Mate];
  liar.has();
  honest.has();
  honest.gives(0);
  honest.gives(1);
  liar.gives(2, wrong);
  assert.deepEqual(honest.asked().slice(3), ['request 2']);
  stage.forget();
  liar.gives(0, wrong);
  liar.gives(1, wrong);
  assert.deepEqual(partings(stage), ['banned 10.0.0.1:6881: gave metadata that does not match the info-hash']);
  honest.gives(2);
  await stage.settle();
  assert.deepEqual(found(stage).map(({ banned }) => banned), [['10.0.0.1']]);
  stage.send({ type: 'candidates', endpoints: [at(1)], from: 'tracker' });
  assert.deepEqual(net.dials, []);
});

const goodbyes: readonly (readonly [what: string, does: (m: Mate, stage: Scene['stage']) => void, reason: RegExp])[] = [
  ['it is of another torrent', (m) => m.shake(infoHash('12'.repeat(20))), /speaks of torrent 1212/],
  ['it speaks no extensions', (m) => m.shake(META.infoHash, false), /speaks no extensions/],
  ['its handshake is none', (m) => m.bytes(new Uint8Array(68)), /handshake: expected 19/],
  ['its extended handshake is broken', (m) => m.shake().extended(0, new Uint8Array(5)), /bencode/],
  ['its data is broken', (m) => m.shake().has().extended(2, new Uint8Array(5)), /bencode/],
  ['it sends a block', (m) => m.shake().bytes(pieceHeader(0, 0, BLOCK_BYTES)), /block that was not asked for/],
  ['it hangs up', (m) => m.connection.end('closed by the peer'), /closed by the peer/],
  ['it says nothing', (_, stage) => void stage.advance(16 * SECOND), /told of no metadata/],
  ['it has no metadata', (m, stage) => void (m.shake().has(null), stage.advance(16 * SECOND)), /told of no metadata/],
  ['it does not take ut_metadata', (m, stage) => void (m.shake().has(100, 0), stage.advance(16 * SECOND)), /told of no metadata/],
  ['it claims more than may be', (m, stage) => void (m.shake().has(MAX_METADATA_BYTES + 1), stage.advance(16 * SECOND)), /told of no metadata/],
  ['it has it and does not give it', (m, stage) => void (m.shake().has(), stage.advance(16 * SECOND)), /gave no metadata/],
  ['it floods us with answers to nothing', (m) => {
    m.shake().has();
    for (let i = 0; i <= 100 && !m.connection.closed; i++) m.says({ type: 'data', piece: 2, totalBytes: 5 + 2 * BLOCK_BYTES, bytes: new Uint8Array(5) });
  }, /nobody asked for/],
  ['it asks and asks', (m) => {
    m.shake().has();
    for (let i = 0; i <= 100 && !m.connection.closed; i++) m.says({ type: 'request', piece: 0 });
  }, /nobody asked for/],
];
for (const [what, does, reason] of goodbyes) {
  test(`a peer is let go: ${what}`, async () => {
    const { stage, connect } = await running({ endpoints: [at(1)] });
    const mate = await connect();
    does(mate, stage);
    const [parting] = partings(stage);
    assert.match(parting ?? 'it stayed', reason);
    assert.ok(mate.connection.closed || reason.test('closed by the peer'));
  });
}

test('ourselves, and a second connection of one peer, are let go', async () => {
  const { stage, connect } = await running({ endpoints: [at(100), at(1), at(2)] });
  (await connect()).shake();
  assert.deepEqual(partings(stage), ['disconnected 10.0.0.100:6881: it is ourselves']);
  (await connect()).shake();
  const again = await connect();
  again.bytes(encodeHandshake({ infoHash: META.infoHash, peerId: idOf(1), reserved: reservedBits({ extensions: true }) }));
  assert.deepEqual(partings(stage), ['disconnected 10.0.0.2:6881: connected already']);
});

test('who rejects is asked again after a rest; who asks us is rejected', async () => {
  const { stage, meet } = await running();
  const [mate] = await meet(1) as [Mate];
  mate.has().asked();
  for (let piece = 0; piece < PIECES; piece++) mate.says({ type: 'reject', piece });
  stage.advance(4 * SECOND);
  assert.deepEqual(mate.asked(), []);
  stage.advance(SECOND);
  assert.deepEqual(mate.asked(), ['request 0', 'request 1', 'request 2']);
  mate.says({ type: 'request', piece: 1 });
  assert.deepEqual(mate.asked(), ['reject 1']);
});

test('who comes to us is asked as well, also for what came with its handshake', async () => {
  const { stage } = await running();
  const connection = new FakeConnection({ host: '10.0.0.9', port: 40_000 }, true);
  const handshake = { infoHash: META.infoHash, peerId: idOf(9), fast: true, extensions: true, dht: false };
  const payload = encodeExtendedHandshake({ m: new Map([['ut_metadata', THEIRS]]), metadataSize: INFO.length, port: 6999 });
  stage.send({ type: 'incoming', incoming: { connection, handshake, rest: encodeMessage({ type: 'extended', id: 0, payload }) } });
  const mate = new Mate(9, connection, stage);
  assert.deepEqual(mate.asked(), ['request 0', 'request 1', 'request 2']);
  for (let piece = 0; piece < PIECES; piece++) mate.gives(piece);
  await stage.settle();
  assert.deepEqual(found(stage).map(({ peers }) => peers), [[{ host: '10.0.0.9', port: 6999 }]], 'where it says it listens');
});

test('paused, it is connected to nobody and lets nobody in; resumed, it goes on', async () => {
  const { stage, meet, connect } = await running();
  const [mate] = await meet(1) as [Mate];
  stage.forget().send({ type: 'pause' });
  assert.ok(mate.connection.closed);
  const connection = new FakeConnection({ host: '10.0.0.9', port: 1 }, true);
  const handshake = { infoHash: META.infoHash, peerId: idOf(9), fast: true, extensions: true, dht: false };
  stage.send({ type: 'incoming', incoming: { connection, handshake, rest: new Uint8Array(0) } });
  assert.ok(connection.closed);
  stage.advance(20 * SECOND).forget();
  stage.send({ type: 'resume' });
  assert.deepEqual(stage.kinds().slice(0, 2), ['Tracker: totals', 'Tracker: start']);
  assert.deepEqual((await connect()).shake().has().asked(), ['request 0', 'request 1', 'request 2']);
});

test('no more connections than are allowed, and never more than thirty', async () => {
  const all = Array.from({ length: 100 }, (_, i) => at(i + 1));
  for (const [maxPeers, most] of [[80, 30], [2, 2]] as const) {
    const { net } = await running({ ...KEPT, maxPeers, endpoints: all });
    assert.equal(net.dials.length, most);
  }
});

test('stopped, it lets go of all and says so', async () => {
  const { stage, meet } = await running();
  const [mate] = await meet(1) as [Mate];
  stage.forget().send({ type: 'stop' });
  assert.ok(mate.connection.closed);
  assert.deepEqual(stage.told('TorrentMgr'), [['TorrentMgr', 'closed', { torrent: META.infoHash, part: 'Torrent/Metadata' }]]);
});

test('a disk that does not keep it is worth a warning, and no more', async () => {
  const trouble: Trouble = { file: '/f/x', cause: 'full', detail: 'no space left on device' };
  const { stage, meet } = await running(KEPT, { writeRecord: () => Promise.resolve(trouble) });
  const [mate] = await meet(1) as [Mate];
  mate.has();
  for (let piece = 0; piece < PIECES; piece++) mate.gives(piece);
  stage.forget();
  await stage.settle();
  const told = stage.told();
  assert.match(JSON.stringify(told), /metadata not kept for the next start: \/f\/x: no space left/);
  assert.equal(told.filter(([, kind]) => kind === 'metainfo').length, 1);
});

test('without a folder nothing is read or written', async () => {
  const never = (): never => { throw new Error('the disk was used'); };
  const { stage, meet } = await running({}, { readRecord: never, writeRecord: never });
  const [mate] = await meet(1) as [Mate];
  mate.has();
  for (let piece = 0; piece < PIECES; piece++) mate.gives(piece);
  assert.equal(found(stage).length, 1);
});

test('a dictionary that has the hash and is no torrent is told as it is', async () => {
  const info = toUtf8('d6:lengthi-1e4:name1:x12:piece lengthi16384e6:pieces0:e');
  const torrent = infoHash(toHex(sha1(info)));
  const { stage, connect } = await running({ torrent, endpoints: [at(1)] });
  const mate = (await connect()).shake(torrent).has(info.length).gives(0, info);
  assert.ok(mate.connection.closed);
  const [{ metainfo }] = found(stage) as [ReturnType<typeof found>[0]];
  assert.deepEqual([metainfo.ok, (metainfo as unknown as { error: { field: string } }).error.field], [false, 'info.length']);
});

test('a tracker that starts again is told again; a Timer, too', async () => {
  const { stage } = await running();
  assert.deepEqual(stage.restart('Tracker').kinds(), ['Tracker: totals', 'Tracker: start']);
  stage.restart('Timer').advance(10 * SECOND);
  assert.ok(stage.kinds().includes('Tracker: wantPeers'));
});

test('after a crash a ban holds', async () => {
  const { stage, meet, net } = await running();
  const [liar] = await meet(1) as [Mate];
  liar.has();
  for (let piece = 0; piece < PIECES; piece++) liar.gives(piece, wrong);
  stage.kill();
  await stage.settle();
  stage.send({ type: 'candidates', endpoints: [at(1), at(2)], from: 'tracker' });
  assert.deepEqual(net.dials.map((d) => d.to), [at(2)]);
});
