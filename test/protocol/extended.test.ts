import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toUtf8 } from '../../src/base/bytes.js';
import { ok } from '../../src/base/result.js';
import { encode, type BInput } from '../../src/protocol/bencode.js';
import {
  encodeExtendedHandshake, extensionRegistry, parseExtendedHandshake, type Extension, type ExtendedHandshake,
} from '../../src/protocol/extended.js';

const parse = (value: BInput) => parseExtendedHandshake(encode(value));

test('the example of BEP 10, with its µ counted as the two bytes it has', () => {
  const wire = toUtf8('d1:md11:LT_metadatai1e7:\u00b5T_PEXi2ee1:pi6881e1:v13:\u00b5Torrent 1.2e');
  assert.deepEqual(parseExtendedHandshake(wire), {
    ok: true,
    value: { m: new Map([['LT_metadata', 1], ['µT_PEX', 2]]), client: 'µTorrent 1.2', port: 6881 },
  });
});

test('what is encoded parses to the same', () => {
  const full: ExtendedHandshake = {
    m: new Map([['ut_metadata', 3], ['ut_pex', 0]]), client: 'actorrent 0.1.0', reqq: 500, port: 1, uploadOnly: true,
    metadataSize: 31_235, yourIp: '2001:db8::1',
  };
  for (const h of [full, { m: new Map() }, { ...full, uploadOnly: false, yourIp: '1.2.3.4' }]) {
    assert.deepEqual(parseExtendedHandshake(encodeExtendedHandshake(h)), { ok: true, value: h });
  }
});

test('advice that makes no sense counts as missing', () => {
  const odd = { m: {}, metadata_size: 2 ** 40, p: 0, reqq: -1, upload_only: 'yes', v: 3, yourip: 'abc' };
  assert.deepEqual(parse(odd), { ok: true, value: { m: new Map() } });
  assert.deepEqual(parse({}), { ok: true, value: { m: new Map() } });
});

test('unsorted keys are taken; a broken dictionary or m is refused', () => {
  assert.equal(parseExtendedHandshake(toUtf8('d1:pi1e1:mdee')).ok, true);
  const field = (value: BInput): string => {
    const result = parse(value);
    return result.ok ? 'taken' : result.error.field;
  };
  assert.equal(field([]), 'bencode');
  assert.equal(field({ m: [] }), 'm');
  assert.equal(field({ m: { ut_pex: 256 } }), 'm.ut_pex');
  assert.equal(field({ m: { ut_pex: 'x' } }), 'm.ut_pex');
  const many = new Map(Array.from({ length: 201 }, (_, i) => [`x${i}`, 1] as const));
  assert.equal(field({ m: many }), 'm');
  assert.equal(parse({ m: {}, v: 'x'.repeat(70_000) }).ok, false);
});

test('names of m like those of Object are names', () => {
  const result = parse({ m: { constructor: 1, toString: 2 } });
  assert.deepEqual(result.ok && [...result.value.m], [['constructor', 1], ['toString', 2]]);
});

test('random bytes never throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseExtendedHandshake(bytes)));
});

test('a registry gives our m and reads by our ids', () => {
  const length = (name: string, id: number): Extension<number> => ({
    name, id, parse: (payload) => ok(payload.length), encode: (n) => new Uint8Array(n),
  });
  const registry = extensionRegistry([length('a', 1), length('b', 2)]);
  assert.deepEqual([...registry.m], [['a', 1], ['b', 2]]);
  assert.deepEqual(registry.parse(2, new Uint8Array(3)), ok(3));
  assert.equal(registry.parse(9, new Uint8Array(0)), undefined);
  for (const bad of [length('a', 3), length('c', 1), length('c', 0)]) {
    assert.throws(() => extensionRegistry([length('a', 1), bad]));
  }
});
