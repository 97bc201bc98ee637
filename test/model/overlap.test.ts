import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import fc from 'fast-check';
import { fromSeed, shuffled } from '../../src/base/random.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { Overlap } from '../../src/model/overlap.js';

const SIZE = 20;
const MEMBERS = 3;

const fieldOf = (indices: readonly number[], length = SIZE): Bitfield => {
  const field = new Bitfield(length);
  for (const i of indices) field.set(i);
  return field;
};

describe('Overlap', () => {
  it('agrees with counting, whatever leaves and comes', () => {
    const op = fc.tuple(fc.constantFrom('left', 'entered', 'gained', 'anew', 'drop'), fc.nat(MEMBERS - 1), fc.nat(SIZE - 1));
    const indices = fc.array(fc.nat(SIZE - 1));
    fc.assert(fc.property(indices, fc.array(op, { maxLength: 100 }), (first, ops) => {
      const set = fieldOf(first);
      const overlap = new Overlap(set);
      const members = Array.from({ length: MEMBERS }, () => ({ bits: new Bitfield(SIZE) }));
      const shares = (): boolean[] => members.map(({ bits }) => bits.countCommon(set) > 0);
      for (const [what, who, index] of ops) {
        const member = members[who]!;
        const before = shares();
        if (what === 'left' && set.clear(index)) {
          const now = shares();
          assert.deepEqual(new Set(overlap.left(index)), new Set(members.filter((_, i) => before[i] && !now[i])));
        }
        if (what === 'entered' && set.set(index)) {
          members.forEach((m, i) => { if (m.bits.has(index)) assert.equal(overlap.gained(m, index), !before[i]); });
        }
        if (what === 'gained' && member.bits.set(index)) assert.equal(overlap.gained(member, index), !before[who] && set.has(index));
        if (what === 'anew') {
          if (!member.bits.clear(index)) member.bits.set(index);
          overlap.seek(member);
        }
        if (what === 'drop') {
          for (let i = 0; i < SIZE; i++) member.bits.clear(i);
          overlap.drop(member);
        }
        assert.deepEqual(members.map((m) => overlap.has(m)), shares());
      }
    }));
  });

  it('seeks seldom: once where indices leave upwards, a logarithmic number of times where they leave at random', () => {
    const size = 1024;
    const upwards = [...Array(size).keys()];
    assert.equal(searches(upwards, Bitfield.full(size)), 3, 'the first, and at last two in vain, below the example and above');
    const random = fromSeed(1);
    const half = fieldOf(upwards.filter(() => random.below(2) === 0), size);
    // Of k indices that are left one is held: 1 + 1/2 + ... + 1/512 = 6.8 new examples.
    const often = searches(shuffled(upwards, random), half);
    assert.ok(often > 2 && often < 20, `${often} searches`);
  });
});

/** How often the whole or the rest of `bits` is searched, from beginning to end. */
function searches(order: readonly number[], bits: Bitfield): number {
  const set = Bitfield.full(bits.length);
  const overlap = new Overlap(set);
  const search = mock.method(Bitfield.prototype, 'lastCommon');
  overlap.seek({ bits });
  for (const index of order) {
    set.clear(index);
    overlap.left(index);
  }
  search.mock.restore();
  return search.mock.callCount();
}
