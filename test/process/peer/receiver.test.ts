import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId, peerKey } from '../../../src/base/brand.js';
import { concat } from '../../../src/base/bytes.js';
import { encodeHandshake, reservedBits } from '../../../src/protocol/handshake.js';
import { encodeMessage, encodeMessages, pieceHeader } from '../../../src/protocol/wire-encode.js';
import { PLAIN } from '../../../src/protocol/wire.js';
import { receiver, type ReceiverInput, type ReceiverMsg } from '../../../src/process/peer/receiver.js';
import { FakeConnection } from '../fake-connection.js';
import { Stage } from '../stage.js';

const HANDSHAKE = encodeHandshake({
  infoHash: infoHash('ab'.repeat(20)), peerId: peerId('cd'.repeat(20)), reserved: reservedBits({ fast: true }),
});
const block = (piece: number, length: number): Uint8Array =>
  concat([pieceHeader(piece, 0, length), Uint8Array.from({ length }, (_, i) => (piece + i) & 255)]);
const HAVE = encodeMessage({ type: 'have', piece: 7 });
const grant = (bytes: number): ReceiverMsg => ({ type: 'grant', bytes });

const MOVER = { peer: peerKey(7), torrent: infoHash('cd'.repeat(20)), host: '1.2.3.4' };

function start(over: Partial<ReceiverInput> = { afterHandshake: new Uint8Array(0) }) {
  const connection = new FakeConnection();
  const stage = new Stage(receiver, (cast) => ({
    mover: MOVER, connection, controller: cast('Controller'), limiter: cast('Limiter'), ...over,
  }));
  return { stage, connection };
}
const WANT = (bytes: number) => ['Limiter', 'want', { direction: 'down', bytes, replyTo: '@Receiver', mover: MOVER }];
/** [piece, length] of each, in one message. */
const gotBlocks = (...blocks: [number, number][]) => ['Controller', 'blocks', {
  blocks: blocks.map(([piece, length]) => ({ piece, begin: 0, data: block(piece, length).subarray(13) })),
}];
const gotBlock = (piece: number, length: number) => gotBlocks([piece, length]);
const [HELD, READS] = [true, false].map((held) => ['Controller', 'held', { held }]) as [unknown, unknown];
const GOT_HAVE = ['Controller', 'haves', { pieces: [7] }];

test('the handshake first, then messages', () => {
  const { stage, connection } = start({});
  connection.arrive(HANDSHAKE, HAVE);
  assert.deepEqual(stage.told(), [
    ['Controller', 'handshake', { handshake: {
      infoHash: 'ab'.repeat(20), peerId: 'cd'.repeat(20), fast: true, extensions: false, dht: false,
    } }],
    GOT_HAVE,
  ]);
});

test('where the Listener has read the handshake, what came after it is first', () => {
  const { stage, connection } = start({ afterHandshake: HAVE.subarray(0, 6) });
  assert.deepEqual(stage.told(), []);
  connection.arrive(HAVE.subarray(6));
  assert.deepEqual(stage.told(), [GOT_HAVE]);
});

test('a block waits for credit: reading stops in the middle, and the sender with it', () => {
  const { stage, connection } = start();
  connection.arrive(block(1, 100).subarray(0, 50));
  assert.deepEqual([stage.told(), connection.paused], [[HELD, WANT(100)], true]);
  stage.send(grant(60));
  assert.deepEqual([stage.told(), connection.paused], [[READS], false]);
  connection.arrive(block(1, 100).subarray(50), HAVE);
  // All of the 100 have come, credit was for 60: the rest is kept, and the other 40 are asked for already.
  assert.deepEqual([stage.told(), connection.paused], [[HELD], true]);
  stage.send(grant(40));
  assert.deepEqual([stage.told(), connection.paused], [[READS, gotBlock(1, 100), GOT_HAVE], false]);
});

test('other messages need no credit', () => {
  const { stage, connection } = start();
  connection.arrive(encodeMessages([PLAIN.unchoke, { type: 'cancel', piece: 1, begin: 0, length: 9 }]), HAVE);
  assert.deepEqual(stage.kinds(), ['Controller: wire', 'Controller: wire', 'Controller: haves']);
  assert.equal(connection.paused, false);
});

test('requests and haves that come together are told together, and all in the order of the stream', () => {
  const { stage, connection } = start();
  const request = (piece: number) => ({ type: 'request', piece, begin: 0, length: 100 }) as const;
  stage.send(grant(Infinity));
  connection.arrive(encodeMessages([request(1), request(2), PLAIN.choke, request(3)]), block(4, 100), encodeMessages([request(5)]), HAVE, HAVE);
  const gotRequests = (...pieces: number[]) =>
    ['Controller', 'requests', { blocks: pieces.map((piece) => ({ piece, begin: 0, length: 100 })) }];
  assert.deepEqual(stage.told(), [
    gotRequests(1, 2), ['Controller', 'wire', { message: PLAIN.choke }], gotRequests(3), gotBlock(4, 100), gotRequests(5),
    ['Controller', 'haves', { pieces: [7, 7] }],
  ]);
});

