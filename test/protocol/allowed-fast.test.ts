import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { allowedFastSet } from '../../src/protocol/allowed-fast.js';

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();
const example = { ip: '80.4.4.200', infoHash: infoHash('aa'.repeat(20)), pieceCount: 1313, sha1 };

test('the examples of BEP 6', () => {
  assert.deepEqual(allowedFastSet({ ...example, count: 7 }), [1059, 431, 808, 1217, 287, 376, 1188]);
  assert.deepEqual(allowedFastSet({ ...example, count: 9 }), [1059, 431, 808, 1217, 287, 376, 1188, 353, 508]);
});

test('neighbours in a /24 get the same set, others another', () => {
  assert.deepEqual(allowedFastSet({ ...example, ip: '80.4.4.1' }), allowedFastSet(example));
  assert.notDeepEqual(allowedFastSet({ ...example, ip: '80.4.5.200' }), allowedFastSet(example));
});

test('a torrent of few pieces allows them all; IPv6 and names have no set', () => {
  assert.deepEqual(allowedFastSet({ ...example, pieceCount: 3 }), [0, 1, 2]);
  assert.deepEqual(allowedFastSet({ ...example, pieceCount: 0 }), []);
  assert.deepEqual(allowedFastSet({ ...example, ip: '::1' }), []);
  assert.deepEqual(allowedFastSet({ ...example, ip: 'a.org' }), []);
  const set = allowedFastSet({ ...example, pieceCount: 11 });
  assert.equal(new Set(set).size, 10);
});
