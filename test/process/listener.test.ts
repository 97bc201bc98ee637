import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerId } from '../../src/base/brand.js';
import { toUtf8 } from '../../src/base/bytes.js';
import { encodeHandshake, reservedBits } from '../../src/protocol/handshake.js';
import { listener } from '../../src/process/listener.js';
import { FakeConnection, FakeNet } from './fake-connection.js';
import { Stage } from './stage.js';

const HELLO = encodeHandshake({
  infoHash: infoHash('ab'.repeat(20)), peerId: peerId('cd'.repeat(20)), reserved: reservedBits({ fast: true }),
});

async function start() {
  const net = new FakeNet();
  const stage = new Stage(listener, (cast) => ({
    net, at: { port: 6881 }, torrentMgr: cast('TorrentMgr'), console: cast('Console'), timer: cast('Timer'),
  }));
  await stage.settle();
  const stranger = (n = 1): FakeConnection => {
    const connection = new FakeConnection({ host: `10.0.0.${n}`, port: 1000 + n }, true);
    net.accept!(connection);
    return connection;
  };
  return { stage, net, stranger };
}

test('says where it listens', async () => {
  const { stage, net } = await start();
  net.listening!.resolve(7000);
  assert.deepEqual((await stage.settle()).told(), [
    ['Console', 'event', { event: { event: 'listening', port: 7000 } }], ['TorrentMgr', 'listening', { port: 7000 }],
  ]);
});

test('where it cannot listen it says why, and the rest goes on without', async () => {
  const { stage, net } = await start();
  net.listening!.reject(new Error('port 6881 is in use'));
  assert.deepEqual((await stage.settle()).told(), [
    ['Console', 'event', { event: { event: 'error', reason: 'cannot listen: port 6881 is in use' } }],
    ['TorrentMgr', 'listening', { port: 0 }],
  ]);
});

test('a handshake goes to TorrentMgr with its connection, paused, and what came after it', async () => {
  const { stage, stranger } = await start();
  const connection = stranger();
  assert.equal(connection.atMost, 68);
  connection.arrive(HELLO, Uint8Array.of(1, 2, 3));
  assert.deepEqual(stage.told(), [['TorrentMgr', 'incoming', { incoming: {
    connection, rest: Uint8Array.of(1, 2, 3),
    handshake: { infoHash: 'ab'.repeat(20), peerId: 'cd'.repeat(20), fast: true, extensions: false, dht: false },
  } }]]);
  assert.deepEqual([connection.paused, connection.closed, stage.clock.pending], [true, false, 0]);
});

test('a handshake may come a byte at a time', async () => {
  const { stage, stranger } = await start();
  const connection = stranger();
  for (const byte of HELLO) connection.arrive(Uint8Array.of(byte));
  assert.deepEqual(stage.kinds(), ['TorrentMgr: incoming']);
});

for (const [what, bytes] of [
  ['garbage', toUtf8('GET / HTTP/1.1\r\n')], ['an encrypted handshake', new Uint8Array(96).fill(7)],
  ['a wrong last letter', toUtf8('\x13BitTorrent protocox')],
] as const) {
  test(`${what} is closed at the first wrong byte, with a warning that names the host`, async () => {
    const { stage, stranger } = await start();
    const connection = stranger();
    connection.arrive(bytes);
    assert.ok(connection.closed);
    const [{ event }] = stage.all('event');
    assert.match(event.reason, /^10\.0\.0\.1: handshake: expected/);
    connection.arrive(HELLO);
    assert.deepEqual([stage.told(), stage.clock.pending], [[], 0]);
  });
}

test('who does not say a whole handshake in ten seconds is closed', async () => {
  const { stage, stranger } = await start();
  const connection = stranger();
  connection.arrive(HELLO.subarray(0, 67));
  stage.advance(9999);
  assert.equal(connection.closed, false);
  stage.advance(1);
  assert.ok(connection.closed);
  assert.deepEqual(stage.told(), []);
});

test('who goes before the handshake is forgotten', async () => {
  const { stage, stranger } = await start();
  const connection = stranger();
  connection.end();
  assert.deepEqual([connection.closed, stage.clock.pending, stage.told()], [true, 0, []]);
});

test('at most a hundred strangers: the one that has been silent longest makes room', async () => {
  const { stranger } = await start();
  const all = Array.from({ length: 101 }, (_, i) => stranger(i));
  assert.deepEqual(all.filter((c) => c.closed), [all[0]]);
});

test('as it ends it closes its socket and all strangers, also a socket that comes only then', async () => {
  const open = await start();
  open.net.listening!.resolve(1);
  await open.stage.settle();
  const connection = open.stranger();
  open.stage.stop();
  assert.deepEqual([open.net.closed, connection.closed], [true, true]);
  const late = await start();
  late.stage.stop();
  late.net.listening!.resolve(1);
  await late.stage.settle();
  assert.ok(late.net.closed);
});
