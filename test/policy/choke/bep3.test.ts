import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bep3 } from '../../../src/policy/choke/bep3.js';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { apply, ask, byWhy, chosen, input, ladder, NOW, peer, play } from './views.js';

const six = ladder(6);

test('three by what they send, one of the others; by what they take once we seed', () => {
  const leeching = chosen(bep3, six);
  assert.deepEqual(leeching.regular, [4, 5, 6]);
  assert.ok(leeching.optimistic?.length === 1 && leeching.optimistic[0]! < 4);
  assert.deepEqual(chosen(bep3, six, { of: { seeding: true } }).regular, [1, 2, 3]);
});

test('the optimistic one stays for three rounds, and all have their turn', () => {
  const tried = play({ policy: bep3, peers: six, rounds: 9 }).map((r) => byWhy(r.unchoked).optimistic![0]);
  assert.deepEqual(tried.map((key, i) => key === tried[i - (i % 3)]), new Array(9).fill(true));
  assert.deepEqual([...new Set(tried)].sort(), [1, 2, 3]);
});

test('idle peers that are faster than the worst regular one are unchoked for nothing', () => {
  const idle = (key: number, rate: number): PeerView => peer(key, { peerInterested: false, down: [rate] });
  assert.deepEqual(chosen(bep3, [...six, idle(7, 401), idle(8, 400)]).idle, [7]);
  assert.deepEqual(chosen(bep3, [...six.slice(0, 2), idle(7, 0)]).idle, [7], 'no one is worse than a free slot');
});

test('when such a peer becomes interested the worst regular one is choked at once, and nobody else', () => {
  const idle = peer(7, { peerInterested: false, down: [450] });
  const first = ask(bep3, [...six, idle]);
  const peers = apply([...six, idle], first, NOW).map((p) => (p.key === 7 ? { ...p, peerInterested: true } : p));
  const over = { trigger: 'interested', subjects: [idle.key], now: NOW + 3000 } as const;
  const second = bep3.decide(input(first.state, peers, over), bep3.defaults);
  assert.deepEqual(byWhy(second.unchoked), { regular: [5, 6, 7], optimistic: byWhy(first.unchoked).optimistic });
});

test('a choked peer that becomes interested waits for the round', () => {
  const first = ask(bep3, six);
  const peers = [...apply(six, first, NOW), peer(9, { down: [9999] })];
  const { unchoked } = bep3.decide(input(first.state, peers, { trigger: 'interested', subjects: [peers[6]!.key] }), bep3.defaults);
  assert.deepEqual(byWhy(unchoked), byWhy(first.unchoked));
});
