import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { taipei } from '../../../src/policy/choke/taipei.js';
import { ask, byWhy, chosen, ladder, peer, play } from './views.js';

const six = ladder(6);

test('the three that send most, seeding or not, and one of the rest', () => {
  for (const seeding of [false, true]) {
    const { regular, optimistic } = chosen(taipei, six, { of: { seeding } });
    assert.deepEqual([regular, optimistic?.length], [[4, 5, 6], 1]);
  }
});

test('the optimistic one stays for three rounds, and is forgotten when it is among the three', () => {
  const tried = play({ policy: taipei, peers: six, rounds: 6 }).map((r) => byWhy(r.unchoked).optimistic![0]);
  for (const start of [0, 3]) assert.equal(new Set(tried.slice(start, start + 3)).size, 1, String(tried));
  const { state } = ask(taipei, six, { state: { optimistic: peerKey(6), roundsLeft: 2 } });
  assert.ok(state.optimistic! < 4 && state.roundsLeft === 2, JSON.stringify(state));
});

test('who wants nothing is not looked at', () => {
  const decision = ask(taipei, [...six, peer(7, { peerInterested: false, down: [9999] })]);
  assert.deepEqual([...decision.untouched!], [7]);
});
