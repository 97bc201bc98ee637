import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../src/base/bytes.js';
import { Blame, DIGEST_BYTES } from '../../src/model/blame.js';

const digests = (...blocks: readonly number[]): Uint8Array => concat(blocks.map((b) => new Uint8Array(DIGEST_BYTES).fill(b)));

test('liars are those whose blocks differ from the right copy, in any of the wrong ones', () => {
  const blame = new Blame();
  blame.failed(5, { digests: digests(1, 2, 9), senders: [10, 11, 12] });
  blame.failed(5, { digests: digests(8, 2, 3), senders: [13, 12, 11] });
  assert.deepEqual(blame.passed(5, digests(1, 2, 3)), [12, 13]);
});

test('pieces are apart, and a piece that is right is forgotten', () => {
  const blame = new Blame();
  blame.failed(5, { digests: digests(9), senders: [10] });
  assert.deepEqual(blame.passed(6, digests(1)), []);
  assert.deepEqual(blame.passed(5, digests(1)), [10]);
  assert.deepEqual(blame.passed(5, digests(2)), []);
});

test('for what was on disk nobody is to blame', () => {
  const blame = new Blame();
  blame.failed(0, { digests: digests(9, 2), senders: [-1, 10] });
  assert.deepEqual(blame.passed(0, digests(1, 2)), []);
});
