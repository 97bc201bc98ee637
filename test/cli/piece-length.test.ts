/** Piece lengths as typed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePieceLength } from '../../src/cli/piece-length.js';

test('a piece length is a power of two, in bytes or with a suffix of 1024', () => {
  const table: readonly (readonly [string, number])[] = [
    ['16384', 16_384], ['16Ki', 16_384], ['256K', 262_144], ['256KiB', 262_144], ['1M', 1_048_576],
    ['256Mi', 268_435_456],
  ];
  for (const [text, bytes] of table) assert.deepEqual(parsePieceLength(text), { ok: true, value: bytes }, text);
});

test('others are refused', () => {
  for (const text of ['', '0', '1', '8192', '16385', '512Mi', '3Ki', '48Ki', '1G', '-1', '16 Ki x', '1e6']) {
    assert.equal(parsePieceLength(text).ok, false, text);
  }
});
