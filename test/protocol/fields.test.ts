import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../../src/base/bytes.js';
import { Fields, Flaws, present, shown } from '../../src/protocol/fields.js';

const sample = { n: 5, s: toUtf8('text'), l: [toUtf8('a'), toUtf8('b')], d: { x: [{ y: 1 }] } };

test('readers give what is there', () => {
  const f = new Fields(sample);
  assert.deepEqual([f.int('n'), f.text('s'), f.texts('l')], [5, 'text', ['a', 'b']]);
  assert.equal(f.dict('d').dicts('x')[0]!.int('y'), 1);
  assert.deepEqual(f.flaws.result('done'), { ok: true, value: 'done' });
});

test('maybe readers give undefined for what is missing, and leave no flaw', () => {
  const f = new Fields(sample);
  const read = [f.maybeInt('q'), f.maybeBytes('q'), f.maybeText('q'), f.maybeList('q'), f.maybeDict('q'), f.get('q')];
  assert.deepEqual([...read, f.flaws.first], new Array(7).fill(undefined));
});

const flawed: readonly (readonly [string, (f: Fields) => unknown, string])[] = [
  ['missing integer', (f) => f.int('q'), 'q: an integer, nothing'],
  ['integer out of range', (f) => f.int('n', 6, 9), 'n: an integer from 6 to 9, 5'],
  ['text for an integer', (f) => f.maybeInt('s'), 's: an integer of at least 0, "text"'],
  ['integer for text', (f) => f.text('n'), 'n: a string, 5'],
  ['dictionary for a list', (f) => f.list('d'), 'd: a list, a dictionary'],
  ['list for a dictionary', (f) => f.dict('l'), 'l: a dictionary, a list'],
  ['a place inside', (f) => f.dict('d').dicts('x')[0]!.int('z'), 'd.x[0].z: an integer, nothing'],
  ['members every object has', (f) => f.dict('constructor'), 'constructor: a dictionary, nothing'],
];
for (const [what, read, want] of flawed) {
  test(`a flaw, and a stand-in: ${what}`, () => {
    const f = new Fields(sample);
    assert.notEqual(read(f), undefined);
    const { field, expected, found } = f.flaws.first!;
    assert.equal(`${field}: ${expected}, ${found}`, want);
  });
}

test('the first flaw wins', () => {
  const flaws = new Flaws();
  const f = new Fields(sample, 'top', flaws);
  f.int('a');
  f.int('b');
  assert.equal(flaws.first?.field, 'top.a');
});

test('what was found is short whatever came', () => {
  assert.equal(shown(new Uint8Array(5000)), 'a string of 5000 bytes');
  assert.equal(shown(toUtf8('x')), '"x"');
});

test('present drops what is undefined, and only that', () => {
  assert.deepEqual(present({ a: undefined, b: 0, c: '' }), { b: 0, c: '' });
});
