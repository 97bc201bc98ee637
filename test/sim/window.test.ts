/** The request window over long fat links: 50 Mbit/s, and up to 400 ms there and back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB, MIB, SECOND } from '../../src/base/units.js';
import { peers, run, scene } from './scenes.js';

const LINK = 50e6 / 8;
const SIZE = 128 * MIB;
/** To dial, to shake hands, to be unchoked, and to double a window of 8 blocks until it fills the link. */
const TO_BEGIN = 8;

for (const rtt of [100, 200, 400]) {
  test(`a peer ${rtt} ms away is kept busy: the link is full but for the first ${TO_BEGIN} round trips`, async () => {
    const link = { up: LINK, down: LINK, delay: rtt / 4 };
    const { members: [, leecher] } = await run(scene([peers('seed', { has: 1, ...link }), peers('leecher', link)], { size: SIZE, pieceLength: 256 * KIB }));
    const more = leecher!.completedAt! - SIZE / LINK * SECOND;
    // A window that stayed as it is at first, of 8 blocks, would take five to twenty times as long as the link needs.
    assert.ok(more <= TO_BEGIN * rtt, `${(more / rtt).toFixed(1)} round trips more than a full link takes`);
  });
}
