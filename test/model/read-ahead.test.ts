import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES, KIB } from '../../src/base/units.js';
import { inRows, Lent, ReadAhead, RUN_BYTES, type Stretch } from '../../src/model/read-ahead.js';

const PIECE = 1024 * KIB + 5;
const block = (begin: number, length = BLOCK_BYTES, piece = 0): Stretch => ({ piece, begin, length });
/** Byte `i` of a piece is `i / 1000`, in one byte. */
const bytesOf = ({ begin, length }: Stretch): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.floor((begin + i) / 1000) & 255);


const lentBlock = (b: Stretch): Lent => new Lent(b, bytesOf(b));

/** A ReadAhead that keeps so many runs, and what it has let go. */
function keeping(keep: number, { atOnce = 4, idle = keep } = {}) {
  const recycled: Uint8Array[] = [];
  const recycle = (bytes: Uint8Array): void => void recycled.push(bytes);
  return { r: new ReadAhead<string>({ keep, idle, atOnce, recycle, copy: (view) => new Uint8Array(view) }), recycled };
}

/** Asks for a block that is not here, and has it read. */
function fetch(r: ReadAhead<string>, b: Stretch, who = ''): Lent {
  r.wait(b, PIECE, who);
  const run = r.next()!;
  return r.arrived(run, bytesOf(run)).find((s) => s.who === who)!.lent!;
}

describe('ReadAhead', () => {
  it('reads the run a block lies in, once for all who ask before it is there', () => {
    const { r } = keeping(4);
    r.wait(block(3 * BLOCK_BYTES), PIECE, 'a');
    r.wait(block(0), PIECE, 'b');
    const run = r.next();
    assert.deepEqual([run, r.next()], [{ piece: 0, begin: 0, length: RUN_BYTES }, undefined]);
    r.wait(block(BLOCK_BYTES), PIECE, 'c');
    assert.equal(r.find(block(0), PIECE, ''), undefined);
    assert.deepEqual(r.arrived(run!, bytesOf(run!)).map(({ who, lent }) => [who, lent]),
      [['a', 3], ['b', 0], ['c', 1]].map(([who, i]) => [who, lentBlock(block(Number(i) * BLOCK_BYTES))]));
    assert.deepEqual(r.find(block(BLOCK_BYTES), PIECE, ''), lentBlock(block(BLOCK_BYTES)));
    assert.deepEqual(r.arrived(run!, bytesOf(run!)), []);
  });

  it('the last run ends with the piece', () => {
    const { r } = keeping(4);
    r.wait(block(1024 * KIB, 5), PIECE, '');
    assert.deepEqual(r.next(), { piece: 0, begin: 1024 * KIB, length: 5 });
  });

  it('a block across the border of two runs is a run of its own', () => {
    const { r } = keeping(4);
    r.wait(block(RUN_BYTES - 10, 20), PIECE, '');
    assert.deepEqual(r.next(), block(RUN_BYTES - 10, 20));
  });

  it('a read that failed is forgotten: the next who asks makes it try again', () => {
    const { r } = keeping(4, { atOnce: 1 });
    r.wait(block(0), PIECE, 'a');
    const run = r.next()!;
    assert.deepEqual(r.arrived(run, undefined), [{ who: 'a', wanted: block(0), lent: undefined }]);
    r.wait(block(0), PIECE, 'b');
    assert.deepEqual(r.next(), run);
  });

  it('so many reads at once; the others wait, in order', () => {
    const { r } = keeping(4, { atOnce: 2 });
    for (const piece of [0, 1, 2, 3]) r.wait(block(0, 10, piece), PIECE, '');
    const first = r.next()!;
    assert.deepEqual([first.piece, r.next()?.piece, r.next()], [0, 1, undefined]);
    r.arrived(first, undefined);
    assert.deepEqual([r.next()?.piece, r.next()], [2, undefined]);
  });

  it('keeps the runs used last, and lets go of the memory of the others', () => {
    const { r, recycled } = keeping(2);
    for (const piece of [0, 1]) r.returned(fetch(r, block(0, 10, piece)));
    r.returned(r.find(block(0, 10, 0), PIECE, '')!);
    fetch(r, block(0, 10, 2));
    assert.deepEqual([0, 1, 2].map((p) => r.find(block(0, 10, p), PIECE, '') !== undefined), [true, false, true]);
    assert.equal(recycled.length, 1);
  });

  it('of the runs that nobody has been lent any of, keeps as many as may be idle: those returned last', () => {
    const { r, recycled } = keeping(4, { idle: 1 });
    const lent = [0, 1, 2].map((piece) => fetch(r, block(0, 10, piece)));
    assert.equal(recycled.length, 0, 'as many as are lent');
    for (const piece of [1, 0]) r.returned(lent[piece]!);
    assert.deepEqual([0, 1, 2].map((p) => r.find(block(0, 10, p), PIECE, '') !== undefined), [true, false, true]);
    assert.equal(recycled.length, 1);
  });

  it('a run that nobody waits for any more is idle as soon as it is read', () => {
    const { r, recycled } = keeping(4, { idle: 0 });
    r.wait(block(0), PIECE, 'a');
    r.leave('a');
    const run = r.next()!;
    assert.deepEqual([r.arrived(run, bytesOf(run)), recycled.length], [[], 1]);
  });

  it('a run stays until all that was lent of it is returned', () => {
    const { r, recycled } = keeping(1);
    const lent = [fetch(r, block(0)), r.find(block(BLOCK_BYTES), PIECE, '')!];
    r.returned(lent[0]!);
    r.returned(lent[0]!);
    fetch(r, block(0, 10, 1));
    const again = r.find(block(0), PIECE, '');
    assert.ok(again, 'one of the two is out, however often the other came back');
    r.returned(lent[1]!);
    r.returned(again);
    fetch(r, block(0, 10, 2));
    assert.deepEqual([r.find(block(0), PIECE, ''), recycled.length], [undefined, 2]);
  });

  it('where all are lent, blocks are copied: what one asks of each of many runs holds no more than itself', () => {
    const { r, recycled } = keeping(1);
    fetch(r, block(0, 1));
    const copies = [1, 2, 3].map((piece) => fetch(r, block(7, 1, piece)));
    assert.deepEqual(copies.map(({ bytes }) => [bytes.buffer.byteLength, ...bytes]), [[1, 0], [1, 0], [1, 0]]);
    assert.equal(recycled.length, 3);
    r.returned(copies[0]!);
    assert.equal(r.find(block(0, 1, 1), PIECE, ''), undefined);
  });

  it('lets go of what was not used between two times of aging, but not of what is lent', () => {
    const { r, recycled } = keeping(4);
    const out = fetch(r, block(0, 10, 0));
    for (const piece of [1, 2]) r.returned(fetch(r, block(0, 10, piece)));
    r.age();
    r.returned(r.find(block(0, 10, 1), PIECE, '')!);
    r.age();
    assert.deepEqual([0, 1, 2].map((p) => r.find(block(0, 10, p), PIECE, '') !== undefined), [true, true, false]);
    assert.equal(recycled.length, 1);
    r.returned(out);
  });

  it('a block longer than a run is none but itself, wherever it begins', () => {
    const { r } = keeping(4);
    const long = block(0, RUN_BYTES + 1);
    assert.deepEqual(fetch(r, long), lentBlock(long));
    assert.equal(r.find(block(0), PIECE, ''), undefined);
  });

  it('whatever is asked for and returned, the bytes are those of the block, and no run that is lent is let go', () => {
    const any = fc.record({ begin: fc.nat(PIECE - 1), length: fc.integer({ min: 1, max: 128 * KIB }), back: fc.boolean() });
    fc.assert(fc.property(fc.array(any, { maxLength: 20 }), (list) => {
      const { r, recycled } = keeping(3);
      const out: Lent[] = [];
      for (const { begin, length, back } of list) {
        const b = block(begin, Math.min(length, PIECE - begin));
        const lent = r.find(b, PIECE, '') ?? fetch(r, b);
        assert.deepEqual(lent, lentBlock(b));
        if (back) r.returned(lent);
        else out.push(lent);
        for (const { bytes } of out) assert.ok(!recycled.some(({ buffer }) => buffer === bytes.buffer));
      }
    }), { numRuns: 30 });
  });
});

