/** Pieces by rank: what is wanted more goes first, and in a rank the rarest. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bitfield } from '../../../src/model/bitfield.js';
import { A, B, C, joined, named, picked, pickerOf, ranksOf } from './swarm-of.js';

describe('Picker: ranks', () => {
  it('takes the rarest of the highest rank that the peer has', () => {
    const picker = pickerOf({ pieces: 6, blocks: 1, have: [0], ranks: [1, 1, 2, 2, 3, 0] });
    joined(picker, A, { of: 6, has: [1, 2, 3, 5] });
    joined(picker, B, { of: 6, has: [1, 2] });
    assert.deepEqual(named(picked(picker, A, 9)), ['3/0', '2/0', '1/0']);
    joined(picker, C);
    assert.deepEqual(named(picked(picker, C, 1)), ['4/0']);
  });

  it('in order, goes through the pieces of a rank before the next', () => {
    const picker = pickerOf({ pieces: 5, blocks: 1, order: 'sequential', ranks: [1, 2, 1, 2, 1] });
    joined(picker, A);
    assert.deepEqual(named(picked(picker, A, 9)), ['1/0', '3/0', '0/0', '2/0', '4/0']);
  });

  it('starts a piece of a higher rank rather than go on with one of a lower', () => {
    const picker = pickerOf({ pieces: 2, blocks: 4, have: [], ranks: [1, 2] });
    joined(picker, A, { of: 2, has: [0] });
    joined(picker, B);
    assert.deepEqual(named(picked(picker, A, 1)), ['0/0']);
    assert.deepEqual(named(picked(picker, B, 5)), ['1/0', '1/1', '1/2', '1/3', '0/1']);
  });

  it('ranks anew what is missing and what is started, with the copies that there are', () => {
    const picker = pickerOf({ pieces: 4, blocks: 2, have: [0], memory: 8 });
    joined(picker, A, { of: 4, has: [1, 2] });
    joined(picker, B, { of: 4, has: [1, 2, 3] });
    joined(picker, C, { of: 4, has: [2] });
    picker.rank(Uint8Array.of(0, 2, 2, 1));
    assert.deepEqual([1, 2, 3].map((piece) => picker.availability(piece)), [2, 3, 1]);
    assert.deepEqual(named(picked(picker, B, 3)), ['1/0', '1/1', '2/0']);
    picker.rank(Uint8Array.of(0, 1, 1, 2));
    // What it was asked for last, it goes on with.
    assert.deepEqual(named(picked(picker, B, 2)), ['2/1', '3/0']);
    picker.have(A, 3);
    picker.leave(B);
    assert.deepEqual(named(picked(picker, A, 2)), ['3/0', '3/1']);
  });

  it('keeps a piece that is all here, wanted or not', () => {
    const picker = pickerOf({ pieces: 2, blocks: 1 });
    joined(picker, A);
    picked(picker, A, 2);
    picker.received(A, 0, 0);
    picker.received(A, 1, 0);
    picker.rank(ranksOf(2, []));
    assert.deepEqual([picker.stateOf(0), picker.stateOf(1), picker.left], ['checking', 'checking', 0]);
    picker.stored(0);
    picker.failed(1);
    assert.deepEqual([picker.stateOf(0), picker.stateOf(1)], ['have', 'unwanted']);
    picker.rank(ranksOf(2, [0, 1]));
    assert.deepEqual([picker.stateOf(0), picker.stateOf(1)], ['have', 'missing']);
  });

  it('looks through a tier that has nothing for a peer once, not for each piece', () => {
    const pieces = 80_000;
    const ranks = new Uint8Array(pieces).fill(2, 0, pieces / 2).fill(1, pieces / 2);
    const picker = pickerOf({ pieces, blocks: 1, have: [0], ranks, memory: 1000 });
    joined(picker, A, { of: pieces, has: Array.from({ length: pieces / 2 }, (_, i) => pieces / 2 + i) });
    let searches = 0;
    const original = Bitfield.prototype.nextCommon;
    Bitfield.prototype.nextCommon = function counted(other, from): number {
      if (this.has(1)) searches++;
      return original.call(this, other, from);
    };
    try {
      for (let n = 0; n < 100; n++) assert.equal(picked(picker, A, 1).length, 1);
    } finally {
      Bitfield.prototype.nextCommon = original;
    }
    assert.ok(searches <= 2, `${searches} searches`);
  });
});
