import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bitfield } from '../../src/model/bitfield.js';

const parsed = (bytes: readonly number[], length: number): Bitfield => {
  const result = Bitfield.parse(Uint8Array.from(bytes), length);
  assert.ok(result.ok);
  return result.value;
};

describe('Bitfield', () => {
  it('puts bit 0 in the high bit of byte 0 (BEP 3)', () => {
    const field = new Bitfield(12);
    field.set(0);
    field.set(11);
    assert.deepEqual([...field.bytes()], [0x80, 0x10]);
    assert.ok(parsed([0x80, 0x10], 12).has(11));
  });

  it('leaves the spare bits of a full field clear', () => {
    assert.deepEqual([...Bitfield.full(11).bytes()], [0xff, 0xe0]);
    assert.deepEqual([...Bitfield.full(8).bytes()], [0xff]);
    assert.ok(Bitfield.full(0).isFull && Bitfield.full(0).isEmpty);
  });

  for (const [why, bytes, length] of [
    ['too few bytes', [0xff], 9],
    ['too many bytes', [0xff, 0x00], 8],
    ['a spare bit', [0xff, 0x40], 9],
    ['a byte for nothing', [0x00], 0],
  ] as const) {
    it(`refuses ${why}`, () => assert.ok(!Bitfield.parse(Uint8Array.from(bytes), length).ok));
  }

  it('does not share bytes with what it was parsed from, gives out, or was cloned from', () => {
    const bytes = Uint8Array.of(0x00);
    const result = Bitfield.parse(bytes, 8);
    assert.ok(result.ok);
    bytes[0] = 0xff;
    result.value.bytes()[0] = 0xff;
    result.value.clone().set(3);
    assert.ok(result.value.isEmpty);
  });

  it('has nothing out of range, and refuses to set there', () => {
    const field = Bitfield.full(9);
    for (const i of [-1, 9, 15, 16, 1e9]) {
      assert.equal(field.has(i), false);
      assert.throws(() => field.set(i), RangeError);
      assert.throws(() => field.clear(i), RangeError);
    }
  });

  it('behaves as a set of numbers', () => {
    const flip = fc.tuple(fc.boolean(), fc.nat(69));
    fc.assert(fc.property(fc.integer({ min: 70, max: 90 }), fc.array(flip), fc.array(flip), (length, ones, twos) => {
      const [a, setA] = applied(length, ones);
      const [b, setB] = applied(length, twos);
      assert.equal(a.count, setA.size);
      assert.deepEqual(listed((i) => a.nextSet(i)), [...setA].sort(ascending));
      assert.deepEqual(listed((i) => a.nextMissing(i)), range(length).filter((i) => !setA.has(i)));
      const both = [...setA].filter((i) => setB.has(i)).sort(ascending);
      assert.deepEqual(listed((i) => a.nextCommon(b, i)), both);
      const downwards: number[] = [];
      for (let i = a.lastCommon(b, length - 1); i >= 0; i = a.lastCommon(b, i - 1)) downwards.push(i);
      assert.deepEqual(downwards, [...both].reverse());
      assert.equal(a.countCommon(b), both.length);
      assert.deepEqual(parsed([...a.bytes()], length), a);
    }));
  });
});

function applied(length: number, flips: readonly (readonly [boolean, number])[]): [Bitfield, Set<number>] {
  const field = new Bitfield(length);
  const set = new Set<number>();
  for (const [on, i] of flips) {
    assert.equal(on ? field.set(i) : field.clear(i), set.has(i) !== on);
    if (on) set.add(i);
    else set.delete(i);
  }
  return [field, set];
}

function listed(next: (from: number) => number): number[] {
  const found: number[] = [];
  for (let i = next(0); i >= 0; i = next(i + 1)) found.push(i);
  return found;
}

const ascending = (a: number, b: number): number => a - b;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
