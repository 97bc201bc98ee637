import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerKey } from '../../../src/base/brand.js';
import { concat } from '../../../src/base/bytes.js';
import { BLOCK_BYTES, KIB, MIB } from '../../../src/base/units.js';
import { Lent } from '../../../src/model/read-ahead.js';
import { pieceHeader } from '../../../src/protocol/wire-encode.js';
import type { BlockRange } from '../../../src/protocol/wire.js';
import { sender, type SenderMsg } from '../../../src/process/peer/sender.js';
import { FakeConnection } from '../fake-connection.js';
import { Stage } from '../stage.js';

const MOVER = { peer: peerKey(5), torrent: infoHash('ab'.repeat(20)), host: '1.2.3.4' };
const SIZE = 1000;
const block = (n: number, length = SIZE): BlockRange => ({ piece: n, begin: 0, length });
const bytesOf = ({ piece, length }: BlockRange): Uint8Array => new Uint8Array(length).fill(piece);
const onWire = (b: BlockRange): Uint8Array => concat([pieceHeader(b.piece, b.begin, b.length), bytesOf(b)]);
const blocks = (...list: BlockRange[]): SenderMsg => ({ type: 'blocks', blocks: list });
const lent = (b: BlockRange): Lent => new Lent(b, bytesOf(b));
const data = (...list: BlockRange[]): SenderMsg => ({ type: 'data', lent: list.map(lent) });
/** A small block takes as much room as a usual one. */
const room = (count: number) => ({ bytes: count * BLOCK_BYTES });
const grant = (bytes: number): SenderMsg => ({ type: 'grant', bytes });
const control = (...bytes: number[]): SenderMsg => ({ type: 'control', bytes: Uint8Array.from(bytes) });
const drop = (b?: BlockRange): SenderMsg => (b ? { type: 'drop', block: b } : { type: 'drop' });

function start(credit = 0) {
  const connection = new FakeConnection();
  const stage = new Stage(sender, (cast) => ({
    mover: MOVER, connection, senderQueue: cast('SenderQueue'), controller: cast('Controller'), files: cast('Files'),
    limiter: cast('Limiter'),
    status: cast('Status'),
  }));
  if (credit > 0) stage.forget().send(grant(credit));
  return { stage, connection };
}
const free = () => {
  const it = start(Infinity);
  it.stage.forget();
  return it;
};
/** Sends the same `bytes` of blocks, and the transport takes them. */
function carry({ stage, connection }: ReturnType<typeof start>, bytes: number): void {
  for (let left = bytes / BLOCK_BYTES; left > 0; left -= 4) {
    const list = Array.from({ length: Math.min(left, 4) }, (_, i) => block(i, BLOCK_BYTES));
    stage.send(blocks(...list), data(...list));
    connection.take();
  }
}
/** Without a limit, and to a peer that has just taken a mebibyte. */
const fast = () => {
  const it = free();
  carry(it, MIB);
  it.connection.writes.length = 0;
  it.stage.forget();
  return it;
};

test('at first it has room for two blocks: a limit may be set', () => {
  assert.deepEqual(start().stage.told(), [['SenderQueue', 'ready', room(2)]]);
});

test('without a limit it has room for four', () => {
  assert.deepEqual(start(Infinity).stage.told(), [['SenderQueue', 'ready', room(2)]]);
});

test('and then for what leaves in a second, up to a mebibyte, and for less again as the link slows down', () => {
  const it = free();
  let ahead = 4;
  const carried = (count: number): number => {
    carry(it, count * BLOCK_BYTES);
    ahead += it.stage.all('ready').reduce((sum, { bytes }) => sum + bytes / BLOCK_BYTES, 0) - count;
    it.stage.forget();
    return ahead;
  };
  assert.equal(carried(4), 4);
  assert.equal(carried(4), 8);
  assert.equal(carried(8), 16);
  assert.equal(carried(1000), 64);
  for (let i = 0; i < 100; i++) {
    it.stage.clock.advance(500);
    carried(1);
  }
  assert.equal(ahead, 4);
});