test('without a limit it asks once, and reads in large pieces from then on', () => {
  const { stage, connection } = start();
  connection.arrive(block(1, 100), block(2, 100));
  assert.deepEqual(stage.told(), [HELD, WANT(100)]);
  const small = connection.atMost;
  stage.send(grant(Infinity));
  assert.deepEqual(stage.told(), [READS, gotBlocks([1, 100], [2, 100])]);
  assert.ok(connection.atMost > small);
  connection.arrive(block(3, 100));
  assert.deepEqual(stage.told(), [gotBlock(3, 100)]);
});

test('a limit that is set takes hold at the next payload, and reads become small', () => {
  const { stage, connection } = start();
  connection.arrive(block(1, 10));
  const small = connection.atMost;
  stage.send(grant(Infinity), { type: 'revoke' }).forget();
  assert.equal(connection.atMost, small);
  connection.arrive(block(2, 10));
  assert.deepEqual(stage.told(), [HELD, WANT(10)]);
});

test('data that was on its way when reading stopped is kept in order', () => {
  const { stage, connection } = start();
  connection.arrive(block(1, 10), HAVE.subarray(0, 3));
  connection.arrive(HAVE.subarray(3), block(2, 10));
  assert.deepEqual(stage.told(), [HELD, WANT(10)]);
  stage.send(grant(10));
  assert.deepEqual(stage.told(), [READS, gotBlock(1, 10), GOT_HAVE, HELD, WANT(10)]);
});

test('credit is asked for once at a time', () => {
  const { stage, connection } = start();
  connection.arrive(block(1, 10));
  connection.arrive(block(2, 10));
  assert.deepEqual(stage.told(), [HELD, WANT(10)]);
});

test('a violation is told with what is wrong, and nothing is read after it', () => {
  const { stage, connection } = start();
  connection.arrive(Uint8Array.of(0, 0, 0, 2, 0, 0));
  const [[to, kind, rest]] = stage.told() as [any];
  assert.deepEqual([to, kind, rest.flaw.field, connection.paused], ['Controller', 'violation', 'message 0', true]);
  stage.send(grant(Infinity));
  assert.ok(connection.paused);
});

test('the end of the connection is told with its reason', () => {
  const { stage, connection } = start();
  connection.end('ECONNRESET');
  assert.deepEqual(stage.told(), [['Controller', 'disconnected', { reason: 'ECONNRESET' }]]);
});

test('as it ends it closes the connection and leaves the Limiter', () => {
  const { stage, connection } = start();
  stage.stop();
  assert.ok(connection.closed);
  // The whole stage ends at once, so nobody is there to hear it.
  assert.equal(stage.kernel.deadLetters().get('Limiter: leave'), 1);
});

test('however the stream is cut and credit comes, blocks and messages arrive whole and in order', () => {
  const frames = fc.array(fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 60 })), { maxLength: 12 });
  fc.assert(fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (lengths, steps) => {
    const { stage, connection } = start();
    const stream = concat(lengths.map((n, i) => (n < 0 ? HAVE : block(i, n))));
    const step = (): number => steps.next().value;
    const told: [to: string, kind: string, rest: any][] = [];
    let held = false;
    const look = (): void => {
      for (const one of stage.told() as typeof told) {
        if (one[1] === 'held') held = one[2].held;
        else if (one[0] === 'Controller') told.push(one);
      }
    };
    let at = 0;
    let wanted = 0;
    for (let n = 0; n < 10_000 && (at < stream.length || wanted > 0); n++) {
      if (!connection.paused && at < stream.length) {
        const part = stream.subarray(at, at + step());
        at += part.length;
        connection.arrive(part);
      } else stage.send(grant(Math.min(wanted, step())));
      look();
      assert.equal(held, connection.paused);
      wanted = connection.paused ? Math.max(1, wanted) : 0;
    }
    const expected = lengths.map((n, i) => (n < 0 ? GOT_HAVE : gotBlock(i, n)));
    const oneByOne = ([to, kind, rest]: (typeof told)[number]): unknown[] =>
      (kind === 'haves' ? rest.pieces.map((piece: number) => [to, kind, { pieces: [piece] }]) : [[to, kind, rest]]);
    assert.deepEqual(told.flatMap(oneByOne), expected);
  }), { numRuns: 100 });
});
