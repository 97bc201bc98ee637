/** Text that strangers have chosen, on a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { columnsOf, fit, printable } from '../../../src/cli/render/text.js';

test('control characters are not shown', () => {
  assert.equal(printable('a\u001b[2Jb\r\n\u0007\u009b31m'), 'a\ufffd[2Jb\ufffd\ufffd\ufffd\ufffd31m');
  assert.equal(printable('\u202egpj.exe'), '\ufffdgpj.exe');
  assert.equal(printable('Grüße, 第三季 😀'), 'Grüße, 第三季 😀');
});

test('columns', () => {
  assert.deepEqual(['', 'abc', 'ü', 'u\u0308', '第三', '한글', '😀'].map(columnsOf), [0, 3, 1, 1, 4, 4, 2]);
});

test('a text is cut in the middle, so that its end can be read', () => {
  assert.equal(fit('short', 8), 'short   ');
  assert.equal(fit('Some Series S01E07.mkv', 14), 'Some Ser…7.mkv');
  assert.equal(fit('Some Series', 1), '…');
  assert.equal(fit('Some Series', 0), '');
  assert.equal(fit('第三季第三季', 7), '第三…季');
  assert.equal(fit('第三季第三季', 6), '第…季 ');
  assert.equal(fit('abcdefgh', 6, '..'), 'abc..h');
});

test('the width is always exact', () => {
  const any = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(fc.property(any, fc.integer({ min: 2, max: 40 }), (text, width) => {
    assert.equal(columnsOf(fit(text, width)), width);
  }));
});
