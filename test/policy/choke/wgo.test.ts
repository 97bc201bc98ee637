import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { wgoFixed } from '../../../src/policy/choke/wgo-fixed.js';
import { wgo } from '../../../src/policy/choke/wgo.js';
import { byWhy, input, NOW, peer, play, torrent, torrents } from './views.js';

/** Phase 0 makes the next round an ordinary one, phase 2 an optimistic one. */
const ORDINARY = { phase: 0 };
const OPTIMISTIC = { phase: 2 };
const sending = (key: number, bytesPerSec: number, over: Partial<PeerView> = {}): PeerView =>
  peer(key, { down: [bytesPerSec], up: [1000 - bytesPerSec], lastPieceAt: NOW - 1000, ...over });
const eight = Array.from({ length: 8 }, (_, i) => sending(i + 1, 100 * (i + 1)));

const decided = (policy: typeof wgo, state: { phase: number }, peers: readonly PeerView[], seeding = false) =>
  policy.decide(input(state, peers, { torrents: torrents(torrent({ seeding })) }), policy.defaults);

test('wgo serves the slowest five, wgo-fixed the fastest five', () => {
  assert.deepEqual(byWhy(decided(wgo, ORDINARY, eight).unchoked), { regular: [1, 2, 3, 4, 5] });
  assert.deepEqual(byWhy(decided(wgoFixed, ORDINARY, eight).unchoked), { regular: [4, 5, 6, 7, 8] });
});

test('once we are complete the upload rate counts', () => {
  assert.deepEqual(byWhy(decided(wgo, ORDINARY, eight, true).unchoked), { regular: [4, 5, 6, 7, 8] });
  assert.deepEqual(byWhy(decided(wgoFixed, ORDINARY, eight, true).unchoked), { regular: [1, 2, 3, 4, 5] });
});

test('every third round has four regular peers and a random interested one', () => {
  const { unchoked, state } = decided(wgoFixed, OPTIMISTIC, eight);
  const { regular, optimistic } = byWhy(unchoked);
  assert.deepEqual(regular, [5, 6, 7, 8]);
  assert.equal(optimistic?.length, 1);
  assert.ok(optimistic[0]! <= 4);
  assert.deepEqual(state, { phase: 0 });
});

test('an optimistic peer that sends nothing is choked in the next round, after 10 s', () => {
  const rounds = play({ policy: wgoFixed, rounds: 7, peers: eight });
  const count = rounds.map((r) => byWhy(r.unchoked).optimistic?.length ?? 0);
  assert.deepEqual(count, [0, 0, 1, 0, 0, 1, 0]);
  assert.deepEqual(byWhy(rounds[3]!.unchoked), { regular: [4, 5, 6, 7, 8] });
});

test('the optimistic draw goes on until it meets an interested peer, and lets in all it drew', () => {
  const idle = [5, 6, 7].map((k) => sending(k, 0, { peerInterested: false }));
  const peers = [...[1, 2, 3, 4].map((k) => sending(k, 500)), ...idle, sending(8, 1)];
  const drawn = Array.from({ length: 50 }, (_, i) =>
    byWhy(wgoFixed.decide(input(OPTIMISTIC, peers, { entropy: [i, i] }), wgoFixed.defaults).unchoked).optimistic!);
  for (const keys of drawn) assert.equal(keys.at(-1), 8);
  assert.ok(drawn.some((keys) => keys.length > 1), 'no draw met an idle peer first');
  assert.ok(drawn.some((keys) => keys.length === 1), 'every draw met an idle peer first');
});

test('those dropped in an optimistic round cannot be drawn in it', () => {
  const peers = [...[1, 2, 3, 4].map((k) => sending(k, 500)), sending(5, 1, { amChoking: false })];
  assert.deepEqual(byWhy(decided(wgoFixed, OPTIMISTIC, peers).unchoked), { regular: [1, 2, 3, 4] });
});

test('idle peers: the walk over them ends at the first one below the bar', () => {
  const idle = (key: number, r: number): PeerView => sending(key, r, { peerInterested: false });
  const busy = [200, 200, 300, 400, 500].map((r, i) => sending(i + 1, r));
  // wgo: the bar is the fastest of its five slowest; it begins with the slowest idle peer, so one slow one stops it.
  assert.deepEqual(byWhy(decided(wgo, ORDINARY, [...busy, idle(6, 900), idle(7, 600)]).unchoked).idle, [6, 7]);
  assert.equal(byWhy(decided(wgo, ORDINARY, [...busy, idle(6, 900), idle(7, 10)]).unchoked).idle, undefined);
  assert.deepEqual(byWhy(decided(wgoFixed, ORDINARY, [...busy, idle(6, 900), idle(7, 10)]).unchoked).idle, [6]);
  assert.deepEqual(byWhy(decided(wgo, ORDINARY, [idle(6, 0), idle(7, 0)]).unchoked).idle, [6, 7], 'bar 0 lets all in');
});

test('snubbed: over 60 whole seconds without a block while we want something, choked by the peer or not', () => {
  const silent = (ms: number, over: Partial<PeerView> = {}): boolean =>
    decided(wgo, ORDINARY, [sending(1, 100, { lastPieceAt: NOW - ms, ...over })]).unchoked.size === 0;
  assert.equal(silent(60_999), false);
  assert.equal(silent(61_000), true);
  assert.equal(silent(61_000, { peerChoking: false, peerUnchokedUsSince: NOW - 5000 }), true);
  assert.equal(silent(61_000, { amInterested: false }), false);
  assert.equal(silent(0, { lastPieceAt: null, connectedAt: NOW - 61_000 }), true);
});

test('remote seeds keep their choke bit, and a round without others does not count', () => {
  const seeds = [peer(1, { peerIsSeed: true }), peer(2, { peerIsSeed: true, amChoking: false })];
  const decision = decided(wgo, OPTIMISTIC, seeds);
  assert.deepEqual([...decision.untouched!], [1, 2]);
  assert.deepEqual(decision.state, OPTIMISTIC);
  assert.equal(decision.unchoked.size, 0);
});

test('between rounds everything stays as it is', () => {
  const decision = wgo.decide(input(ORDINARY, eight, { trigger: 'interested' }), wgo.defaults);
  assert.equal(decision.untouched?.size, 8);
  assert.deepEqual(decision.state, ORDINARY);
});

test('rates are whole numbers, and ties fall by chance', () => {
  const equal = Array.from({ length: 10 }, (_, i) => peer(i + 1, { down: [100 + i / 10], lastPieceAt: NOW }));
  const choices = new Set(Array.from({ length: 20 }, (_, i) =>
    String(byWhy(wgo.decide(input(ORDINARY, equal, { entropy: [i, 1] }), wgo.defaults).unchoked).regular)));
  assert.ok(choices.size > 10, `${choices.size} different choices of five in twenty rounds`);
});
