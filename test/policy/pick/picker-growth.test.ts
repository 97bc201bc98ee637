/**
 * What a download costs the picker, in looks at bitfields, which are its unit of work beside steps along lists: the more peers there
 * are, the more bitfields could be looked at for each piece.
 */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { Bitfield } from '../../../src/model/bitfield.js';
import type { PickOrder } from '../../../src/policy/pick/selection.js';
import { joined, picked, pickerOf } from './swarm-of.js';

const PIECES = 256;

interface Setting {
  readonly peers: number;
  readonly order?: PickOrder;
}

/** A whole download from peers that have all pieces but one each. */
function download({ peers, order = 'rarest' }: Setting, measured: () => void): void {
  const picker = pickerOf({ pieces: PIECES, blocks: 1, order });
  const keys = Array.from({ length: peers }, (_, i) => peerKey(i + 1));
  keys.forEach((key, i) => joined(picker, key, { of: PIECES, has: [...Array(PIECES).keys()].filter((piece) => piece !== i) }));
  measured();
  for (let turn = 0; !picker.isComplete; turn++) {
    assert.ok(turn <= 2 * PIECES, 'the download goes on');
    const key = keys[turn % peers]!;
    for (const { piece, block } of picked(picker, key, 1)) {
      picker.received(key, piece, block);
      picker.stored(piece);
    }
  }
}

/** Looks at single bits, a piece. */
function looks(peers: number): number {
  const has = mock.method(Bitfield.prototype, 'has');
  download({ peers }, () => has.mock.resetCalls());
  has.mock.restore();
  return has.mock.callCount() / PIECES;
}

test('a piece costs the same with 4 peers and with 128', () => {
  const few = looks(4);
  const many = looks(128);
  // A look at each peer for each piece would be over 128.
  assert.ok(few > 1 && many < 1.5 * few + 1, `${few} and ${many} looks a piece`);
});

test('in order, what is done already is passed over once', () => {
  const searches = [mock.method(Bitfield.prototype, 'nextSet'), mock.method(Bitfield.prototype, 'nextCommon')];
  download({ peers: 4, order: 'sequential' }, () => searches.forEach(({ mock: m }) => m.resetCalls()));
  let passed = 0;
  for (const { mock: m } of searches) {
    m.restore();
    for (const { arguments: args, result } of m.calls) passed += Math.max(0, Number(result) - Number(args.at(-1)));
  }
  // From the beginning each time it would be half of PIECES * PIECES.
  assert.ok(passed > 0 && passed < 4 * PIECES, `${passed} places passed over for ${PIECES} pieces`);
});
