/**
 * What a download costs the picker, in looks at bitfields, which are its unit of work beside steps along lists: the more peers there
 * are, the more bitfields could be looked at for each piece.
 */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { Bitfield } from '../../../src/model/bitfield.js';
import { joined, picked, pickerOf } from './swarm-of.js';

const PIECES = 256;

/** Looks a piece, in a whole download from peers that have all pieces but one each. */
function looks(peers: number): number {
  const picker = pickerOf({ pieces: PIECES, blocks: 1 });
  const keys = Array.from({ length: peers }, (_, i) => peerKey(i + 1));
  keys.forEach((key, i) => joined(picker, key, { of: PIECES, has: [...Array(PIECES).keys()].filter((piece) => piece !== i) }));
  const has = mock.method(Bitfield.prototype, 'has');
  for (let turn = 0; !picker.isComplete; turn++) {
    assert.ok(turn <= 2 * PIECES, 'the download goes on');
    const key = keys[turn % peers]!;
    for (const { piece, block } of picked(picker, key, 1)) {
      picker.received(key, piece, block);
      picker.stored(piece);
    }
  }
  has.mock.restore();
  return has.mock.callCount() / PIECES;
}

test('a piece costs the same with 4 peers and with 128', () => {
  const few = looks(4);
  const many = looks(128);
  // A look at each peer for each piece would be over 128.
  assert.ok(few > 1 && many < 1.5 * few + 1, `${few} and ${many} looks a piece`);
});
