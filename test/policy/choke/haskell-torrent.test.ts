import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { haskellTorrent, type HaskellTorrentState } from '../../../src/policy/choke/haskell-torrent.js';
import { ask, byWhy, chosen, ladder, NOW, peer, play } from './views.js';

const memory = (chain: readonly number[], turnIn = 2): HaskellTorrentState => ({ chain: chain.map(peerKey), turnIn });
const ten = ladder(12);
const line = ten.map((p) => p.key);

test('eight slots by what they send where nothing is seeded, and the first two others in the chain', () => {
  assert.deepEqual(chosen(haskellTorrent, ten, { state: memory(line) }), { regular: [5, 6, 7, 8, 9, 10, 11, 12], optimistic: [1, 2] });
});

test('seeding: eight by what they take', () => {
  assert.deepEqual(chosen(haskellTorrent, ten, { state: memory(line), of: { seeding: true } }).regular, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a torrent that was complete at the start is leeched for ever, so after 35 s only optimistic slots serve', () => {
  const quiet = ten.map((p) => ({ ...p, lastPieceAt: null }));
  const of = { seeding: true, seededFromStart: true };
  assert.deepEqual(chosen(haskellTorrent, quiet, { state: memory(line), of }), { optimistic: [1, 2] });
  assert.equal(chosen(haskellTorrent, quiet, { state: memory(line), of, params: { quirkInitialSeed: false } }).regular?.length, 8);
});

test('snubbed: 35 s without a block', () => {
  const first = (ms: number) => chosen(haskellTorrent, [peer(1, { lastPieceAt: NOW - ms })]);
  assert.deepEqual([first(34_999), first(35_000)], [{ regular: [1] }, { optimistic: [1] }]);
});

test('idle peers are always unchoked; a newcomer that has not reported takes an optimistic slot', () => {
  const idle = [13, 14, 15].map((k) => peer(k, { peerInterested: false }));
  const fresh = peer(16, { connectedAt: NOW - 4999 });
  const peers = [...ten.slice(4), ...idle, fresh];
  assert.deepEqual(chosen(haskellTorrent, peers, { state: memory([16, ...line.slice(4), 13, 14, 15]) }),
    { regular: [5, 6, 7, 8, 9, 10, 11, 12], idle: [13, 14, 15], optimistic: [16] });
});

test('a head that chokes us stays the head, so its optimistic unchoke never ends', () => {
  const rounds = play({ policy: haskellTorrent, peers: ten, rounds: 30, world: (peers, _, now) => peers.map((p) =>
    ({ ...p, lastPieceAt: now - 1000 })) });
  const pairs = new Set(rounds.map((r) => String(byWhy(r.unchoked).optimistic)));
  assert.equal(pairs.size, 1);
  const open = ten.map((p) => ({ ...p, peerChoking: p.key !== 3 }));
  assert.equal(ask(haskellTorrent, open, { state: memory(line, 0) }).state.chain[0], 1);
  const turned = ask(haskellTorrent, ten.map((p) => ({ ...p, peerChoking: p.key === 3 })), { state: memory(line, 0) });
  assert.deepEqual([turned.state.chain[0], turned.state.turnIn], [3, 2]);
});

test('the chain is turned every third round, and newcomers never come last', () => {
  const after = (turnIn: number) => ask(haskellTorrent, ten, { state: memory(line, turnIn) }).state.turnIn;
  assert.deepEqual([after(2), after(1), after(0)], [1, 0, 2]);
  for (let seed = 0; seed < 40; seed++) {
    assert.equal(ask(haskellTorrent, ten.slice(0, 3), { state: memory([1, 2]), entropy: [seed, 1] }).state.chain.at(-1), 2);
  }
});
