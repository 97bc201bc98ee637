import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex, toUtf8 } from '../../src/base/bytes.js';
import {
  decode, encode, members, rangeOf, scan, type BInput, type BValue, type ScanLimits,
} from '../../src/protocol/bencode.js';
import { compareBytes, fromLatin1, toLatin1 } from '../../src/protocol/raw.js';

const latin1 = (text: string): Uint8Array => fromLatin1(text);
/** Text for strings, so that expectations read well. */
const plain = (value: BValue): unknown => {
  if (typeof value === 'number') return value;
  if (value instanceof Uint8Array) return toLatin1(value);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
};

const sound: readonly (readonly [text: string, value: unknown])[] = [
  ['4:spam', 'spam'],
  ['0:', ''],
  ['i3e', 3],
  ['i-3e', -3],
  ['i0e', 0],
  ['i9007199254740991e', Number.MAX_SAFE_INTEGER],
  ['i-9007199254740991e', -Number.MAX_SAFE_INTEGER],
  ['le', []],
  ['de', {}],
  ['l4:spam4:eggse', ['spam', 'eggs']],
  ['d3:cow3:moo4:spam4:eggse', { cow: 'moo', spam: 'eggs' }],
  ['d4:spaml1:a1:bee', { spam: ['a', 'b'] }],
  ['d0:i1e1:ai2ee', { '': 1, a: 2 }],
  ['d11:constructori1e8:toStringi2ee', { constructor: 1, toString: 2 }],
];
for (const [text, value] of sound) {
  test(`${text} is taken, and comes back the same`, () => {
    const result = decode(latin1(text));
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value), value);
    assert.equal(toLatin1(encode(result.value)), text);
  });
}

const refused: readonly (readonly [what: string, text: string, field?: string])[] = [
  ['nothing', ''],
  ['leading zero', 'i03e'],
  ['zeros', 'i00e'],
  ['minus zero', 'i-0e'],
  ['minus and leading zero', 'i-03e'],
  ['no digits', 'ie'],
  ['only a sign', 'i-e'],
  ['plus', 'i+1e'],
  ['fraction', 'i1.5e'],
  ['exponent', 'i1e5'],
  ['space', 'i 1e'],
  ['2^53', 'i9007199254740992e'],
  ['-2^53', 'i-9007199254740992e'],
  ['many digits', `i${'9'.repeat(400)}e`],
  ['open integer', 'i12'],
  ['negative length', '-1:a'],
  ['length with a leading zero', '01:a'],
  ['length of zeros', '00:'],
  ['huge length', '99999999999999999999:a'],
  ['truncated string', '5:spam'],
  ['no colon', '4spam'],
  ['only a length', '4'],
  ['open list', 'l4:spam'],
  ['open dictionary', 'd3:cow3:moo', 'cow'],
  ['trailing bytes', 'i1ei2e'],
  ['a stray end', 'e'],
  ['not bencode', 'hello'],
  ['unsorted keys', 'd1:bi1e1:ai2ee', 'a'],
  ['a repeated key', 'd1:ai1e1:ai2ee', 'a'],
  ['a key that is an integer', 'di1ei2ee'],
  ['a key that is a list', 'dlei2ee'],
  ['a key without a value', 'd1:ae', 'a'],
  ['__proto__', 'd9:__proto__de1:ai1ee', '__proto__'],
  ['__proto__ inside', 'd1:ad9:__proto__i1eee', 'a.__proto__'],
  ['a key behind a byte order mark', 'd7:\xef\xbb\xbfinfoi1ee'],
  ['a place deep inside', 'd1:ald1:bi1eed1:bi01eeee', 'a[1].b'],
];
for (const [what, text, field] of refused) {
  test(`refused: ${what}`, () => {
    const result = decode(latin1(text));
    assert.ok(!result.ok);
    if (field !== undefined) assert.equal(result.error.field, field);
  });
}

test('limits hold at their edge: depth, items, bytes', () => {
  const ok = (text: string, limits: Partial<ScanLimits>): boolean => scan(latin1(text), limits).ok;
  assert.deepEqual([ok('lllleeee', { maxDepth: 4 }), ok('lllleeee', { maxDepth: 3 })], [true, false]);
  assert.deepEqual([ok('li1ei2ee', { maxItems: 3 }), ok('li1ei2ee', { maxItems: 2 })], [true, false]);
  assert.deepEqual([ok('4:spam', { maxBytes: 6 }), ok('4:spam', { maxBytes: 5 })], [true, false]);
});

test('a million lists inside each other are refused without recursion', () => {
  const result = decode(latin1('l'.repeat(1_000_000)));
  assert.equal(result.ok ? 'taken' : result.error.expected, 'at most 100 levels');
});

