import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import { NOBODY } from '../../../src/policy/pick/block-sheets.js';
import type { BlockRef } from '../../../src/policy/pick/blocks.js';
import type { Picker } from '../../../src/policy/pick/picker.js';
import { A, B, bitfieldOf, C, D, joined, named, picked, pickerOf } from './swarm-of.js';

const SECOND = 1000;

describe('Picker: which piece', () => {
  it('asks the blocks of a piece in order, and finishes it before the next', () => {
    const picker = pickerOf({ pieces: 10, blocks: 4 });
    joined(picker, A);
    const refs = picked(picker, A, 6);
    assert.deepEqual(refs.map((r) => r.block), [0, 1, 2, 3, 0, 1]);
    assert.equal(new Set(refs.slice(0, 4).map((r) => r.piece)).size, 1);
    assert.equal(picker.outstanding(A), 6);
  });

  it('takes the rarest first once it has a piece', () => {
    const picker = pickerOf({ pieces: 4, blocks: 1, have: [0] });
    joined(picker, A);
    joined(picker, B, { of: 4, has: [1, 2] });
    joined(picker, C, { of: 4, has: [1] });
    assert.deepEqual(named(picked(picker, A, 3)), ['3/0', '2/0', '1/0']);
  });

  it('takes the rarest of what a peer has, not the rarest of all', () => {
    const picker = pickerOf({ pieces: 4, blocks: 1, have: [0] });
    joined(picker, A, { of: 4, has: [1, 2] });
    joined(picker, B, { of: 4, has: [1] });
    joined(picker, C, { of: 4, has: [3] });
    assert.deepEqual(named(picked(picker, A, 9)), ['2/0', '1/0']);
    assert.deepEqual(picked(picker, B, 9), []);
  });

  it('starts with a random piece, whatever is rare', () => {
    const counts = new Array<number>(5).fill(0);
    for (let seed = 0; seed < 500; seed++) {
      const picker = pickerOf({ pieces: 5, blocks: 1, seed });
      joined(picker, A);
      joined(picker, B, { of: 5, has: [1, 2, 3, 4] });
      counts[picked(picker, A, 1)[0]!.piece]!++;
    }
    // 100 expected, standard deviation 9; rarest first would give piece 0 each time.
    assert.ok(Math.min(...counts) > 60 && Math.max(...counts) < 140, `${counts}`);
  });

  it('takes any at random when asked to, whatever is rare', () => {
    const counts = new Array<number>(5).fill(0);
    for (let seed = 0; seed < 500; seed++) {
      const picker = pickerOf({ pieces: 6, blocks: 1, seed, order: 'random', have: [5] });
      joined(picker, A);
      joined(picker, B, { of: 6, has: [1, 2, 3, 4] });
      counts[picked(picker, A, 1)[0]!.piece]!++;
    }
    // As above, but for the piece had already: whoever draws that takes the next, which is the first.
    assert.ok(Math.min(...counts) > 50 && Math.max(...counts.slice(1)) < 120, `${counts}`);
  });

  it('takes them in order when asked to', () => {
    const picker = pickerOf({ pieces: 5, blocks: 1, order: 'sequential' });
    joined(picker, A, { of: 5, has: [4, 1, 3] });
    joined(picker, B);
    assert.deepEqual(named(picked(picker, A, 2)), ['1/0', '3/0']);
    assert.deepEqual(named(picked(picker, B, 9)).slice(0, 3), ['0/0', '2/0', '4/0']);
  });

  it('goes on asking a peer that had nothing to start once something comes', () => {
    // Rare pieces and one common one, far more than a search looks at.
    const picker = pickerOf({ pieces: 1000, blocks: 1, have: [0] });
    joined(picker, A);
    joined(picker, B, { of: 1000, has: [7] });
    joined(picker, C, { of: 1000, has: [7, 8] });
    assert.deepEqual(named(picked(picker, B, 9)), ['7/0']);
    assert.deepEqual(picked(picker, B, 9), [], 'piece 7 is started');
    picker.have(B, 8);
    assert.deepEqual(named(picked(picker, B, 9)), ['8/0']);
    assert.deepEqual(picked(picker, B, 9), []);
    picker.received(B, 7, 0);
    picker.failed(7);
    assert.deepEqual(named(picked(picker, B, 9)), ['7/0'], 'missing again');
  });

  it('finds a piece for a peer that has none of the rarest thousands', () => {
    const picker = pickerOf({ pieces: 5000, blocks: 1, have: [0] });
    joined(picker, A, { of: 5000, has: [4321] });
    joined(picker, B, { of: 5000, has: [4321] });
    joined(picker, C, { of: 5000, has: Array.from({ length: 4000 }, (_, i) => i) });
    assert.deepEqual(named(picked(picker, A, 2)), ['4321/0']);
    joined(picker, D, { of: 5000, has: [4400, 4444] });
    picker.have(A, 4400);
    assert.deepEqual(named(picked(picker, D, 2)), ['4444/0', '4400/0'], 'the rarer of them first');
  });

  it('joins a started piece before it starts another', () => {
    const picker = pickerOf({ pieces: 10, blocks: 8 });
    joined(picker, A);
    joined(picker, B);
    const [first] = picked(picker, A, 2);
    const refs = picked(picker, B, 2);
    assert.deepEqual(named(refs), [`${first!.piece}/2`, `${first!.piece}/3`]);
  });

  it('has a seed send what is rarer than what is started', () => {
    const picker = pickerOf({ pieces: 10, blocks: 8, have: [0] });
    joined(picker, A, { of: 10, has: [1] });
    joined(picker, B);
    picked(picker, A, 2);
    const [rarer] = picked(picker, B, 2);
    assert.notEqual(rarer!.piece, 1);
    picker.received(B, rarer!.piece, 0);
    picker.leave(B);
    joined(picker, C);
    assert.deepEqual(named(picked(picker, C, 2)), ['1/2', '1/3'], 'two are open, and there are two peers');
  });

  it('joins what is started, however rare others are, until a piece is whole', () => {
    const picker = pickerOf({ pieces: 10, blocks: 8 });
    joined(picker, A, { of: 10, has: [1] });
    joined(picker, B);
    picked(picker, A, 2);
    assert.deepEqual(named(picked(picker, B, 2)), ['1/2', '1/3']);
  });

  it('joins a piece of its own pace rather than an older one', () => {
    const picker = pickerOf({ pieces: 10, blocks: 100 });
    const [slow, fast] = [0, 1];
    joined(picker, A, { of: 10, has: [slow] });
    joined(picker, B, { of: 10, has: [fast] });
    joined(picker, C);
    joined(picker, D);
    picked(picker, A, 2);
    picked(picker, B, 50);
    assert.equal(picked(picker, C, 50)[0]!.piece, fast);
    assert.equal(picked(picker, D, 2)[0]!.piece, slow);
  });

  it('asks a peer for what it suggests, if that is missing, it has it, and nothing is wanted more', () => {
    const ranks = [2, 1, 1, 1, 1, 0];
    const picker = pickerOf({ pieces: 6, blocks: 1, have: [1], ranks });
    joined(picker, B, { of: 6, has: [3, 4] });
    joined(picker, A, { of: 6, has: [0, 1, 2, 4, 5] });
    for (const piece of [1, 3, 4, 5, 6, 4_000_000_000]) picker.suggest(A, piece);
    assert.deepEqual(named(picked(picker, A, 3)), ['0/0', '4/0', '2/0']);
  });

  it('remembers the latest suggestions of a peer, and of a flood no more', () => {
    const picker = pickerOf({ pieces: 100, blocks: 1, have: [99] });
    joined(picker, B, { of: 100, has: Array.from({ length: 50 }, (_, i) => i) });
    joined(picker, A);
    // Without suggestions it would be asked for one of the second half first.
    for (let piece = 0; piece < 50; piece++) picker.suggest(A, piece);
    const pieces = picked(picker, A, 17).map(({ piece }) => piece);
    assert.deepEqual(pieces.slice(0, 16), Array.from({ length: 16 }, (_, i) => 49 - i));
    assert.ok(pieces[16]! >= 50);
  });

  it('asks nothing unwanted, and nothing of a stranger', () => {
    const picker = pickerOf({ pieces: 4, blocks: 1, wanted: [2] });
    joined(picker, A);
    assert.deepEqual(named(picked(picker, A, 9)), ['2/0']);
    assert.deepEqual(picked(picker, B, 9), []);
    assert.equal(picker.left, BLOCK_BYTES);
    assert.equal(picker.stateOf(1), 'unwanted');
  });

  it('asks a choking peer for the pieces it allowed, no others (BEP 6)', () => {
    const picker = pickerOf({ pieces: 6, blocks: 2, have: [3] });
    joined(picker, A, { of: 6, has: [1, 2, 3, 4] });
    const out: BlockRef[] = [];
    assert.equal(picker.pickAllowedFast(A, [0, 3, 2, 99, 4], { count: 3, now: 0, out }), 3);
    assert.deepEqual(named(out), ['2/0', '2/1', '4/0']);
    assert.equal(picker.pickAllowedFast(A, [2, 4], { count: 3, now: 0, out }), 1);
  });
});

