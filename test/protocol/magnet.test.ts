import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash } from '../../src/base/brand.js';
import { toHex } from '../../src/base/bytes.js';
import { formatMagnet, parseInfoHash, parseMagnet, type Magnet } from '../../src/protocol/magnet.js';
import { percentDecode, percentDecodeText, percentEncode, withQuery } from '../../src/protocol/percent.js';
import { ipv4Peer, ipv6Peer } from './arbitraries.js';

const HEX = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a';
const bare: Magnet = { infoHash: infoHash(HEX), trackers: [], peers: [], webSeeds: [] };

test('all parameters', () => {
  const uri = `magnet:?xt=urn:btih:${HEX.toUpperCase()}&dn=a+b%20%C3%BC&tr=udp%3A%2F%2Ft%3A1%2Fa&tr.2=http://u/?k=v` +
    '&x.pe=1.2.3.4:5&x.pe=[::1]:6&ws=http%3A%2F%2Fw%2F&so=0,2,4-8&unknown=1&as=2';
  assert.deepEqual(parseMagnet(uri), {
    ok: true,
    value: {
      infoHash: HEX,
      name: 'a b ü',
      trackers: ['udp://t:1/a', 'http://u/?k=v'],
      peers: [{ host: '1.2.3.4', port: 5 }, { host: '::1', port: 6 }],
      webSeeds: ['http://w/'],
      select: [{ first: 0, last: 0 }, { first: 2, last: 2 }, { first: 4, last: 8 }],
    },
  });
});

test('the hash may be base32, and stand beside one of another kind', () => {
  const base32 = 'YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK';
  assert.equal(parseInfoHash(base32), HEX);
  assert.equal(parseInfoHash(base32.toLowerCase()), HEX);
  assert.equal(parseInfoHash('1'.repeat(32)), undefined);
  const hybrid = `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}&xt.1=urn:btih:${base32}`;
  assert.deepEqual(parseMagnet(hybrid), { ok: true, value: bare });
});

const refused: readonly (readonly [uri: string, field: string])[] = [
  ['', 'magnet'],
  ['http://x/', 'magnet'],
  [`magnet:?xt=urn:btih:${HEX}${'&tr=x'.repeat(20_000)}`, 'magnet'],
  ['magnet:?dn=x', 'xt'],
  ['magnet:?xt=urn:sha1:abc', 'xt'],
  [`magnet:?xt=urn:btih:${HEX}0`, 'xt'],
  [`magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`, 'xt'],
  [`magnet:?xt=urn:btih:${HEX}&x.pe=nowhere`, 'x.pe'],
  [`magnet:?xt=urn:btih:${HEX}&x.pe=1.2.3.4:0`, 'x.pe.port'],
  [`magnet:?xt=urn:btih:${HEX}&so=4-2`, 'so'],
  [`magnet:?xt=urn:btih:${HEX}&so=1,,2`, 'so'],
  [`magnet:?xt=urn:btih:${HEX}&so=-1`, 'so'],
];
for (const [uri, field] of refused) {
  test(`refused at ${field}: ${uri.slice(0, 90)}`, () => {
    const result = parseMagnet(uri);
    assert.equal(result.ok ? 'taken' : result.error.field, field);
  });
}

test('what is formatted parses to the same', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const span = fc.tuple(fc.nat(1000), fc.nat(1000)).map(([first, n]) => ({ first, last: first + n }));
  const magnet: fc.Arbitrary<Magnet> = fc.record({
    infoHash: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((b) => infoHash(toHex(b))),
    name: text,
    trackers: fc.array(text, { maxLength: 5 }),
    peers: fc.array(fc.oneof(ipv4Peer, ipv6Peer), { maxLength: 5 }),
    webSeeds: fc.array(text, { maxLength: 5 }),
    select: fc.array(span, { minLength: 1, maxLength: 5 }),
  }, { requiredKeys: ['infoHash', 'trackers', 'peers', 'webSeeds'], noNullPrototype: true });
  fc.assert(fc.property(magnet, (m) => assert.deepEqual(parseMagnet(formatMagnet(m)), { ok: true, value: m })));
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (s) => {
    parseMagnet(s);
    parseMagnet(`magnet:?${s}`);
    parseMagnet(`magnet:?xt=urn:btih:${HEX}&so=${s}&x.pe=${s}`);
  }));
});

test('percent-encoding: any bytes come back; a broken escape stands for itself', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(percentDecode(percentEncode(bytes)), bytes)));
  assert.equal(percentEncode(Uint8Array.of(0, 0x20, 0x7e, 0x2b, 0xff, 0x41)), '%00%20~%2B%FFA');
  assert.equal(percentDecodeText('%4'), '%4');
  assert.equal(percentDecodeText('%zz%41%'), '%zzA%');
  assert.deepEqual([percentDecodeText('a+b'), percentDecodeText('a+b', true)], ['a+b', 'a b']);
});

test('a query joins the one that is there', () => {
  const urls = ['http://t/a', 'http://t/a?', 'http://t/a?k=1', 'http://t/a?k=1&', 'http://t/a#x?'];
  assert.deepEqual(urls.map((url) => withQuery(url, ['b=2', 'c=3'])), [
    'http://t/a?b=2&c=3', 'http://t/a?b=2&c=3', 'http://t/a?k=1&b=2&c=3', 'http://t/a?k=1&b=2&c=3',
    'http://t/a?b=2&c=3',
  ]);
});
