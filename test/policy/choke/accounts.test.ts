/** The policies that keep accounts of bytes: credit, block-tft, fairtorrent, propshare. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB } from '../../../src/base/units.js';
import { blockTft } from '../../../src/policy/choke/block-tft.js';
import { credit } from '../../../src/policy/choke/credit.js';
import { fairtorrent } from '../../../src/policy/choke/fairtorrent.js';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { propshare } from '../../../src/policy/choke/propshare.js';
import { ask, chosen, ladder, peer, play, torrent } from './views.js';

const account = (key: number, downTotal: number, upTotal: number, over: Partial<PeerView> = {}): PeerView =>
  peer(key, { downTotal, upTotal, ...over });

/** How far those that are chosen may be ahead. */
const leads = (...asked: Parameters<typeof ask<any, any>>): unknown[] =>
  [...new Set([...ask(...asked).unchoked.values()].map(({ lead }) => lead))];

test('credit: up to 100 KiB ahead, and only who has something for us; once we seed, all', () => {
  const k = 100 * KIB;
  const peers = [account(1, 0, k - 1), account(2, 0, k), account(3, 5, k + 4), account(4, 5, k + 5),
    account(5, k, 0, { peerHasWanted: false }), account(6, 0, 0, { peerInterested: false })];
  assert.deepEqual(chosen(credit, peers), { regular: [1, 3], idle: [6] });
  assert.deepEqual(chosen(credit, peers, { of: { seeding: true } }), { regular: [1, 2, 3, 4, 5], idle: [6] });
  assert.deepEqual(chosen(credit, peers, { params: { creditKib: 0 } }), {});
  assert.deepEqual(leads(credit, peers), [k - 1]);
  assert.deepEqual(leads(credit, peers, { of: { seeding: true } }), [undefined]);
});

test('block-tft: two pieces ahead at the most, the fastest first', () => {
  const two = 2 * torrent().pieceLength;
  const peers = ladder(7).map((p) => ({ ...p, downTotal: 10, upTotal: 10 + two }));
  assert.deepEqual(chosen(blockTft, peers), { regular: [3, 4, 5, 6, 7] });
  const ahead = peers.map((p) => (p.key === 7 ? { ...p, upTotal: 11 + two } : p));
  assert.deepEqual(chosen(blockTft, ahead), { regular: [2, 3, 4, 5, 6] });
  assert.deepEqual(chosen(blockTft, ahead, { of: { seeding: true } }), { regular: [1, 2, 3, 4, 5] });
  assert.deepEqual(leads(blockTft, ahead), [two]);
  assert.deepEqual(leads(blockTft, ahead, { of: { seeding: true } }), [undefined]);
});

test('fairtorrent: everybody that wants, and each has a claim to as much as it sent', () => {
  const peers = [account(1, 0, 50), account(2, 70, 0), account(3, 10, 10), account(4, 0, 0), account(5, 99, 0, { peerInterested: false })];
  const { unchoked } = ask(fairtorrent, peers);
  assert.deepEqual([...unchoked].map(([key, { claim }]) => [key, claim]), [[1, 0], [2, 70], [3, 10], [4, 0]]);
});

const weights = (peers: readonly PeerView[], over: Parameters<typeof ask<any, any>>[2] = {}) =>
  new Map([...ask(propshare, peers, over).unchoked].map(([key, { why, weight }]) => [key as number, [why, weight]]));

test('propshare: four fifths in proportion to what was sent, one fifth to one that sent nothing', () => {
  const peers = [peer(1, { downLastRound: 300 }), peer(2, { downLastRound: 100 }), peer(3),
    peer(4, { downLastRound: 900, peerInterested: false })];
  const shares = weights(peers);
  assert.ok(Math.abs((shares.get(1)![1] as number) - 0.6) < 1e-9);
  assert.ok(Math.abs((shares.get(2)![1] as number) - 0.2) < 1e-9);
  assert.deepEqual([shares.get(3), shares.size], [['optimistic', 0.2], 3]);
});

test('propshare: where nobody sent, all is optimistic, in turns of three rounds; as a seed all have the same', () => {
  const peers = [peer(1), peer(2)];
  assert.deepEqual([...weights(peers).values()], [['optimistic', 1]]);
  const tried = play({ policy: propshare, peers, rounds: 6 }).map((r) => [...r.unchoked.keys()][0]);
  assert.deepEqual(tried.map((key) => key === tried[0]), [true, true, true, false, false, false]);
  assert.deepEqual([...weights(peers, { of: { seeding: true } }).values()], [['regular', 0.5], ['regular', 0.5]]);
});