describe('inRows', () => {
  const blocks = (...at: readonly number[]): Stretch[] => at.map((i) => block(i * BLOCK_BYTES));
  const LAST = RUN_BYTES / BLOCK_BYTES - 1;
  const rows: readonly (readonly [why: string, of: Stretch[], lengths: readonly number[]])[] = [
    ['none of nothing', [], []],
    ['blocks that follow each other are one', blocks(0, 1, 2), [3]],
    ['a gap, a step back and the same once more end it', blocks(0, 1, 3, 2, 2), [2, 1, 1, 1]],
    ['so does the end of a run', blocks(LAST - 1, LAST, LAST + 1), [2, 1]],
    ['and the end of a piece', [...blocks(0), block(BLOCK_BYTES, BLOCK_BYTES, 1)], [1, 1]],
    ['a block of another length is alone', [...blocks(0), block(BLOCK_BYTES, 5), block(BLOCK_BYTES + 5), ...blocks(3)], [1, 1, 1, 1]],
    ['those that begin anywhere lie in one run too', [10, 10 + BLOCK_BYTES].map((at) => block(at)), [2]],
    ['unless they cross its border', [-10 - BLOCK_BYTES, -10, -10 + BLOCK_BYTES].map((at) => block(RUN_BYTES + at)), [1, 1, 1]],
  ];
  for (const [why, of, lengths] of rows) {
    it(why, () => {
      const found = inRows(of);
      assert.deepEqual(found.map((row) => row.length), lengths);
      assert.deepEqual(found.flat(), of);
    });
  }
});
