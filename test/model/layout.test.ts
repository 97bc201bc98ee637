import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES } from '../../src/base/units.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { Layout } from '../../src/model/layout.js';

const layoutOf = (lengths: readonly number[], pieceLength: number): Layout => new Layout({
  files: lengths.map((length) => ({ length, padding: false })),
  pieceLength,
  totalBytes: lengths.reduce((sum, n) => sum + n, 0),
});

describe('Layout', () => {
  it('cuts a piece at file edges and leaves empty files out', () => {
    const layout = layoutOf([0, 5, 0, 0, 3, 8, 0], 6);
    assert.deepEqual(layout.pieceSpans(0), [{ file: 1, offset: 0, length: 5 }, { file: 4, offset: 0, length: 1 }]);
    assert.deepEqual(layout.pieceSpans(1), [{ file: 4, offset: 1, length: 2 }, { file: 5, offset: 0, length: 4 }]);
    assert.deepEqual(layout.pieceSpans(2), [{ file: 5, offset: 4, length: 4 }]);
  });

  it('knows the short last piece and its short last block', () => {
    const layout = layoutOf([3 * BLOCK_BYTES + 1], 2 * BLOCK_BYTES);
    assert.equal(layout.pieceCount, 2);
    assert.deepEqual([layout.pieceBytes(0), layout.blocksIn(0)], [2 * BLOCK_BYTES, 2]);
    assert.deepEqual([layout.pieceBytes(1), layout.blocksIn(1)], [BLOCK_BYTES + 1, 2]);
    assert.equal(layout.blockBytes(1, 0), BLOCK_BYTES);
    assert.equal(layout.blockBytes(1, 1), 1);
  });

  it('tells the pieces of a file; of an empty file, none', () => {
    const layout = layoutOf([5, 0, 3, 8], 4);
    assert.deepEqual([0, 1, 2, 3].map((file) => layout.piecesOf(file)),
      [{ first: 0, last: 1 }, { first: 1, last: 0 }, { first: 1, last: 1 }, { first: 2, last: 3 }]);
  });

  it('is exact beyond 2^32 bytes and beyond 2^31 pieces of one byte', () => {
    const layout = layoutOf([2 ** 40 + 7, 9], 2 ** 24);
    const across = [{ file: 0, offset: 2 ** 40 + 6, length: 1 }, { file: 1, offset: 0, length: 1 }];
    assert.deepEqual(layout.spans(2 ** 40 + 6, 2), across);
    assert.equal(layout.pieceBytes(layout.pieceCount - 1), 16);
    assert.equal(layoutOf([2 ** 40], 1).pieceSpans(2 ** 35)[0]!.offset, 2 ** 35);
  });

  it('refuses what is not in the torrent, and a sum that does not match', () => {
    const layout = layoutOf([10], 4);
    for (const [offset, length] of [[-1, 2], [9, 2], [0, -1], [NaN, 1]] as const) {
      assert.throws(() => layout.spans(offset, length), RangeError);
    }
    assert.throws(() => layout.pieceBytes(3), RangeError);
    assert.throws(() => layout.piecesOf(1), RangeError);
    assert.throws(() => new Layout({ files: [], pieceLength: 4, totalBytes: 1 }), RangeError);
    assert.throws(() => new Layout({ files: [], pieceLength: 0, totalBytes: 0 }), RangeError);
  });

  it('maps every byte as a walk over the files does', () => {
    const lengths = fc.array(fc.oneof(fc.constant(0), fc.nat(40)), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(lengths, fc.integer({ min: 1, max: 50 }), fc.nat(), fc.nat(), (files, pieceLength, a, b) => {
      const layout = layoutOf(files, pieceLength);
      const bytes = files.flatMap((length, file) => Array.from({ length }, (_, offset) => `${file}:${offset}`));
      const offset = a % (layout.totalBytes + 1);
      const length = b % (layout.totalBytes - offset + 1);
      const spans = layout.spans(offset, length);
      assert.ok(spans.every((span) => span.length > 0));
      const mapped = spans.flatMap((s) => Array.from({ length: s.length }, (_, i) => `${s.file}:${s.offset + i}`));
      assert.deepEqual(mapped, bytes.slice(offset, offset + length));
      files.forEach((size, file) => {
        const { first, last } = layout.piecesOf(file);
        const touched = Array.from({ length: layout.pieceCount }, (_, piece) => piece)
          .filter((piece) => layout.pieceSpans(piece).some((span) => span.file === file));
        const alone = (piece: number): Bitfield => {
          const field = new Bitfield(layout.pieceCount);
          field.set(piece);
          return field;
        };
        for (const piece of touched) {
          const [span] = layout.pieceSpans(piece).filter((s) => s.file === file);
          assert.equal(layout.bytesIn(file, alone(piece)), span!.length);
        }
        assert.equal(layout.bytesIn(file, Bitfield.full(layout.pieceCount)), size);
        assert.deepEqual(touched, Array.from({ length: last - first + 1 }, (_, i) => first + i), `size ${size}`);
      });
    }));
  });
});
