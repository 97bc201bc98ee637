import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/base/bytes.js';
import { formatCompact4, formatCompact6, parseCompact4, parseCompact6 } from '../../src/protocol/compact.js';
import { ipv4Peer, ipv6Peer } from './arbitraries.js';

test('IPv4 (BEP 23) and IPv6 (BEP 7) as bytes', () => {
  const v4 = [{ host: '10.0.0.1', port: 6881 }];
  const v6 = [{ host: '2001:db8::1', port: 80 }];
  assert.equal(toHex(formatCompact4(v4)), '0a0000011ae1');
  assert.equal(toHex(formatCompact6(v6)), '20010db80000000000000000000000010050');
  assert.deepEqual(parseCompact4(formatCompact4(v4)), { ok: true, value: v4 });
  assert.deepEqual(parseCompact6(formatCompact6(v6)), { ok: true, value: v6 });
});

test('of a mixed list each form takes its own, and names go nowhere', () => {
  const mixed = [{ host: '::1', port: 1 }, { host: '1.1.1.1', port: 2 }, { host: 'a.org', port: 3 }];
  assert.deepEqual([formatCompact4(mixed).length, formatCompact6(mixed).length], [6, 18]);
});

test('a part of a peer is refused, port 0 is skipped', () => {
  const part = parseCompact4(new Uint8Array(7), 'added');
  assert.deepEqual(part, { ok: false, error: { field: 'added', expected: 'a multiple of 6 bytes', found: '7 bytes' } });
  assert.equal(parseCompact6(new Uint8Array(17)).ok, false);
  assert.deepEqual(parseCompact4(fromHex('010203040000' + '010203040001')), {
    ok: true, value: [{ host: '1.2.3.4', port: 1 }],
  });
});

test('any peers come back', () => {
  fc.assert(fc.property(fc.array(ipv4Peer), fc.array(ipv6Peer), (v4, v6) => {
    assert.deepEqual(parseCompact4(formatCompact4(v4)), { ok: true, value: v4 });
    assert.deepEqual(parseCompact6(formatCompact6(v6)), { ok: true, value: v6 });
  }));
});
