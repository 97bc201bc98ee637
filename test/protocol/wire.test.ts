import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId } from '../../src/base/brand.js';
import { fromHex, readU32, toHex } from '../../src/base/bytes.js';
import { decodeHandshake, encodeHandshake, reservedBits } from '../../src/protocol/handshake.js';
import {
  encodeMessage, encodeMessages, encodeRequests, pieceHeader, wireBytes, type OwnMessage,
} from '../../src/protocol/wire-encode.js';
import { decodeMessage, lengthFlaw } from '../../src/protocol/wire.js';
import { ownMessage } from './arbitraries.js';

const onTheWire: readonly (readonly [OwnMessage, string])[] = [
  [{ type: 'keepAlive' }, '00000000'],
  [{ type: 'choke' }, '0000000100'],
  [{ type: 'unchoke' }, '0000000101'],
  [{ type: 'interested' }, '0000000102'],
  [{ type: 'notInterested' }, '0000000103'],
  [{ type: 'have', piece: 0x01020304 }, '000000050401020304'],
  [{ type: 'bitfield', bits: Uint8Array.of(0x80, 0x01) }, '00000003058001'],
  [{ type: 'request', piece: 1, begin: 0x4000, length: 0x4000 }, '0000000d06000000010000400000004000'],
  [{ type: 'cancel', piece: 1, begin: 0x4000, length: 0x4000 }, '0000000d08000000010000400000004000'],
  [{ type: 'port', port: 6881 }, '00000003091ae1'],
  [{ type: 'suggest', piece: 7 }, '000000050d00000007'],
  [{ type: 'haveAll' }, '000000010e'],
  [{ type: 'haveNone' }, '000000010f'],
  [{ type: 'reject', piece: 0xffffffff, begin: 0, length: 1 }, '0000000d10ffffffff0000000000000001'],
  [{ type: 'allowedFast', piece: 7 }, '000000051100000007'],
  [{ type: 'extended', id: 0, payload: Uint8Array.of(0x64, 0x65) }, '0000000414006465'],
];
for (const [message, hex] of onTheWire) {
  test(`${message.type} on the wire`, () => assert.equal(toHex(encodeMessage(message)), hex));
}

test('what is encoded decodes to the same', () => {
  fc.assert(fc.property(ownMessage, (message) => {
    const wire = encodeMessage(message);
    const length = readU32(wire, 0);
    assert.equal(wire.length, 4 + length);
    assert.equal(wire.length, wireBytes(message));
    if (message.type === 'keepAlive') return;
    assert.equal(lengthFlaw(wire[4]!, length), undefined);
    assert.deepEqual(decodeMessage(wire, 4, length), message);
  }));
});

test('messages and requests in a batch are those one by one', () => {
  const all = onTheWire.map(([message]) => message);
  assert.equal(toHex(encodeMessages(all)), onTheWire.map(([, hex]) => hex).join(''));
  const blocks = [{ piece: 1, begin: 2, length: 3 }, { piece: 4, begin: 5, length: 6 }];
  assert.deepEqual(encodeRequests(blocks), encodeMessages(blocks.map((b) => ({ type: 'request', ...b }))));
});

test('the header of a block counts its payload', () => {
  assert.equal(toHex(pieceHeader(2, 0x8000, 0x4000)), '00004009070000000200008000');
});

test('an id we do not know is told, not refused', () => {
  assert.deepEqual(decodeMessage(Uint8Array.of(99, 1, 2), 0, 3), { type: 'unknown', id: 99 });
});

test('handshake: 68 bytes, the reserved bits of BEP 5, 6 and 10, and back', () => {
  const parts = { infoHash: infoHash('01'.repeat(20)), peerId: peerId('fe'.repeat(20)) };
  const speaks = { fast: true, extensions: true, dht: true };
  const wire = encodeHandshake({ ...parts, reserved: reservedBits(speaks) });
  const text = '13426974546f7272656e742070726f746f636f6c';
  assert.equal(toHex(wire), `${text}0000000000100005${'01'.repeat(20)}${'fe'.repeat(20)}`);
  assert.deepEqual(decodeHandshake(wire), { ...parts, ...speaks });
  const plain = encodeHandshake({ ...parts, reserved: fromHex('0000000000000000') });
  assert.deepEqual(decodeHandshake(plain), { ...parts, fast: false, extensions: false, dht: false });
});
