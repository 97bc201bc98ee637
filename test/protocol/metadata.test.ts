import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, toUtf8 } from '../../src/base/bytes.js';
import { MAX_METADATA_BYTES } from '../../src/protocol/extended.js';
import {
  METADATA_PIECE_BYTES, metadataPieceBytes, piecesIn, UT_METADATA, type MetadataMessage,
} from '../../src/protocol/metadata.js';

const PIECE = METADATA_PIECE_BYTES;
const wire = (dict: string, bytes = 0): Uint8Array => concat([toUtf8(dict), new Uint8Array(bytes).fill(7)]);

test('the examples of BEP 9', () => {
  const data = 'd8:msg_typei1e5:piecei0e10:total_sizei3425ee';
  const examples: readonly (readonly [Uint8Array, MetadataMessage])[] = [
    [wire('d8:msg_typei0e5:piecei0ee'), { type: 'request', piece: 0 }],
    [wire(data, 3425), { type: 'data', piece: 0, totalBytes: 3425, bytes: new Uint8Array(3425).fill(7) }],
    [wire('d8:msg_typei2e5:piecei0ee'), { type: 'reject', piece: 0 }],
  ];
  for (const [bytes, message] of examples) {
    assert.deepEqual(UT_METADATA.parse(bytes), { ok: true, value: message });
    assert.deepEqual(UT_METADATA.encode(message), bytes);
  }
});

test('a type that is not known yet is no flaw, whatever comes with it', () => {
  for (const odd of ['d8:msg_typei3ee', 'd8:msg_typei900e5:piece1:xe']) {
    assert.deepEqual(UT_METADATA.parse(wire(odd)), { ok: true, value: { type: 'unknown' } });
  }
});

test('keys in another order, and keys that we do not know, are taken', () => {
  assert.deepEqual(UT_METADATA.parse(wire('d5:piecei4e8:msg_typei2e1:xi1ee')), { ok: true, value: { type: 'reject', piece: 4 } });
});

const refused: readonly (readonly [what: string, bytes: Uint8Array, field: string])[] = [
  ['nothing', wire(''), 'bencode'],
  ['a list', wire('le'), 'ut_metadata'],
  ['no type', wire('d5:piecei0ee'), 'ut_metadata.msg_type'],
  ['a type below zero', wire('d8:msg_typei-1e5:piecei0ee'), 'ut_metadata.msg_type'],
  ['no piece', wire('d8:msg_typei0ee'), 'ut_metadata.piece'],
  ['a piece beyond the largest', wire(`d8:msg_typei0e5:piecei${piecesIn(MAX_METADATA_BYTES)}ee`), 'ut_metadata.piece'],
  ['data without its size', wire('d8:msg_typei1e5:piecei0ee', 10), 'ut_metadata.total_size'],
  ['data of no size', wire('d8:msg_typei1e5:piecei0e10:total_sizei0ee'), 'ut_metadata.total_size'],
  ['data of a size beyond the largest', wire(`d8:msg_typei1e5:piecei0e10:total_sizei${MAX_METADATA_BYTES + 1}ee`, PIECE), 'ut_metadata.total_size'],
  ['a byte less than the last piece', wire(`d8:msg_typei1e5:piecei1e10:total_sizei${PIECE + 5}ee`, 4), 'ut_metadata.data'],
  ['a byte more than a piece', wire(`d8:msg_typei1e5:piecei0e10:total_sizei${PIECE + 5}ee`, PIECE + 1), 'ut_metadata.data'],
  ['a piece behind the end', wire('d8:msg_typei1e5:piecei1e10:total_sizei9ee', 9), 'ut_metadata.data'],
  ['depth', wire(`${'l'.repeat(50)}${'e'.repeat(50)}`), '[0]'],
];
for (const [what, bytes, field] of refused) {
  test(`refused: ${what}`, () => {
    const result = UT_METADATA.parse(bytes);
    assert.ok(!result.ok && result.error.field.startsWith(field), JSON.stringify(result));
  });
}

test('what is encoded parses to the same', () => {
  const piece = fc.nat(2047);
  const request = fc.record({ type: fc.constantFrom('request' as const, 'reject' as const), piece }, { noNullPrototype: true });
  const data = fc.tuple(fc.integer({ min: 1, max: 40 * PIECE }), fc.nat(1000)).map(([totalBytes, n]) => {
    const at = n % piecesIn(totalBytes);
    return { type: 'data' as const, piece: at, totalBytes, bytes: new Uint8Array(metadataPieceBytes(totalBytes, at)).fill(n) };
  });
  fc.assert(fc.property(fc.oneof(request, data), (message: MetadataMessage) => {
    assert.deepEqual(UT_METADATA.parse(UT_METADATA.encode(message)), { ok: true, value: message });
  }));
});

test('random bytes, and sound messages with bytes changed, never throw', () => {
  const sound = UT_METADATA.encode({ type: 'data', piece: 0, totalBytes: 100, bytes: new Uint8Array(100) });
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void UT_METADATA.parse(bytes)));
  fc.assert(fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, byte, length) => {
    const changed = Uint8Array.from(sound);
    changed[at] = byte;
    UT_METADATA.parse(changed.subarray(0, length));
  }));
});
