/** PeerMgr full, and others who wait: who makes room, and when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../src/base/units.js';
import type { Use } from '../../src/model/turnover.js';
import type { PeerMgrMsg } from '../../src/process/peer-mgr.js';
import { at, connected, ended, incoming, keyOf, notes } from './peer-mgr-stage.js';

const use = (n: number, what: Use): PeerMgrMsg => ({ type: 'use', peer: keyOf(n), use: what });
const WAY = 'makes room for others';

test('one who comes is let in for a peer that has been of no use for half a minute, and for no other', async () => {
  const { stage } = await connected(3, { maxPeers: 3 });
  stage.send(use(1, 'moving'), use(2, 'wanted')).advance(29 * SECOND);
  const [early, late] = [incoming(50), incoming(51)];
  stage.send(early.message);
  assert.equal(early.connection.closed, true);
  stage.advance(SECOND).send(late.message);
  assert.equal(late.connection.closed, false);
  assert.deepEqual(notes(stage), [`disconnected 10.0.0.3:6881: ${WAY}`]);
});

test('a peer that was of use is patient anew from when it is not', async () => {
  const { stage } = await connected(1, { maxPeers: 1 });
  stage.send(use(1, 'moving')).advance(MINUTE).send(use(1, 'none')).advance(29 * SECOND);
  const knock = incoming(50);
  stage.send(knock.message);
  assert.equal(knock.connection.closed, true);
});

test('who was turned away has room made for it within a minute; where nobody waits, nobody goes', async () => {
  const { stage } = await connected(2, { maxPeers: 2 });
  stage.send(use(1, 'wanted'), use(2, 'wanted')).advance(10 * MINUTE);
  assert.deepEqual(notes(stage), []);
  stage.send(incoming(50).message).advance(MINUTE);
  assert.deepEqual(notes(stage), [`disconnected 10.0.0.1:6881: ${WAY}`]);
  stage.forget().advance(10 * MINUTE);
  assert.deepEqual(notes(stage), []);
});

test('an address that waits has room made for it, and whom it replaces is not dialled again for ten minutes', async () => {
  const { stage, net, candidates, connect } = await connected(2, { maxPeers: 2 });
  stage.send(use(1, 'wanted'), use(2, 'moving'));
  candidates(7);
  await stage.advance(2 * MINUTE).settle();
  assert.deepEqual(net.dials.map(({ to }) => to), [at(7)]);
  await connect();
  stage.send(ended(2));
  await stage.advance(7 * MINUTE).settle();
  assert.deepEqual(net.dials.map(({ to }) => to), [at(2)]);
});

test('a Timer that starts again is asked for the round that was to come', async () => {
  const { stage } = await connected(2, { maxPeers: 2 });
  const tags = stage.forget().restart('Timer').told('Timer').map(([, , rest]) => (rest as { readonly tag: string }).tag);
  assert.ok(tags.includes('turnover'), tags.join(' '));
});
