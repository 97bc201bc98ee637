import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libtorrentFixed } from '../../../src/policy/choke/libtorrent-fixed.js';
import { libtorrentRate } from '../../../src/policy/choke/libtorrent-rate.js';
import type { LibtorrentState } from '../../../src/policy/choke/libtorrent.js';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { ask, byWhy, chosen, ladder, NOW, peer, torrent, unchokedFor } from './views.js';

const ten = ladder(10);
const nothing: LibtorrentState = { optimistic: [], triedAt: {} };
/** As a seed sees them: nothing comes from them. */
const taking = (key: number, over: Partial<PeerView>): PeerView => peer(key, { ...unchokedFor(30_000), ...over });

test('seven by bytes received in the last round, and one optimistic', () => {
  const { regular, optimistic } = chosen(libtorrentFixed, ten);
  assert.deepEqual(regular, [4, 5, 6, 7, 8, 9, 10]);
  assert.equal(optimistic?.length, 1);
});

test('seeding, fastest-upload: by bytes sent in the last round; a choked peer counts as none', () => {
  const peers = [1, 2, 3, 4].map((k) => taking(k, { upLastRound: k * 1000, amChoking: k === 4 }));
  assert.deepEqual(chosen(libtorrentFixed, peers, { params: { slots: 3, seedRule: 'fastest-upload' } }).regular, [2, 3]);
});

test('seeding, round-robin: who has had twenty pieces and a minute comes last', () => {
  const quota = 20 * torrent().pieceLength;
  const sated = taking(4, { upLastRound: 9e6, upSinceUnchoke: quota + 1, ...unchokedFor(60_001) });
  const rule = (last: PeerView) => chosen(libtorrentFixed, [taking(1, { upLastRound: 3 }), taking(2, { upLastRound: 2 }), last],
    { params: { slots: 3 } }).regular;
  assert.deepEqual(rule(sated), [1, 2]);
  assert.deepEqual(rule({ ...sated, upSinceUnchoke: quota }), [1, 4]);
  assert.deepEqual(rule({ ...sated, ...unchokedFor(60_000), upLastRound: 9e6 }), [1, 4]);
});

test('seeding, round-robin: among those that wait, who has waited longest', () => {
  const waiting = [1, 2, 3, 4].map((k) => peer(k, { lastUnchokedAt: k === 4 ? null : NOW - k * 1000 }));
  assert.deepEqual(chosen(libtorrentFixed, waiting, { params: { slots: 3 } }).regular, [3, 4]);
});

test('seeding, anti-leech: the beginning and the end before the middle; what we sent counts as had up to the half', () => {
  const having = [0, 16, 32, 48, 64].map((havePieces, i) => peer(i + 1, { havePieces }));
  const rule = { params: { slots: 3, seedRule: 'anti-leech' } };
  assert.deepEqual(chosen(libtorrentFixed, having, rule).regular, [1, 5]);
  const liar = { ...having[0]!, upTotal: torrent().totalSize };
  const { regular = [] } = chosen(libtorrentFixed, [liar, ...having.slice(1)], rule);
  assert.ok(regular.includes(5) && !regular.includes(1), String(regular));
});

test('the optimistic slot goes to whoever had it longest ago, newcomers first; the rest stays as it is', () => {
  const peers = ten.map((p) => (p.key > 8 ? { ...p, amChoking: false } : p));
  const triedAt = Object.fromEntries(ten.map((p) => [p.key, NOW - 1000 * p.key]));
  const turn = (state: LibtorrentState) => chosen(libtorrentFixed, peers, { trigger: 'optimistic', state });
  assert.deepEqual(turn({ optimistic: [], triedAt }), { kept: [9, 10], optimistic: [8] });
  const { 5: _, ...others } = triedAt;
  assert.deepEqual(turn({ optimistic: [], triedAt: others }), { kept: [9, 10], optimistic: [5] });
});

test('a round leaves the optimistic one alone, unless it wins a regular slot: then another takes its place', () => {
  const round = (optimistic: number) => chosen(libtorrentFixed, ten, { state: { ...nothing, optimistic: [ten[optimistic - 1]!.key] } });
  assert.deepEqual(round(2).optimistic, [2]);
  const promoted = round(9);
  assert.ok(promoted.regular!.includes(9));
  assert.ok(promoted.optimistic!.length === 1 && promoted.optimistic![0]! < 4);
});

test('who becomes interested is unchoked at once while a slot is free; who loses interest gives its slot away', () => {
  const served = ten.map((p) => ({ ...p, amChoking: p.key > 7 }));
  const joining = ask(libtorrentFixed, served, { trigger: 'interested', subjects: [ten[9]!.key] });
  assert.deepEqual(byWhy(joining.unchoked), { regular: [10] });
  assert.equal(joining.untouched?.size, 9);
  const both = ask(libtorrentFixed, served, { trigger: 'interested', subjects: [ten[8]!.key, ten[9]!.key] });
  assert.deepEqual(byWhy(both.unchoked), { regular: [9] }, 'seven of the eight slots are taken');
  const full = served.map((p) => ({ ...p, amChoking: p.key > 8 }));
  assert.equal(ask(libtorrentFixed, full, { trigger: 'interested', subjects: [ten[9]!.key] }).unchoked.size, 0);
  const leaving = full.map((p) => ({ ...p, peerInterested: p.key !== 1 }));
  const after = chosen(libtorrentFixed, leaving, { trigger: 'uninterested', subjects: [ten[0]!.key] });
  assert.deepEqual(after.regular, [4, 5, 6, 7, 8, 9, 10]);
});

test('peers of the local network are unchoked outside the slots', () => {
  const { exempt, regular } = chosen(libtorrentFixed, [...ten, peer(11, { local: true, peerInterested: false })]);
  assert.deepEqual([exempt, regular?.length], [[11], 7]);
});

test('rate: a slot for each that takes its threshold, and one more', () => {
  const takers = (...bytesPerSec: number[]) => bytesPerSec.map((rate, i) => taking(i + 1, { upLastRound: rate * 10 }));
  const count = (peers: PeerView[]) => ask(libtorrentRate, peers).unchoked.size;
  assert.equal(count(takers(0, 0, 0, 0)), 1);
  assert.equal(count(takers(9000, 1023, 0, 0)), 2);
  assert.equal(count(takers(9000, 8000, 5119, 7000)), 4);
  assert.equal(count(takers(3072, 1024, 0, 0, 0)), 2);
  assert.equal(count(takers(3073, 3072, 0, 0, 0)), 3);
});
