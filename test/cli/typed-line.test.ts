/** A line typed key by key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeKeys, type Typed } from '../../src/cli/typed-line.js';

const line = (text: string): Typed => ({ type: 'line', line: text });

test('keys', () => {
  const table: readonly (readonly [before: string, keys: string, text: string, typed: readonly Typed[]])[] = [
    ['', 'stat', 'stat', []],
    ['stat', 'us\r', '', [line('status')]],
    ['', 'a\nb\nc', 'c', [line('a'), line('b')]],
    ['', ' \r\r', '', []],
    ['abc', '\u007f\b', 'a', []],
    ['a😀', '\u007f', 'a', []],
    ['limit up 20', '\u0017', 'limit up ', []],
    ['limit up', '\u0015x', 'x', []],
    ['ab', '\u001b[A\u001b[1;5C\u001bOPc', 'abc', []],
    ['ab', '\u0003', 'ab', [{ type: 'signal', signal: 'SIGINT' }]],
    ['', '\u001a\u001c', '', [{ type: 'signal', signal: 'SIGTSTP' }, { type: 'signal', signal: 'SIGQUIT' }]],
    ['', '\u0004\u0000\t', '', []],
  ];
  for (const [before, keys, text, typed] of table) {
    assert.deepEqual(typeKeys(before, keys), { text, typed }, JSON.stringify(keys));
  }
});

test('a line has an end', () => assert.equal(typeKeys('', 'x'.repeat(10_000)).text.length, 500));
