/** Numbers as people read them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  count, duration, eta, exactSize, percent, pieceSize, plural, rate, size, sizeOf,
} from '../../src/base/format.js';

test('sizes have three digits', () => {
  const table: readonly (readonly [number, string])[] = [
    [0, '0 B'], [999, '999 B'], [1000, '1.00 KB'], [9994, '9.99 KB'], [9995, '10.0 KB'], [99_949, '99.9 KB'],
    [99_950, '100 KB'],
    [999_499, '999 KB'], [999_500, '1.00 MB'], [67_108_864, '67.1 MB'], [1.5e12, '1.50 TB'], [2e18, '2000 PB'],
  ];
  for (const [bytes, text] of table) assert.equal(size(bytes), text);
  assert.equal(rate(1234.5), '1.24 KB/s');
  assert.equal(sizeOf(412_000_000, 652_000_000), '412 of 652 MB');
  assert.equal(sizeOf(98_100, 1.2e9), '98.1 KB of 1.20 GB');
  assert.equal(exactSize(12), '12 bytes');
  assert.equal(exactSize(1_200_000_123), '1.20 GB (1,200,000,123 bytes)');
  assert.deepEqual([16_384, 1_048_576, 3 * 16_384 + 1].map(pieceSize), ['16 KiB', '1 MiB', '49153 B']);
});

test('100 % is complete and nothing else', () => {
  assert.deepEqual([0, 0.5, 0.9999, 1].map(percent), ['0.0 %', '50.0 %', '99.9 %', '100.0 %']);
  assert.deepEqual([1.1, -1].map(percent), ['100.0 %', '0.0 %']);
});

test('durations', () => {
  const table: readonly (readonly [number, string])[] = [
    [0, '0:00'], [1, '0:01'], [59_000, '0:59'], [72_000, '1:12'], [3_599_001, '1:00:00'], [3_723_000, '1:02:03'],
    [183_600_000, '2 d 3 h'],
  ];
  for (const [ms, text] of table) assert.equal(duration(ms), text);
});

test('an ETA needs a rate, and an end in sight', () => {
  assert.equal(eta(1000, 500), 2000);
  assert.equal(eta(0, 500), undefined);
  assert.equal(eta(1000, 0), undefined);
  assert.equal(eta(1e15, 1), undefined);
});

test('counts', () => {
  assert.equal(count(1234567), '1,234,567');
  assert.deepEqual([0, 1, 2].map((n) => plural(n, 'peer')), ['0 peers', '1 peer', '2 peers']);
});