test('lenient order takes unsorted keys, not repeated ones', () => {
  const limits = { lenientOrder: true };
  const result = decode(latin1('d1:bi1e1:ai2ee'), limits);
  assert.deepEqual(result, { ok: true, value: { b: 1, a: 2 } });
  assert.equal(decode(latin1('d1:bi1e1:ai2e1:bi3ee'), limits).ok, false);
});

test('trailing bytes are allowed where asked for, and the end is told', () => {
  const scanned = scan(latin1('d1:ai1eerest'), { allowTrailing: true });
  assert.equal(scanned.ok && scanned.value.end, 8);
});

test('the raw range of a top-level key, whatever looks like it elsewhere', () => {
  const bytes = latin1('d1:a4:info1:bd4:infoi1ee4:infod1:xl1:yee1:zi0ee');
  const range = rangeOf(bytes, 'info');
  assert.equal(toLatin1(bytes.subarray(range!.from, range!.to)), 'd1:xl1:yee');
  assert.equal(rangeOf(bytes, 'x'), undefined);
  assert.equal(rangeOf(latin1('i1e'), 'x'), undefined);
  assert.equal(rangeOf(latin1('d4:info'), 'info'), undefined);
});

test('members gives raw keys, which need not be text', () => {
  const scanned = scan(latin1('d2:\xff\x00i1e2:\xff\x01lee'));
  assert.ok(scanned.ok);
  const keys = members(scanned.value).map((m) => `${toHex(m.key)} ${m.value.from}-${m.value.to}`);
  assert.deepEqual(keys, ['ff00 5-8', 'ff01 12-14']);
});

test('keys are written in the order of their bytes, not of UTF-16, and may be bytes', () => {
  assert.deepEqual(encode({ '\u{10000}': 1, '\ue000': 2 }), toUtf8('d3:\ue000i2e4:\u{10000}i1ee'));
  const raw = new Map<Uint8Array, BInput>([[latin1('\xff'), 1], [latin1('\x0a'), 2], [latin1('\x9f\x01'), 3]]);
  assert.equal(toLatin1(encode(raw)), 'd1:\x0ai2e2:\x9f\x01i3e1:\xffi1ee');
});

test('members that are undefined are left out; numbers that cannot be are our mistake', () => {
  assert.equal(toLatin1(encode({ a: undefined, b: 'ü' })), 'd1:b2:\xc3\xbce');
  for (const n of [1.5, NaN, Infinity, 2 ** 53]) assert.throws(() => encode({ n }), /not an integer/);
});

/** Text that is UTF-8, and no key the scan refuses or the decoder turns to hex. */
const key = fc.string({ unit: 'binary' }).filter((k) => !/^\uFEFF|^__proto__$|\p{Cs}|\uFFFD/u.test(k));
const value: fc.Arbitrary<BInput> = fc.letrec<{ any: BInput }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 30 }),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(key, tie('any'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).any;

test('what is encoded passes the scan and decodes to the same', () => {
  fc.assert(fc.property(value, (v) => {
    const bytes = encode(v);
    const result = decode(bytes);
    assert.ok(result.ok);
    assert.deepEqual(result.value, normal(v));
    assert.deepEqual(encode(result.value), bytes);
  }));
});
/** -0 is 0 on the wire. */
const normal = (v: BInput): unknown => {
  if (typeof v === 'number') return v + 0;
  if (typeof v === 'string' || v instanceof Uint8Array) return v;
  if (Array.isArray(v)) return v.map(normal);
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, normal(x as BInput)]));
};

test('random and damaged bytes never throw, and what is taken is canonical', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789:ilde-a'), maxLength: 60 }).map(latin1);
  const damaged = fc.tuple(value, fc.nat(), fc.nat(255)).map(([v, at, byte]) => {
    const bytes = encode(v);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(fc.property(fc.oneof(noise, damaged, fc.uint8Array()), (bytes) => {
    const result = decode(bytes);
    decode(bytes, { lenientOrder: true, allowTrailing: true });
    rangeOf(bytes, 'a');
    if (result.ok && isText(bytes)) assert.deepEqual(encode(result.value), bytes);
  }), { numRuns: 1000 });
});
/** Keys that are not UTF-8 become hex in the decoder, so only text comes back the same. */
const isText = (bytes: Uint8Array): boolean => bytes.every((b) => b < 0x80);

test('raw bytes compare as BEP 3 sorts', () => {
  const sorted = ['', 'a', 'aa', 'b', '\xff'].map(latin1);
  for (let i = 1; i < sorted.length; i++) assert.ok(compareBytes(sorted[i - 1]!, sorted[i]!) < 0);
  assert.equal(compareBytes(latin1('ab'), latin1('ab')), 0);
});
