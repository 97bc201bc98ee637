import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEndpoint, parseEndpoint, parseHost } from '../../src/base/endpoint.js';
import { ipBytes, ipText, isLocalNetwork } from '../../src/base/ip.js';

const sound: readonly (readonly [text: string, host: string, port: number])[] = [
  ['1.2.3.4:6881', '1.2.3.4', 6881],
  ['[::1]:1', '::1', 1],
  ['[2001:DB8:0:0:1:0:0:1]:65535', '2001:db8::1:0:0:1', 65_535],
  ['Tracker.Example.org:80', 'tracker.example.org', 80],
  ['localhost:80', 'localhost', 80],
];
for (const [text, host, port] of sound) {
  test(`${text} is an endpoint`, () => assert.deepEqual(parseEndpoint(text), { ok: true, value: { host, port } }));
}

const refused: readonly (readonly [text: string, field: string])[] = [
  ['', 'peer'],
  ['1.2.3.4', 'peer'],
  ['1.2.3.4:', 'peer'],
  ['::1:80', 'peer'],
  ['[::1]', 'peer'],
  ['1.2.3.4:0', 'peer.port'],
  ['1.2.3.4:65536', 'peer.port'],
  ['1.2.3.4:-1', 'peer'],
  ['256.1.1.1:80', 'peer.host'],
  ['1.2.3:80', 'peer.host'],
  ['01.2.3.4:80', 'peer.host'],
  ['[1.2.3.4]:80', 'peer.host'],
  ['[fe80::1%eth0]:80', 'peer.host'],
  [':80', 'peer.host'],
  ['a b:80', 'peer.host'],
  ['-a.org:80', 'peer.host'],
  [`${'a'.repeat(64)}.org:80`, 'peer.host'],
];
for (const [text, field] of refused) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused at ${field}`, () => {
    const result = parseEndpoint(text, 'peer');
    assert.equal(result.ok ? 'taken' : result.error.field, field);
  });
}

// RFC 5952, sections 4 and 5, and RFC 4291, section 2.2.
const canonical: readonly (readonly [string, string])[] = [
  ['2001:db8::0001', '2001:db8::1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:DB8::AAAA', '2001:db8::aaaa'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1::', '1::'],
  ['::FFFF:129.144.52.38', '::ffff:129.144.52.38'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
];
for (const [text, want] of canonical) {
  test(`${text} is ${want}`, () => {
    assert.equal(parseHost(text), want);
    assert.deepEqual(ipBytes(want), ipBytes(text));
  });
}

test('what is no address has no bytes', () => {
  const texts = [
    '', '1', '1.2.3.4.5', '1.2.3.256', ':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::',
    '1.2.3.4::', '::1.2.3', '1:2:3:4:5:6:7::8', '1:2:3:4:5:6:7:1.2.3.4', ':1::', '::1:',
  ];
  for (const text of texts) assert.equal(ipBytes(text), undefined, text);
});

test('any address and port come back from their text', () => {
  const address = fc.oneof(...[4, 16].map((n) => fc.uint8Array({ minLength: n, maxLength: n })));
  const zeroed = fc.tuple(address, fc.nat(0xffff)).map(([b, mask]) => b.map((x, i) => ((mask >> i) & 1) * x));
  fc.assert(fc.property(fc.oneof(address, zeroed), fc.integer({ min: 1, max: 65_535 }), (bytes, port) => {
    const endpoint = { host: ipText(bytes), port };
    assert.deepEqual(ipBytes(endpoint.host), bytes);
    assert.deepEqual(parseEndpoint(formatEndpoint(endpoint)), { ok: true, value: endpoint });
  }));
});

test('no text makes it throw', () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789abcf.:[]%-'), maxLength: 50 });
  fc.assert(fc.property(text, (s) => {
    const result = parseEndpoint(s);
    if (result.ok) assert.deepEqual(parseEndpoint(formatEndpoint(result.value)), result);
  }));
});

// The first and the last address of each network, and those beside it.
const local = ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255', '169.254.0.0',
  '169.254.255.255', 'fc00::', 'fdff:ffff::1', 'fe80::1', 'febf:ffff::'];
const distant = ['9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '169.253.255.255',
  '169.255.0.0', 'fbff:ffff::', 'fe00::', 'fe7f::', 'fec0::', '127.0.0.1', '::1', '8.8.8.8', '2001:db8::1', 'localhost', '10.0.0'];
test('local networks, to their edges; loopback is none, nor is a name', () => {
  assert.deepEqual([...local, ...distant].filter(isLocalNetwork), local);
});
