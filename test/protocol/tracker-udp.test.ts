/** UDP tracker packets: the bytes of BEP 15 and 41, and what is not one of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId } from '../../src/base/brand.js';
import { concat, fromHex, toHex, toUtf8 } from '../../src/base/bytes.js';
import type { AnnounceParams } from '../../src/protocol/announce.js';
import {
  encodeUdpAnswer, encodeUdpQuestion, parseUdpAnswer, parseUdpQuestion, type Of, type UdpAnswer, type UdpQuestion,
} from '../../src/protocol/tracker-udp.js';
import { ipv4Peer, ipv6Peer } from './arbitraries.js';

const PARAMS: AnnounceParams = {
  infoHash: infoHash('11'.repeat(20)), peerId: peerId('22'.repeat(20)), port: 0x1ae1,
  uploaded: 3, downloaded: 1, left: 2 ** 40 + 2, event: 'started', numwant: 80, key: 'deadbeef',
};
const CONNECTION = '0102030405060708';

const packets: readonly (readonly [name: string, question: Of<UdpQuestion>, hex: string])[] = [
  ['connect', { kind: 'connect', transaction: 0x01020304 }, '0000041727101980' + '00000000' + '01020304'],
  ['announce', { kind: 'announce', transaction: 5, connection: CONNECTION, params: PARAMS },
    `${CONNECTION}0000000100000005${'11'.repeat(20)}${'22'.repeat(20)}` +
    '0000000000000001' + '0000010000000002' + '0000000000000003' + '00000002' + '00000000' + 'deadbeef' + '00000050' + '1ae1'],
  ['scrape', { kind: 'scrape', transaction: 6, connection: CONNECTION, torrents: [PARAMS.infoHash] },
    `${CONNECTION}0000000200000006${'11'.repeat(20)}`],
];
for (const [name, question, hex] of packets) {
  test(`${name}: the bytes of the question, and back`, () => {
    const packet = encodeUdpQuestion(question);
    assert.equal(toHex(packet), hex);
    assert.deepEqual(parseUdpQuestion(packet), { ok: true, value: question });
  });
}

test('an announce without event, number and key leaves it to the tracker', () => {
  const { event: _, numwant: __, key: ___, ...few } = PARAMS;
  const packet = encodeUdpQuestion({ kind: 'announce', transaction: 5, connection: CONNECTION, params: few });
  assert.equal(toHex(packet.subarray(80, 96)), '00000000' + '00000000' + '00000000' + 'ffffffff');
});

test('path and query follow as options of at most 255 bytes (BEP 41)', () => {
  const target = `/announce?key=${'x'.repeat(300)}`;
  const options = encodeUdpQuestion({ kind: 'announce', transaction: 5, connection: CONNECTION, params: PARAMS, target }).subarray(98);
  const [first, second] = [toUtf8(target.slice(0, 255)), toUtf8(target.slice(255))];
  assert.deepEqual(options, concat([Uint8Array.of(2, 255), first, Uint8Array.of(2, second.length), second]));
});

const counts = fc.record({ seeds: fc.nat(), downloaded: fc.nat(), leechers: fc.nat() }, { noNullPrototype: true });
for (const [family, peer] of [[4, ipv4Peer], [6, ipv6Peer]] as const) {
  const answer: fc.Arbitrary<UdpAnswer> = fc.oneof(
    fc.record({ kind: fc.constant('announce' as const), intervalMs: fc.integer({ min: 10, max: 86_400 }).map((s) => s * 1000),
      seeds: fc.nat(), leechers: fc.nat(), peers: fc.array(peer, { maxLength: 20 }) }, { noNullPrototype: true }),
    fc.record({ kind: fc.constant('scrape' as const), swarms: fc.array(counts, { maxLength: 5 }) }, { noNullPrototype: true }),
    fc.record({ kind: fc.constant('error' as const), reason: fc.string({ maxLength: 50 }) }, { noNullPrototype: true }),
    fc.constant({ kind: 'connect' as const, connection: CONNECTION }),
  );
  test(`IPv${family}: a client reads what a tracker writes`, () => {
    fc.assert(fc.property(answer, fc.nat(0xffff_ffff), (a, transaction) => {
      assert.deepEqual(parseUdpAnswer(encodeUdpAnswer({ ...a, transaction }, family), family), { ok: true, value: { ...a, transaction } });
    }));
  });
}

test('an interval of nothing, or of years, is brought into bounds; a peer cut off is left out', () => {
  const packet = fromHex('00000001' + '00000007' + '00000000' + '00000001' + '00000002' + '7f0000011ae1' + '7f0000');
  assert.deepEqual(parseUdpAnswer(packet, 4), { ok: true, value: {
    kind: 'announce', transaction: 7, intervalMs: 10_000, leechers: 1, seeds: 2, peers: [{ host: '127.0.0.1', port: 0x1ae1 }],
  } });
});

const bad: readonly (readonly [hex: string, field: string])[] = [
  ['', 'packet'], ['00000000', 'packet'], ['0000000000000001', 'packet'], ['000000010000000100000000', 'packet'], ['0000000900000001', 'action'],
];
for (const [hex, field] of bad) {
  test(`not an answer: ${hex || 'nothing'}`, () => {
    const parsed = parseUdpAnswer(fromHex(hex), 4);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.field, field);
  });
}

test('any bytes are read or refused, never thrown at', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(4 as const, 6 as const), (bytes, family) => {
    assert.equal(typeof parseUdpAnswer(bytes, family).ok, 'boolean');
    assert.equal(typeof parseUdpQuestion(bytes).ok, 'boolean');
  }));
});