test('a block is read, credit for it is wanted, and it goes out in one write with its header', () => {
  const { stage, connection } = start();
  stage.forget().send(blocks(block(1)));
  assert.deepEqual(stage.told(), [['Files', 'read', { stretches: [block(1)], replyTo: '@Sender' }]]);
  stage.send(data(block(1)));
  assert.deepEqual(stage.told(), [['Limiter', 'want', { direction: 'up', bytes: SIZE, replyTo: '@Sender', mover: MOVER, sent: 0 }]]);
  stage.send(grant(SIZE));
  assert.deepEqual(connection.writes, [onWire(block(1))]);
});

test('what has left is told once the transport has it', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1)), data(block(1))).forget();
  connection.take();
  assert.deepEqual(stage.told().slice(0, 3), [
    ['Files', 'returned', { lent: [lent(block(1))] }],
    ['Status', 'uploaded', { bytes: SIZE }], ['Controller', 'sent', { bytes: SIZE, drained: true }],
  ]);
});

test('the socket counts as drained while blocks wait for credit alone, and not where a write waits behind another', () => {
  const { stage, connection } = start();
  const drained = (): unknown[] => stage.all('sent').map((m) => [m.bytes, m.drained]);
  stage.send(blocks(block(1), block(2)), data(block(1)), data(block(2)), grant(300));
  connection.take();
  assert.deepEqual(drained(), [[300, true]]);
  stage.send(grant(300), grant(300));
  assert.deepEqual(drained(), [[0, false]]);
  connection.take();
  assert.deepEqual(drained(), [[300, false], [300, true]]);
});

test('and again once a message that went behind the last block has left', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1)), data(block(1)), control(9));
  connection.take();
  assert.deepEqual(stage.all('sent').map((m) => [m.bytes, m.drained]), [[SIZE, false], [0, true]]);
});

test('other messages are not payload', () => {
  const { stage, connection } = free();
  stage.send(control(9));
  connection.take();
  assert.deepEqual([stage.told(), connection.writes], [[], [Uint8Array.of(9)]]);
});

test('blocks go out in order, also where the disk answers in another', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1), block(2)), data(block(2)));
  assert.deepEqual(connection.writes, []);
  stage.send(data(block(1)));
  assert.deepEqual(connection.writes, [concat([onWire(block(1)), onWire(block(2))])]);
});

test('one write gathers at most about 512 KiB', () => {
  const { stage, connection } = fast();
  const list = Array.from({ length: 5 }, (_, i) => block(i, 128 * KIB));
  stage.send(blocks(...list));
  for (const b of list.slice(1)) stage.send(data(b));
  stage.send(data(list[0]!));
  assert.deepEqual(connection.writes.map((w) => w.length), [4 * (128 * KIB + 13), 128 * KIB + 13]);
});

test('a block goes out in parts as credit comes, its header once', () => {
  const { stage, connection } = start();
  stage.send(blocks(block(1)), data(block(1)), grant(300));
  assert.deepEqual(connection.writes.map((w) => w.length), [13 + 300]);
  assert.deepEqual(stage.all('want').map((w) => w.bytes), [SIZE]);
  stage.send(grant(700));
  assert.deepEqual(connection.written(), onWire(block(1)));
});

test('credit that is left serves the next block; more is wanted when it is used up', () => {
  const { stage, connection } = start();
  stage.send(grant(1500), blocks(block(1), block(2)), data(block(1)), data(block(2)));
  assert.equal(connection.written().length, 13 + 1000 + 13 + 500);
  assert.deepEqual(stage.all('want').map((w) => w.bytes), [500]);
});

test('credit is wanted for two blocks, and once for each, however often there is occasion', () => {
  const { stage } = start();
  const wants = (): unknown => stage.all('want').map((w) => w.bytes);
  stage.forget().send(blocks(block(1), block(2)), data(block(1)), data(block(2)), control(1));
  assert.deepEqual(wants(), [2 * SIZE]);
  stage.send(grant(SIZE), blocks(block(3)), data(block(3)));
  assert.deepEqual(wants(), [SIZE]);
});

