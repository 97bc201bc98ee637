/** How requests end without an answer, how the download ends, and how interest follows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import type { Picker } from '../../../src/policy/pick/picker.js';
import { A, B, C, D, joined, named, picked, pickerOf, ranksOf } from './swarm-of.js';

const SECOND = 1000;

describe('Picker: endgame', () => {
  const ending = (): Picker => {
    const picker = pickerOf({ pieces: 1, blocks: 3 });
    for (const peer of [A, B, C, D]) joined(picker, peer);
    return picker;
  };

  it('begins when every block is asked for, and ends with cancels', () => {
    const picker = ending();
    picked(picker, A, 2);
    assert.equal(picker.isEndgame, false);
    picked(picker, B, 1);
    assert.equal(picker.isEndgame, true);
    assert.deepEqual(named(picked(picker, B, 9)), ['0/0', '0/1']);
    const outcome = picker.received(B, 0, 0);
    assert.deepEqual(outcome, { kind: 'new', pieceComplete: false, cancel: [A] });
    assert.equal(picker.received(A, 0, 0).kind, 'duplicate', 'the cancel crossed it');
    assert.equal(picker.outstanding(A), 1);
  });

  it('asks first what the fewest are asked for, and never more than three', () => {
    const picker = ending();
    picked(picker, A, 3);
    assert.deepEqual(named(picked(picker, B, 1)), ['0/0']);
    assert.deepEqual(named(picked(picker, C, 3)), ['0/1', '0/2', '0/0']);
    assert.deepEqual(named(picked(picker, D, 3)), ['0/1', '0/2']);
    assert.deepEqual(picked(picker, A, 3), []);
  });

  it('asks for few copies of much: one more for every sixteen blocks that come', () => {
    const picker = pickerOf({ pieces: 25, blocks: 4, memory: 50 });
    joined(picker, A);
    assert.equal(picked(picker, A, 500).length, 100);
    let copies = 0;
    const crowd = (): number => {
      for (let i = 0; i < 20; i++) {
        const key = peerKey(10 + copies * 20 + i);
        joined(picker, key);
        copies += picked(picker, key, 500).length;
      }
      return copies;
    };
    assert.equal(crowd(), 32);
    for (let piece = 24; piece > 16; piece--) for (let block = 0; block < 4; block++) picker.received(A, piece, block);
    assert.equal(crowd(), 34);
  });

  it('asks again only of a peer that runs dry', () => {
    const picker = pickerOf({ pieces: 2, blocks: 20 });
    for (const peer of [A, B]) joined(picker, peer);
    picked(picker, A, 35);
    assert.equal(picked(picker, B, 500).length, 5, 'the rest, and no copies: five are plenty to wait for');
    assert.ok(picker.isEndgame);
    for (const { piece, block } of picked(picker, C, 1)) assert.fail(`${piece}/${block} for a stranger`);
    joined(picker, C);
    assert.equal(picked(picker, C, 500).length, 4);
    assert.equal(picked(picker, C, 500).length, 0);
  });

  it('does not wait for pieces that nobody has', () => {
    const picker = pickerOf({ pieces: 2, blocks: 1 });
    joined(picker, A, { of: 2, has: [0] });
    joined(picker, B, { of: 2, has: [0] });
    picked(picker, A, 1);
    assert.ok(picker.isEndgame);
    assert.deepEqual(named(picked(picker, B, 1)), ['0/0']);
  });
});

describe('Picker: late requests', () => {
  const timeout = (): number => 5 * SECOND;

  it('may be asked of others, and are still answered for', () => {
    const picker = pickerOf({ pieces: 1, blocks: 2 });
    joined(picker, A);
    joined(picker, B);
    picked(picker, A, 2);
    assert.deepEqual(picker.expire(4.9 * SECOND, timeout), []);
    assert.deepEqual(picker.expire(5 * SECOND, timeout),
      [{ peer: A, piece: 0, block: 0 }, { peer: A, piece: 0, block: 1 }]);
    assert.deepEqual(picker.expire(6 * SECOND, timeout), []);
    assert.equal(picker.outstanding(A), 0);
    assert.deepEqual(picked(picker, A, 9, 6 * SECOND), [], 'not twice of the same peer');
    assert.deepEqual(named(picked(picker, B, 1, 6 * SECOND)), ['0/0']);
    assert.deepEqual(picker.received(A, 0, 0), { kind: 'new', pieceComplete: false, cancel: [B] });
    assert.equal(picker.received(A, 0, 1).pieceComplete, true);
  });

  it('do not come from a peer that is slow but steady', () => {
    const picker = pickerOf({ pieces: 1, blocks: 9 });
    joined(picker, A);
    picked(picker, A, 9);
    for (let block = 0; block < 9; block++) {
      assert.deepEqual(picker.expire((block + 1) * 4 * SECOND, timeout), []);
      picker.received(A, 0, block);
    }
  });

  it('come of a request that was lost, though others are answered', () => {
    const picker = pickerOf({ pieces: 1, blocks: 99 });
    joined(picker, A);
    picked(picker, A, 99);
    const late: number[] = [];
    for (let block = 1; block < 99; block++) {
      late.push(...picker.expire(block * SECOND, timeout).map((t) => t.block));
      if (block < 50) picker.received(A, 0, block);
    }
    assert.ok(late.includes(0));
  });

  it('are forgotten in the end, so that the only peer can be asked again', () => {
    const picker = pickerOf({ pieces: 1, blocks: 1 });
    joined(picker, A);
    picked(picker, A, 1);
    picker.expire(5 * SECOND, timeout);
    picker.expire(14 * SECOND, timeout);
    assert.deepEqual(picked(picker, A, 1), []);
    picker.expire(15 * SECOND, timeout);
    assert.equal(picker.activeCount, 0);
    assert.deepEqual(named(picked(picker, A, 1, 15 * SECOND)), ['0/0']);
  });
});

describe('Picker: interest', () => {
  it('names the peers whose answer changed', () => {
    const picker = pickerOf({ pieces: 3, blocks: 1, have: [0] });
    joined(picker, A);
    joined(picker, B, { of: 3, has: [0] });
    picker.join(C);
    assert.deepEqual([A, B, C].map((p) => picker.interesting(p)), [true, false, false]);
    assert.deepEqual(picker.takeChanged(), [A]);
    picker.have(B, 0);
    picker.have(C, 1);
    picker.have(C, 999);
    assert.deepEqual(picker.takeChanged(), [C]);
    picked(picker, A, 2);
    picker.received(A, 1, 0);
    assert.ok(picker.interesting(C), 'until it is verified');
    picker.stored(1);
    assert.deepEqual(picker.takeChanged(), [C]);
    assert.ok(!picker.interesting(C));
    picker.received(A, 2, 0);
    picker.stored(2);
    assert.deepEqual(picker.takeChanged(), [A]);
    assert.ok(picker.isComplete && picker.left === 0 && !picker.isEndgame);
  });

  it('follows a change of what is wanted', () => {
    const picker = pickerOf({ pieces: 4, blocks: 1, wanted: [0, 1], have: [0] });
    joined(picker, A);
    joined(picker, B, { of: 4, has: [0, 3] });
    picker.takeChanged();
    picker.rank(ranksOf(4, [0, 3]));
    assert.deepEqual(picker.takeChanged(), [B]);
    assert.equal(picker.left, BLOCK_BYTES);
    assert.deepEqual([0, 1, 2, 3].map((p) => picker.stateOf(p)), ['have', 'unwanted', 'unwanted', 'missing']);
    assert.deepEqual(named(picked(picker, A, 9)), ['3/0']);
    picker.rank(ranksOf(4, []));
    assert.equal(picker.stateOf(3), 'unwanted');
    assert.deepEqual([picker.takeEvicted(), picker.takeWithdrawn()], [[3], [{ peer: A, piece: 3, block: 0 }]]);
    assert.ok(picker.isComplete && picker.activeCount === 0);
  });

  it('takes pieces that were found on disk', () => {
    const picker = pickerOf({ pieces: 2, blocks: 1, wanted: [0] });
    joined(picker, A);
    picker.stored(0);
    picker.stored(1);
    assert.ok(picker.isComplete);
    assert.equal(picker.left, 0);
    assert.equal(picker.interesting(A), false);
  });
});
