import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transmission } from '../../../src/policy/choke/transmission.js';
import { apply, ask, byWhy, chosen, ladder, LINK, NOW, peer, play } from './views.js';

const twelve = ladder(12);

test('the eight that send most, and one of the rest', () => {
  const { regular, optimistic } = chosen(transmission, twelve);
  assert.deepEqual(regular, [5, 6, 7, 8, 9, 10, 11, 12]);
  assert.ok(optimistic?.length === 1 && optimistic[0]! <= 4);
});

test('once done by what they take; in a private torrent by both', () => {
  assert.deepEqual(chosen(transmission, twelve, { of: { seeding: true } }).regular, [1, 2, 3, 4, 5, 6, 7, 8]);
  const lopsided = twelve.map((p) => ({ ...p, up: [p.key * -300] }));
  assert.deepEqual(chosen(transmission, lopsided, { of: { private: true } }).regular, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('idle peers on the way are unchoked, seeds and the sated never', () => {
  const peers = [...twelve, peer(13, { peerInterested: false, down: [950] }), peer(14, { peerInterested: false, down: [1] }),
    peer(15, { peerIsSeed: true, down: [9999] }), peer(16, { peerUploadOnly: true, down: [9999] })];
  assert.deepEqual(chosen(transmission, peers).idle, [13]);
});

test('the optimistic one stays for five rounds', () => {
  const tried = play({ policy: transmission, peers: twelve, rounds: 15 }).map((r) => byWhy(r.unchoked).optimistic![0]);
  for (const start of [0, 5, 10]) assert.equal(new Set(tried.slice(start, start + 5)).size, 1, String(tried));
});

test('while the uplink is full nobody is let in, and those that are may stay', () => {
  const first = ask(transmission, twelve);
  const peers = apply(twelve, first, NOW).map((p) => (p.key === 12 ? { ...p, amChoking: true } : p));
  const over = { link: { ...LINK, upSaturated: true }, state: { optimistic: null, roundsLeft: 0 } };
  assert.deepEqual(chosen(transmission, peers, over), { kept: [5, 6, 7, 8, 9, 10, 11] });
});

test('among equals those already unchoked come first', () => {
  const equal = twelve.map((p) => ({ ...p, down: [7], amChoking: p.key > 8 }));
  assert.deepEqual(chosen(transmission, equal).regular, [1, 2, 3, 4, 5, 6, 7, 8]);
});