test('other messages go out at once between blocks, and wait only behind a begun one', () => {
  const { stage, connection } = start();
  stage.send(blocks(block(1), block(2)), data(block(1)), data(block(2)), control(7));
  assert.deepEqual(connection.written(), Uint8Array.of(7));
  stage.send(grant(300), control(8), control(9));
  assert.equal(connection.written().length, 13 + 300);
  stage.send(grant(700 + 100));
  const rest = connection.written();
  assert.deepEqual([...rest.subarray(700, 702)], [8, 9]);
  assert.deepEqual(rest.subarray(702), onWire(block(2)).subarray(0, 13 + 100));
});

test('a drop of all gives back what has not begun, and makes room', () => {
  const { stage, connection } = start();
  stage.send(blocks(block(1), block(2)), data(block(1), block(2)), grant(300)).forget().send(drop());
  assert.deepEqual(stage.told(), [
    ['SenderQueue', 'dropped', { blocks: [block(2)] }], ['Files', 'returned', { lent: [lent(block(2))] }],
    ['SenderQueue', 'ready', room(1)],
  ]);
  stage.send(grant(5000));
  assert.deepEqual(connection.written(), onWire(block(1)));
});

test('what is dropped while it is being read makes no room until it was read: asking and cancelling is no way to have more read', () => {
  const { stage, connection } = start();
  stage.send(blocks(block(1), block(2))).forget().send(drop());
  assert.deepEqual(stage.told(), [['SenderQueue', 'dropped', { blocks: [block(1), block(2)] }]]);
  stage.send(data(block(1)));
  assert.deepEqual(stage.told(), [['Files', 'returned', { lent: [lent(block(1))] }], ['SenderQueue', 'ready', room(1)]]);
  stage.send({ type: 'unreadable', stretch: block(2) });
  assert.deepEqual(stage.told(), [['SenderQueue', 'ready', room(1)]]);
  assert.deepEqual(connection.writes, []);
});

test('bytes are read ahead, not blocks: eight of 128 KiB are as much as 64 of 16', () => {
  const { stage, connection } = fast();
  const list = Array.from({ length: 8 }, (_, i) => block(i, 128 * KIB));
  stage.send(blocks(...list.slice(0, 7)), data(...list.slice(0, 7))).forget().send(blocks(list[7]!));
  connection.take();
  assert.deepEqual(stage.all('ready'), [room(56)]);
});

test('the same block twice, and one cannot be read: the other is sent', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1), block(1)), { type: 'unreadable', stretch: block(1) }, data(block(1)));
  assert.deepEqual(connection.written(), onWire(block(1)));
});

test('a drop of one block leaves the others, and what is read of it is of no use', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1), block(2))).forget().send(drop(block(1)));
  assert.deepEqual(stage.told('SenderQueue')[0], ['SenderQueue', 'dropped', { blocks: [block(1)] }]);
  stage.send(data(block(1)), data(block(2)));
  assert.deepEqual(connection.written(), onWire(block(2)));
});

test('a drop of the first lets the second go, if it was read already', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1), block(2)), data(block(2)), drop(block(1)));
  assert.deepEqual(connection.written(), onWire(block(2)));
});

test('a drop of what is not there says nothing', () => {
  const { stage } = free();
  stage.send(drop(block(5)), drop());
  assert.deepEqual(stage.told(), []);
});

test('a block that cannot be read is given back', () => {
  const { stage } = free();
  stage.send(blocks(block(1))).forget().send({ type: 'unreadable', stretch: block(1) });
  assert.deepEqual(stage.told('SenderQueue')[0], ['SenderQueue', 'dropped', { blocks: [block(1)] }]);
});

