import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES, KIB } from '../../src/base/units.js';
import { ReadAhead, RUN_BYTES, within, type Stretch } from '../../src/model/read-ahead.js';

const PIECE = 1024 * KIB + 5;
const block = (begin: number, length = BLOCK_BYTES, piece = 0): Stretch => ({ piece, begin, length });
/** Byte `i` of a piece is `i / 1000`, in one byte. */
const bytesOf = ({ begin, length }: Stretch): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.floor((begin + i) / 1000) & 255);

describe('ReadAhead', () => {
  it('reads the run a block lies in, once for all who ask before it is there', () => {
    const r = new ReadAhead<string>(4);
    const run = r.wait(block(3 * BLOCK_BYTES), PIECE, 'a');
    assert.deepEqual(run, { piece: 0, begin: 0, length: RUN_BYTES });
    assert.equal(r.wait(block(0), PIECE, 'b'), undefined);
    assert.equal(r.find(block(0), PIECE), undefined);
    assert.deepEqual(r.arrived(run!, bytesOf(run!)), ['a', 'b']);
    assert.deepEqual(r.find(block(BLOCK_BYTES), PIECE), bytesOf(block(BLOCK_BYTES)));
    assert.deepEqual(r.arrived(run!, bytesOf(run!)), []);
  });

  it('the last run ends with the piece', () => {
    assert.deepEqual(new ReadAhead(4).wait(block(1024 * KIB, 5), PIECE, 0), { piece: 0, begin: 1024 * KIB, length: 5 });
  });

  it('a block across the border of two runs is a run of its own', () => {
    const across = block(RUN_BYTES - 10, 20);
    assert.deepEqual(new ReadAhead(4).wait(across, PIECE, 0), across);
  });

  it('a read that failed is forgotten: the next who asks makes it try again', () => {
    const r = new ReadAhead<string>(4);
    const run = r.wait(block(0), PIECE, 'a')!;
    assert.deepEqual(r.arrived(run, undefined), ['a']);
    assert.deepEqual(r.wait(block(0), PIECE, 'b'), run);
  });

  it('keeps the runs used last', () => {
    const r = new ReadAhead<string>(2);
    for (const piece of [0, 1]) {
      const run = r.wait(block(0, 10, piece), PIECE, '')!;
      r.arrived(run, bytesOf(run));
    }
    assert.ok(r.find(block(0, 10, 0), PIECE));
    const third = r.wait(block(0, 10, 2), PIECE, '')!;
    r.arrived(third, bytesOf(third));
    assert.deepEqual([0, 1, 2].map((p) => r.find(block(0, 10, p), PIECE) !== undefined), [true, false, true]);
  });

  it('a run that is being read is never dropped', () => {
    const r = new ReadAhead<string>(1);
    const runs = [0, 1, 2].map((piece) => r.wait(block(0, 10, piece), PIECE, `${piece}`)!);
    assert.deepEqual(runs.map((run) => r.arrived(run, bytesOf(run))), [['0'], ['1'], ['2']]);
  });

  it('whatever is asked for, the bytes are those of the block', () => {
    const any = fc.record({ begin: fc.nat(PIECE - 1), length: fc.integer({ min: 1, max: 128 * KIB }) });
    fc.assert(fc.property(fc.array(any, { maxLength: 20 }), (list) => {
      const r = new ReadAhead<Stretch>(3);
      for (const { begin, length } of list) {
        const b = block(begin, Math.min(length, PIECE - begin));
        const here = r.find(b, PIECE);
        if (here) {
          assert.deepEqual(here, bytesOf(b));
          continue;
        }
        const run = r.wait(b, PIECE, b)!;
        assert.ok(run.begin + run.length <= PIECE);
        const bytes = bytesOf(run);
        for (const waiting of r.arrived(run, bytes)) assert.deepEqual(within(bytes, run, waiting), bytesOf(waiting));
      }
    }), { numRuns: 30 });
  });
});
