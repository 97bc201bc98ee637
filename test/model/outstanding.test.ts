import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES } from '../../src/base/units.js';
import { Outstanding } from '../../src/model/outstanding.js';

const block = (piece: number, n: number) => ({ piece, begin: n * BLOCK_BYTES, length: BLOCK_BYTES, askedAt: 0 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('Outstanding', () => {
  it('a request is taken once', () => {
    const o = new Outstanding();
    o.add(block(3, 1));
    assert.deepEqual([o.size, o.take(3, BLOCK_BYTES), o.size, o.take(3, BLOCK_BYTES)], [1, block(3, 1), 0, undefined]);
  });

  it('asking twice is one request, which is then the newest', () => {
    const o = new Outstanding();
    assert.equal(o.add(block(3, 1)), true);
    assert.equal(o.add(block(4, 0)), true);
    assert.deepEqual(o.oldest, block(3, 1));
    assert.equal(o.add(block(3, 1)), false);
    assert.deepEqual([o.size, o.oldest], [2, block(4, 0)]);
  });

  it('clear forgets all', () => {
    const o = new Outstanding();
    o.add(block(0, 0));
    o.clear();
    assert.deepEqual([o.size, o.take(0, 0)], [0, undefined]);
  });

  it('a block far behind the end of its piece is not the first of the next', () => {
    const o = new Outstanding();
    o.add(block(1, 0));
    assert.equal(o.take(0, 2 ** 28), undefined);
    assert.equal(o.size, 1);
  });

  it('whatever a peer sends, it gets just what was asked of it', () => {
    const asked = fc.record({ piece: fc.nat(300), n: fc.nat(2 ** 14 - 1) });
    fc.assert(fc.property(fc.array(asked, { maxLength: 20 }), fc.array(fc.tuple(u32, u32)), (list, strange) => {
      const o = new Outstanding();
      for (const { piece, n } of list) o.add(block(piece, n));
      const known = new Set(list.map(({ piece, n }) => `${piece}/${n * BLOCK_BYTES}`));
      assert.equal(o.size, known.size);
      const probes = [...strange, ...list.map(({ piece, n }) => [piece, n * BLOCK_BYTES] as const)];
      for (const [piece, begin] of probes) {
        const taken = o.take(piece, begin);
        assert.equal(taken !== undefined, known.delete(`${piece}/${begin}`));
        if (taken) assert.deepEqual([taken.piece, taken.begin], [piece, begin]);
      }
    }));
  });
});