/** Usual blocks of a piece, one after the other, and the stretch that they are. */
const ROW = [0, 1, 2].map((i): BlockRange => ({ piece: 7, begin: i * BLOCK_BYTES, length: BLOCK_BYTES }));
const WHOLE: BlockRange = { piece: 7, begin: 0, length: 3 * BLOCK_BYTES };
const inRow = (which: readonly number[]): Uint8Array => concat(which.map((i) => onWire(ROW[i]!)));

test('usual blocks in a row are read at once, and returned at once when the last has left', () => {
  const { stage, connection } = start();
  stage.forget().send(blocks(...ROW, block(1)));
  assert.deepEqual(stage.all('read').map((m) => m.stretches), [[WHOLE, block(1)]]);
  stage.send(data(WHOLE), grant(2 * BLOCK_BYTES));
  assert.deepEqual(connection.writes, [inRow([0, 1])]);
  connection.take();
  assert.deepEqual(stage.all('returned'), []);
  stage.send(grant(BLOCK_BYTES));
  connection.take();
  assert.deepEqual([connection.writes[1], stage.all('returned').map((m) => m.lent)], [inRow([2]), [[lent(WHOLE)]]]);
});

test('a drop of one of a row leaves the others, whether it was read or not', () => {
  for (const early of [true, false]) {
    const { stage, connection } = start();
    const [first, second] = [drop(ROW[1]), data(WHOLE)];
    stage.send(blocks(...ROW), ...(early ? [first, second] : [second, first]));
    assert.deepEqual(stage.all('dropped').map((m) => m.blocks), [[ROW[1]]]);
    stage.send(grant(Infinity));
    assert.deepEqual(connection.written(), inRow([0, 2]));
    stage.forget();
    connection.take();
    assert.deepEqual(stage.all('returned').map((m) => m.lent), [[lent(WHOLE)]]);
  }
});

test('a row of which the rest is dropped is returned when what was written of it has left', () => {
  const { stage, connection } = start();
  stage.send(blocks(...ROW), data(WHOLE), grant(2 * BLOCK_BYTES), drop());
  assert.deepEqual([stage.all('dropped').map((m) => m.blocks), stage.all('returned')], [[[ROW[2]]], []]);
  connection.take();
  assert.deepEqual(stage.all('returned').map((m) => m.lent), [[lent(WHOLE)]]);
});

test('and also where the last that was written is no block', () => {
  const { stage, connection } = start();
  stage.send(blocks(...ROW), data(WHOLE), grant(BLOCK_BYTES), control(1), drop());
  connection.take();
  assert.deepEqual(stage.all('returned').map((m) => m.lent), [[lent(WHOLE)]]);
});

test('room is the same for a row as for its blocks, however it ends', () => {
  const ends: readonly (readonly [end: SenderMsg[], sent: number])[] = [
    [[data(WHOLE)], 3], [[data(WHOLE), drop()], 0], [[drop(), data(WHOLE)], 0], [[{ type: 'unreadable', stretch: WHOLE }], 0],
    [[drop(ROW[0]), data(WHOLE)], 2], [[data(WHOLE), drop(ROW[2])], 2], [[drop(ROW[1]), { type: 'unreadable', stretch: WHOLE }], 0],
  ];
  for (const [end, sent] of ends) {
    const { stage, connection } = start();
    stage.send(blocks(...ROW)).forget().send(...end, grant(3 * BLOCK_BYTES));
    connection.take();
    assert.equal(connection.written().length, inRow([0, 1, 2].slice(0, sent)).length);
    assert.equal(stage.all('ready').reduce((sum, m) => sum + m.bytes, 0), 3 * BLOCK_BYTES);
  }
});

test('the same block asked for twice is sent twice', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1), block(1)), data(block(1)), data(block(1)));
  assert.deepEqual(connection.written(), concat([onWire(block(1)), onWire(block(1))]));
});

test('back-pressure: with a second\'s worth under way nothing more is written until the transport has taken some', () => {
  const { stage, connection } = fast();
  const list = Array.from({ length: 16 }, (_, i) => block(i, 128 * KIB));
  stage.send(blocks(...list));
  for (const b of list) stage.send(data(b));
  const written = (): number => connection.writes.reduce((n, w) => n + w.length, 0) / (128 * KIB + 13);
  assert.equal(written(), 8);
  connection.take('one');
  assert.equal(written(), 9);
  connection.take();
  assert.equal(written(), 16);
});

