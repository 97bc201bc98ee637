import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerId } from '../../src/base/brand.js';
import { newerStays, type Twice } from '../../src/model/crossed-dials.js';

const LESS = peerId('0'.repeat(40));
const GREATER = peerId('f'.repeat(40));
const twice = (over: Partial<Twice>): Twice =>
  ({ own: LESS, theirs: GREATER, olderIncoming: false, newerIncoming: true, apart: 100, ...over });

test('of crossed dials both sides keep the one that the greater id dialled, whichever each saw first', () => {
  // We have the lesser id: the peer's dial stays, on our side incoming, on its side outgoing.
  assert.equal(newerStays(twice({ olderIncoming: false, newerIncoming: true }), 10_000), true);
  assert.equal(newerStays(twice({ olderIncoming: true, newerIncoming: false }), 10_000), false);
  const peer = { own: GREATER, theirs: LESS };
  assert.equal(newerStays(twice({ ...peer, olderIncoming: true, newerIncoming: false }), 10_000), true);
  assert.equal(newerStays(twice({ ...peer, olderIncoming: false, newerIncoming: true }), 10_000), false);
});

test('the older stays where nothing crossed', () => {
  assert.equal(newerStays(twice({ apart: 10_000 }), 10_000), false, 'long after');
  assert.equal(newerStays(twice({ olderIncoming: true, newerIncoming: true }), 10_000), false, 'the peer dialled twice');
});
