import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromSeed } from '../../src/base/random.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { emptyShelf, RarityOrder } from '../../src/model/rarity.js';

const PIECES = 12;

function withCandidates(pieces: number, seed = 1): RarityOrder {
  const rarity = new RarityOrder(Array(pieces).keys(), emptyShelf(pieces), fromSeed(seed));
  for (let piece = 0; piece < pieces; piece++) rarity.add(piece);
  return rarity;
}

describe('RarityOrder', () => {
  it('picks the rarest that is acceptable', () => {
    const rarity = withCandidates(3);
    for (const piece of [0, 0, 0, 1, 2, 2]) rarity.have(piece);
    assert.equal(rarity.rarest(), 1);
    assert.equal(rarity.pick((piece) => piece !== 1), 2);
    rarity.remove(1);
    rarity.lost(0);
    rarity.lost(0);
    assert.equal(rarity.rarest(), 0);
    assert.equal(rarity.pick(() => false), -1);
  });

  it('agrees with a naive model, whatever happens', () => {
    const op = fc.tuple(fc.constantFrom('have', 'lost', 'add', 'remove'), fc.nat(PIECES - 1));
    const bits = fc.array(fc.nat(PIECES - 1));
    fc.assert(fc.property(fc.nat(), fc.array(op, { maxLength: 200 }), bits, (seed, ops, had) => {
      const rarity = new RarityOrder(Array(PIECES).keys(), emptyShelf(PIECES), fromSeed(seed));
      const copies = new Array<number>(PIECES).fill(0);
      const candidates = new Set<number>();
      for (const [what, piece] of ops) {
        if (what === 'have') copies[piece]!++;
        if (what === 'lost' && copies[piece] === 0) assert.throws(() => rarity.lost(piece));
        else rarity[what as 'have'](piece);
        if (what === 'lost') copies[piece] = Math.max(0, copies[piece]! - 1);
        if (what === 'add') candidates.add(piece);
        if (what === 'remove') candidates.delete(piece);
      }
      const order: number[] = [];
      rarity.pick((piece) => {
        order.push(piece);
        return false;
      });
      assert.deepEqual([...order].sort((a, b) => a - b), [...candidates].sort((a, b) => a - b));
      assert.deepEqual(order.map((p) => copies[p]), order.map((p) => copies[p]!).sort((a, b) => a - b));
      assert.equal(rarity.candidates, candidates.size);
      assert.equal(rarity.candidatesWithoutCopy, order.filter((p) => copies[p] === 0).length);
      for (let p = 0; p < PIECES; p++) {
        assert.equal(rarity.availability(p), copies[p]);
        assert.equal(rarity.isCandidate(p), candidates.has(p));
      }
      const field = new Bitfield(PIECES);
      for (const p of had) if (copies[p]! > 0) field.set(p);
      assert.equal(rarity.pickFor(field, PIECES), order.find((p) => field.has(p)) ?? -1);
    }));
  });

  it('looks no further than it is told to', () => {
    const rarity = withCandidates(100);
    for (let piece = 0; piece < 100; piece++) rarity.have(piece);
    rarity.have(42);
    const field = new Bitfield(100);
    field.set(42);
    assert.equal(rarity.pickFor(field, 99), -1);
    assert.equal(rarity.pickFor(field, 100), 42);
  });

  it('breaks ties at random: no piece is favoured for its index, nor for who came last', () => {
    const first = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      const rarity = withCandidates(10, seed);
      for (let piece = 0; piece < 10; piece++) rarity.have(piece);
      first[rarity.rarest()]!++;
    }
    // 400 expected, standard deviation 19.
    assert.ok(Math.min(...first) > 310 && Math.max(...first) < 490, `${first}`);
  });

  it('takes thousands of copies of one piece', () => {
    const rarity = withCandidates(2);
    for (let n = 0; n < 5000; n++) rarity.have(1);
    assert.equal(rarity.rarest(), 0);
    assert.equal(rarity.availability(1), 5000);
    for (let n = 0; n < 5000; n++) rarity.lost(1);
    assert.equal(rarity.candidatesWithoutCopy, 2);
  });
});