test('a block held back by a large message goes out once that has left', () => {
  const { stage, connection } = free();
  stage.send({ type: 'control', bytes: new Uint8Array(MIB) }, blocks(block(1)), data(block(1)));
  assert.equal(connection.writes.length, 1);
  connection.take();
  assert.equal(connection.writes.length, 2);
});

test('a peer that makes us say more than a mebibyte while it reads nothing is told of, and given no more', () => {
  const { stage, connection } = free();
  const reject: SenderMsg = { type: 'control', bytes: new Uint8Array(MIB / 4) };
  stage.send(reject, reject, reject, reject);
  assert.deepEqual(stage.told(), []);
  stage.send(control(1));
  assert.deepEqual([stage.told(), connection.writes.length], [[['Controller', 'clogged']], 4]);
});

test('what it has read makes room for more to say; blocks and their headers do too', () => {
  const { stage, connection } = free();
  const large: SenderMsg = { type: 'control', bytes: new Uint8Array(MIB - 100) };
  for (let i = 0; i < 100; i++) {
    stage.send(large, blocks(block(1)), data(block(1)));
    connection.take();
    connection.take();
  }
  assert.ok(!stage.kinds().includes('Controller: clogged'));
});

test('messages that wait behind a begun block are counted too', () => {
  const { stage } = start();
  const large: SenderMsg = { type: 'control', bytes: new Uint8Array(MIB) };
  stage.forget().send(blocks(block(1)), data(block(1)), grant(300), large);
  assert.deepEqual(stage.all('clogged').length, 1);
});

test('room is announced in batches: when a quarter is free, or nothing is queued', () => {
  const { stage, connection } = fast();
  const list = Array.from({ length: 64 }, (_, i) => block(i));
  stage.send(blocks(...list)).forget();
  list.slice(0, 15).forEach((b) => stage.send(data(b)));
  connection.take();
  assert.deepEqual(stage.all('ready'), []);
  stage.send(data(list[15]!));
  connection.take();
  assert.deepEqual(stage.all('ready'), [room(16)]);
});

test('a limit that is set ends endless credit: the next block is wanted for', () => {
  const { stage, connection } = free();
  stage.send(blocks(block(1)), { type: 'revoke' }, data(block(1)));
  assert.deepEqual([connection.writes.length, stage.all('want').length], [0, 1]);
  stage.send(grant(SIZE));
  assert.deepEqual(connection.written(), onWire(block(1)));
});

test('as it ends, by order or by a crash, it closes the connection and leaves Files and the Limiter', () => {
  const { stage, connection } = start();
  stage.forget().stop();
  assert.ok(connection.closed);
  // The whole stage ends at once, so nobody is there to hear it.
  assert.equal(stage.kernel.deadLetters().get('Limiter: leave'), 1);
  assert.equal(stage.kernel.deadLetters().get('Files: readerLeft'), 1);
  const other = start();
  other.stage.forget().crash({ type: 'blocks' });
  assert.ok(other.connection.closed);
  assert.deepEqual(other.stage.kinds().slice(0, 2), ['Files: readerLeft', 'Limiter: leave']);
});

test('a Limiter that starts again is asked for what is next; credit of before is void', () => {
  const { stage, connection } = start();
  stage.send(grant(SIZE), blocks(block(1), block(2)), data(block(1), block(2))).restart('Limiter');
  assert.deepEqual(stage.all('want').map(({ bytes }) => bytes), [SIZE]);
  stage.restart('Limiter');
  assert.deepEqual(stage.all('want').map(({ bytes }) => bytes), [SIZE]);
  stage.send(grant(SIZE));
  assert.deepEqual(connection.written(), concat([onWire(block(1)), onWire(block(2))]));
});