describe('Picker: memory', () => {
  it('starts no piece beyond its memory until one is stored', () => {
    const picker = pickerOf({ pieces: 10, blocks: 2, memory: 3 });
    const peers = [A, B, C];
    for (const peer of peers) joined(picker, peer);
    const refs = peers.flatMap((peer) => picked(picker, peer, 2));
    assert.equal(refs.length, 6);
    for (const peer of peers) assert.deepEqual(picked(picker, peer, 100), []);
    for (const { piece, block } of refs.slice(0, 2)) picker.received(A, piece, block);
    assert.deepEqual(picked(picker, A, 100), [], 'checking pieces count');
    picker.stored(refs[0]!.piece);
    assert.equal(picked(picker, A, 100).length, 2);
    assert.equal(picker.activeBytes, 6 * BLOCK_BYTES);
  });

  it('keeps many peers busy, however much the first would take', () => {
    const picker = pickerOf({ pieces: 500, blocks: 64, memory: 24 });
    const owed = new Map(Array.from({ length: 20 }, (_, i) => [peerKey(i + 1), [] as BlockRef[]]));
    const served = [...owed].map(() => 0);
    for (const peer of owed.keys()) joined(picker, peer);
    for (let round = 0; round < 80; round++) {
      for (const [peer, refs] of owed) {
        refs.push(...picked(picker, peer, 500 - refs.length));
        for (const { piece, block } of refs.splice(0, 16)) {
          if (picker.received(peer, piece, block).pieceComplete) picker.stored(piece);
          served[peer - 1]!++;
        }
      }
    }
    assert.ok(Math.min(...served) > 0.5 * Math.max(...served), `${served}`);
  });

  it('starts no piece while a quarter of it waits for the hash', () => {
    const picker = pickerOf({ pieces: 20, blocks: 2, memory: 12 });
    joined(picker, A);
    const refs = picked(picker, A, 10);
    const deliver = (from: number, to: number): void => {
      for (const { piece, block } of refs.slice(from, to)) picker.received(A, piece, block);
    };
    deliver(0, 4);
    assert.equal(picked(picker, A, 2).length, 2, 'two of twelve wait');
    deliver(4, 6);
    assert.deepEqual(picked(picker, A, 2), []);
    picker.stored(refs[0]!.piece);
    assert.equal(picked(picker, A, 2).length, 2);
    deliver(6, 8);
    assert.deepEqual(picked(picker, A, 2), []);
    picker.failed(refs[2]!.piece);
    assert.equal(picked(picker, A, 2).length, 2, 'failed ones wait no longer');
  });

  it('always has room for two', () => {
    const picker = pickerOf({ pieces: 10, blocks: 2, memory: 0 });
    joined(picker, A);
    assert.equal(picked(picker, A, 100).length, 4);
  });

  it('gives a piece back that nobody fed when its peer leaves', () => {
    const picker = pickerOf({ pieces: 4, blocks: 2, memory: 2 });
    joined(picker, A, { of: 4, has: [0, 1] });
    picked(picker, A, 4);
    joined(picker, B, { of: 4, has: [2] });
    assert.deepEqual(picked(picker, B, 9), []);
    picker.leave(A);
    assert.equal(picker.activeCount, 0);
    assert.equal(picked(picker, B, 9).length, 2);
  });

  it('gives up a piece without sources, when it keeps a peer from being used at all', () => {
    const picker = pickerOf({ pieces: 4, blocks: 2, memory: 2 });
    joined(picker, A, { of: 4, has: [0, 1] });
    picked(picker, A, 4);
    picker.received(A, 0, 0);
    picker.received(A, 1, 0);
    picker.leave(A);
    joined(picker, B, { of: 4, has: [2] });
    assert.deepEqual(picked(picker, B, 9, 20 * SECOND), []);
    assert.equal(picked(picker, B, 9, 30 * SECOND).length, 2);
    const [evicted] = picker.takeEvicted();
    assert.equal(picker.stateOf(evicted!), 'missing');
    assert.deepEqual(picker.takeEvicted(), []);
  });
});

