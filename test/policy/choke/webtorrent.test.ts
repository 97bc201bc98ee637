import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { webtorrent } from '../../../src/policy/choke/webtorrent.js';
import { ask, byWhy, chosen, ladder, peer, play } from './views.js';

const twelve = ladder(12);

test('the nine that send most, and one of the rest', () => {
  const { regular, optimistic } = chosen(webtorrent, twelve);
  assert.deepEqual(regular, [4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.ok(optimistic?.length === 1 && optimistic[0]! < 4);
});

test('among equals by what they take, then those already unchoked', () => {
  const equal = twelve.map((p) => ({ ...p, down: [0] }));
  assert.deepEqual(chosen(webtorrent, equal).regular, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const same = equal.map((p) => ({ ...p, up: [0], amChoking: p.key < 4 }));
  assert.deepEqual(chosen(webtorrent, same).regular, [4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('the optimistic one stays for three rounds', () => {
  const tried = play({ policy: webtorrent, peers: twelve, rounds: 9 }).map((r) => byWhy(r.unchoked).optimistic![0]);
  for (const start of [0, 3, 6]) assert.equal(new Set(tried.slice(start, start + 3)).size, 1, String(tried));
});

test('seeds on the way are passed over, those behind are choked; idle peers on the way cost nothing', () => {
  const peers = [...twelve, peer(13, { peerIsSeed: true, down: [9999] }), peer(14, { peerIsSeed: true }),
    peer(15, { peerInterested: false, down: [9998] })];
  const decision = ask(webtorrent, peers);
  assert.deepEqual([...decision.untouched!], [13]);
  assert.deepEqual(byWhy(decision.unchoked).idle, [15]);
  assert.ok(!decision.unchoked.has(peerKey(14)));
});

test('the first interest of a peer is met at once, its second is not', () => {
  const subjects = [peerKey(1)];
  const first = ask(webtorrent, twelve, { trigger: 'interested', subjects });
  assert.deepEqual([byWhy(first.unchoked), first.untouched?.size], [{ regular: [1] }, 11]);
  assert.equal(ask(webtorrent, twelve, { trigger: 'interested', subjects, state: first.state }).unchoked.size, 0);
  const state = { ...first.state, met: [peerKey(1)] };
  const both = ask(webtorrent, twelve, { trigger: 'interested', subjects: [1, 2, 3].map(peerKey), state });
  assert.deepEqual(byWhy(both.unchoked), { regular: [2, 3] });
});
