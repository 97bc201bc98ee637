import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB } from '../../../src/base/units.js';
import { optimisticOf, seedSlots, slotsForLink } from '../../../src/policy/choke/slots.js';
import { LINK } from './views.js';

test('slots from the upload limit follow mainline\'s table', () => {
  const table: readonly [kib: number, slots: number][] =
    [[1, 2], [8.9, 2], [9, 3], [14, 3], [15, 4], [41, 4], [42, 5], [100, 7], [1000, 24], [1e6, 64]];
  for (const [kib, slots] of table) assert.equal(slotsForLink({ ...LINK, upLimit: kib * KIB }), slots, `${kib} KiB/s`);
});

test('without a limit there are 5, and more where the link has shown that it carries them', () => {
  assert.equal(slotsForLink(LINK), 5);
  assert.equal(slotsForLink({ ...LINK, upLimit: 0 }), 5);
  assert.equal(slotsForLink({ ...LINK, upPeak: 10 * KIB }), 5);
  assert.equal(slotsForLink({ ...LINK, upPeak: 1000 * KIB }), 24);
  assert.equal(slotsForLink({ ...LINK, upPeak: 1e9 }), 64);
});

test('one slot in five is optimistic, and at least one', () => {
  assert.deepEqual([1, 2, 4, 9, 10, 15, 64].map(optimisticOf), [1, 1, 1, 1, 2, 3, 12]);
});

test('seeding torrents get their share, what leeching ones cannot use, and no more than they can use', () => {
  const share = (slots: number, leeching: number, seeding: number): number =>
    seedSlots(slots, { leeching, seeding }, 0.3);
  assert.equal(share(8, 20, 20), 2);
  assert.equal(share(8, 3, 20), 5);
  assert.equal(share(8, 0, 20), 8);
  assert.equal(share(8, 20, 1), 1);
  assert.equal(share(8, 20, 0), 0);
  assert.equal(share(2, 20, 20), 1);
  assert.equal(share(1, 20, 20), 0);
  assert.equal(share(1, 0, 20), 1);
});