describe('Picker: answers', () => {
  it('tells when a piece is complete, and who fed it', () => {
    const picker = pickerOf({ pieces: 1, blocks: 3 });
    joined(picker, A);
    joined(picker, B);
    picked(picker, A, 2);
    picked(picker, B, 1);
    assert.deepEqual(picker.received(A, 0, 0), { kind: 'new', pieceComplete: false, cancel: [] });
    assert.equal(picker.received(B, 0, 2).pieceComplete, false);
    assert.equal(picker.received(A, 0, 1).pieceComplete, true);
    assert.equal(picker.stateOf(0), 'checking');
    assert.deepEqual(picker.failed(0), [A, A, B]);
    assert.equal(picker.stateOf(0), 'missing');
    assert.equal(picked(picker, A, 9).length, 3);
  });

  /** Of two pieces of two blocks, A and B have spoilt the first; C has both. */
  const spoilt = (): Picker => {
    const picker = pickerOf({ pieces: 2, blocks: 2, order: 'sequential' });
    for (const peer of [A, B, C]) joined(picker, peer);
    picked(picker, A, 1);
    picked(picker, B, 1);
    picker.received(A, 0, 0);
    picker.received(B, 0, 1);
    picker.failed(0);
    return picker;
  };
  const pieces = (refs: readonly BlockRef[]): readonly number[] => refs.map((ref) => ref.piece);

  it('asks all of a piece that failed of one peer, best of one that had no part in it', () => {
    const picker = spoilt();
    assert.deepEqual(pieces(picked(picker, C, 1)), [0]);
    assert.deepEqual(pieces(picked(picker, A, 4)), [1, 1], 'the other block of it is not free for A');
    assert.deepEqual(pieces(picked(picker, B, 4)), [1, 1], 'in the endgame neither');
    assert.deepEqual(pieces(picked(picker, C, 1)), [0]);
  });

  it('asks another when that one is silent or has left, and takes nothing of it any more', () => {
    for (const goes of [() => undefined, (picker: Picker) => picker.leave(C), (picker: Picker) => picker.choked(C)]) {
      const picker = spoilt();
      picked(picker, C, 2);
      picker.received(C, 0, 0);
      goes(picker);
      picker.expire(1 * SECOND, () => SECOND);
      picker.expire(11 * SECOND, () => SECOND);
      assert.deepEqual(picker.takeEvicted(), [0]);
      assert.equal(picker.stateOf(0), 'missing');
      const owed = picker.takeWithdrawn();
      assert.ok(owed.every(({ peer, piece, block }) => peer === C && piece === 0 && block === 1));
      assert.deepEqual(pieces(picked(picker, A, 2, 11 * SECOND)), [0, 0]);
      picker.received(A, 0, 0);
      picker.received(A, 0, 1);
      assert.deepEqual(picker.failed(0), [A, A]);
    }
  });

  it('tells new from duplicate from unrequested, whatever comes', () => {
    const picker = pickerOf({ pieces: 3, blocks: 2, have: [2] });
    joined(picker, A);
    joined(picker, B);
    const [ref] = picked(picker, A, 1);
    assert.equal(picker.received(B, ref!.piece, 0).kind, 'unrequested');
    assert.equal(picker.received(A, ref!.piece, 0).kind, 'new');
    assert.equal(picker.received(A, ref!.piece, 0).kind, 'duplicate');
    assert.equal(picker.received(B, ref!.piece, 0).kind, 'duplicate');
    assert.equal(picker.received(A, 2, 0).kind, 'duplicate');
    for (const [piece, block] of [[ref!.piece, 2], [ref!.piece, -1], [ref!.piece, 0.5], [3, 0], [-1, 0], [NaN, NaN]]) {
      assert.equal(picker.received(A, piece!, block!).kind, 'unrequested', `${piece}/${block}`);
      picker.unrequest(A, piece!, block!);
    }
    assert.equal(picker.received(peerKey(99), ref!.piece, 0).kind, 'unrequested');
  });

  it('refuses moves that are not in the state chart', () => {
    const picker = pickerOf({ pieces: 2, blocks: 2, have: [0] });
    joined(picker, A);
    picked(picker, A, 1);
    assert.throws(() => picker.stored(0), /while have/);
    assert.throws(() => picker.stored(1), /while active/);
    assert.throws(() => picker.failed(1), /while active/);
    assert.throws(() => picker.failed(0), /while have/);
  });

  it('gives blocks to others when they are rejected, or the peer chokes', () => {
    const picker = pickerOf({ pieces: 1, blocks: 3 });
    joined(picker, A);
    joined(picker, B);
    const refs = picked(picker, A, 3);
    picker.unrequest(A, 0, refs[1]!.block);
    assert.deepEqual(named(picked(picker, B, 1)), ['0/1']);
    picker.choked(A);
    assert.equal(picker.outstanding(A), 0);
    assert.deepEqual(named(picked(picker, B, 2)), ['0/0', '0/2']);
  });

  it('keeps what is received when its peer leaves', () => {
    const picker = pickerOf({ pieces: 1, blocks: 2 });
    joined(picker, A);
    picked(picker, A, 2);
    picker.received(A, 0, 1);
    picker.leave(A);
    joined(picker, B);
    assert.deepEqual(named(picked(picker, B, 9)), ['0/0']);
    assert.ok(picker.received(B, 0, 0).pieceComplete);
  });

  it('goes on from a resume record', () => {
    const picker = pickerOf({ pieces: 3, blocks: 3, have: [2] });
    joined(picker, A);
    assert.equal(picker.restore(0, bitfieldOf(3, [0, 2]), 0), 'active');
    assert.equal(picker.restore(1, bitfieldOf(3, [0, 1, 2]), 0), 'checking');
    for (const piece of [0, 2, 9]) assert.equal(picker.restore(piece, bitfieldOf(3, [1]), 0), 'refused');
    assert.deepEqual(named(picked(picker, A, 9)), ['0/1']);
    assert.deepEqual(new Set(picker.failed(1)), new Set([NOBODY]), 'no peer is blamed for what was on disk');
    assert.equal(picker.restore(1, bitfieldOf(2, [1]), 0), 'refused', 'of another size');
  });
});
