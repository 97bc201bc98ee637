/** The request window over a long fat link: 50 Mbit/s, 100 ms there and back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB, MIB, SECOND } from '../../src/base/units.js';
import { peers, run, scene } from './scenes.js';

const LINK = 50e6 / 8;
/** Four times that is the way there and back. */
const DELAY = 25;
const SIZE = 128 * MIB;

test('a far fast peer is kept busy: from the first dial to the last byte, nine tenths of the link are used', async () => {
  const link = { up: LINK, down: LINK, delay: DELAY };
  const { members: [, leecher] } = await run(scene([peers('seed', { has: 1, ...link }), peers('leecher', link)], { size: SIZE, pieceLength: 256 * KIB }));
  const used = SIZE / LINK / (leecher!.completedAt! / SECOND);
  // A window that stayed as it is at first, of 8 blocks, would use 21 %.
  assert.ok(used > 0.9, `${(100 * used).toFixed(1)} % used`);
});
