/** One decision at a time: a table of (session, what was asked) -> (who is unchoked, and why). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey, torrentKey } from '../../../src/base/brand.js';
import { KIB } from '../../../src/base/units.js';
import type { ChokeInput, PeerView } from '../../../src/policy/choke/policy.js';
import { titForTat, type TitForTatParams, type TitForTatState } from '../../../src/policy/choke/tit-for-tat.js';
import { byWhy, input, LINK, NOW, peer, torrent, torrents, unchokedFor } from './views.js';

type Over = Partial<ChokeInput<TitForTatState>>;
const EMPTY: TitForTatState = { line: [], turns: [] };
const decide = (peers: readonly PeerView[], params: Partial<TitForTatParams> = {}, over: Over = {}) =>
  titForTat.decide(input(EMPTY, peers, over), { ...titForTat.defaults, slots: 4, ...params });
const who = (...args: Parameters<typeof decide>) => byWhy(decide(...args).unchoked);

const sending = (key: number, bytesPerSec: number, over: Partial<PeerView> = {}): PeerView =>
  peer(key, { down: [bytesPerSec], lastPieceAt: NOW - 1000, ...over });
const six = Array.from({ length: 6 }, (_, i) => sending(i + 1, 100 * (i + 1)));
const seedingTorrent = torrents(torrent({ seeding: true }));

test('leeching: the best three by download rate, and one of the others', () => {
  const { regular, optimistic } = who(six);
  assert.deepEqual(regular, [4, 5, 6]);
  assert.equal(optimistic?.length, 1);
  assert.ok(optimistic[0]! <= 3);
});

test('leeching: what the peer gets elsewhere, or from us, does not count', () => {
  const rich = six.map((p) => ({ ...p, up: [10_000 - 1000 * p.key], haveRate: 10 - p.key }));
  assert.deepEqual(who(rich).regular, [4, 5, 6]);
});

test('slots that nobody has earned are optimistic, not given to free riders as regular ones', () => {
  assert.deepEqual(who([sending(1, 100), sending(2, 200), peer(3), peer(4), peer(5)], { slots: 8 }),
    { regular: [1, 2], optimistic: [3, 4, 5] });
});

test('a peer that snubs us loses its regular slot to the next, and one more is tried', () => {
  const silent = { amInterested: true, outstandingToPeer: 3, peerChoking: false };
  const snubbing = (key: number, ms: number): PeerView =>
    sending(key, 900, { ...silent, lastPieceAt: NOW - ms, peerUnchokedUsSince: NOW - 300_000 });
  assert.deepEqual(who([...six, snubbing(7, 60_001)]).regular, [4, 5, 6]);
  assert.deepEqual(who([...six, snubbing(7, 60_000)]).regular, [5, 6, 7]);
  assert.deepEqual(who([sending(1, 100), snubbing(7, 60_001), peer(8)]), { regular: [1], optimistic: [7, 8] });
});

test('it is no snub to choke us, to have been asked for nothing, or to have unchoked us just now', () => {
  const old = { outstandingToPeer: 3, peerUnchokedUsSince: NOW - 300_000, lastPieceAt: NOW - 90_000 };
  const excuses: readonly Partial<PeerView>[] = [
    { peerUnchokedUsSince: null }, { peerUnchokedUsSince: NOW - 5000 }, { outstandingToPeer: 0 }, { amInterested: false },
  ];
  for (const excuse of excuses) {
    assert.deepEqual(who([...six, sending(7, 900, { ...old, ...excuse })]).regular, [5, 6, 7], JSON.stringify(excuse));
  }
});

test('seeds, upload-only peers and torrents that may not upload are choked', () => {
  const idleSeed = peer(3, { peerIsSeed: true, peerInterested: false });
  const peers = [peer(1, { peerIsSeed: true }), peer(2, { peerUploadOnly: true }), idleSeed];
  assert.deepEqual(who(peers), {});
  const paused = torrents(torrent({ uploadAllowed: false }));
  assert.deepEqual(who([peer(4), peer(5, { local: true })], {}, { torrents: paused }), {});
  assert.deepEqual(who([peer(4)], {}, { torrents: new Map() }), {}, 'a torrent that is just being removed');
});

test('an idle peer is unchoked for nothing if it would win a regular slot, or if a slot is free', () => {
  const idle = (key: number, r: number): PeerView => sending(key, r, { peerInterested: false });
  assert.deepEqual(who([...six, idle(7, 450), idle(8, 399)]).idle, [7]);
  const quiet = [idle(7, 0), idle(8, 0), idle(9, 0)];
  assert.deepEqual(who([sending(1, 100), peer(2), ...quiet]).idle, [7, 8], 'two of four slots are free');
  const held = [idle(7, 0), idle(8, 0), { ...idle(9, 0), ...unchokedFor(60_000) }];
  assert.deepEqual(who([sending(1, 100), peer(2), ...held]).idle, [7, 9], 'who is unchoked already stays so');
});

test('idle and unchoked when it becomes interested: it takes the place of the worst regular peer at once', () => {
  const busy = six.map((p) => ({ ...p, ...unchokedFor(p.key < 4 ? 0 : 60_000), amChoking: p.key < 4 }));
  const now = sending(7, 450, unchokedFor(60_000));
  assert.deepEqual(who([...busy, now], {}, { trigger: 'interested', subjects: [peerKey(7)] }).regular, [5, 6, 7]);
});

test('between rounds a choked peer that is better now must wait for the next round', () => {
  const busy = six.map((p) => (p.key < 4 ? p : { ...p, ...unchokedFor(60_000) }));
  assert.deepEqual(who([...busy, sending(7, 900)], {}, { trigger: 'joined' }).regular, [4, 5, 6]);
  assert.deepEqual(who([...busy, sending(7, 900)], {}, { trigger: 'tick' }).regular, [5, 6, 7]);
  const gone = busy.slice(0, 5);
  assert.deepEqual(who([...gone, sending(7, 900)], {}, { trigger: 'left' }).regular, [4, 5, 7], 'a slot was free');
});

test('free slots are filled as soon as somebody is interested', () => {
  assert.deepEqual(who([peer(1)], {}, { trigger: 'interested' }), { optimistic: [1] });
});

test('against fibrillation: 9 s after an unchoke a peer keeps its slot, 9 s after a choke it stays choked', () => {
  assert.deepEqual(who([...six, sending(7, 50, unchokedFor(8999))]).regular, [5, 6, 7]);
  assert.deepEqual(who([...six, sending(7, 50, unchokedFor(9000))]).regular, [4, 5, 6]);
  const choked = (ms: number): PeerView =>
    sending(7, 900, { lastUnchokedAt: NOW - 60_000, lastChokeChangeAt: NOW - ms });
  assert.deepEqual(who([...six, choked(8999)]).regular, [4, 5, 6]);
  assert.deepEqual(who([...six, choked(9000)]).regular, [5, 6, 7]);
  const idle = { peerInterested: false };
  assert.deepEqual(who([...six, peer(8, { ...idle, ...unchokedFor(100) })]).kept, [8]);
});

test('among equal rates those that are unchoked stay so', () => {
  const equal = [1, 2, 3, 4, 5, 6].map((k) => sending(k, 100, k > 3 ? unchokedFor(60_000) : {}));
  for (let i = 0; i < 10; i++) assert.deepEqual(who(equal, {}, { entropy: [i, i] }).regular, [4, 5, 6]);
});

test('peers of the local network take no slot, unless told otherwise', () => {
  const peers = [...six, peer(7, { local: true }), peer(8, { local: true, peerInterested: false })];
  assert.deepEqual(who(peers).exempt, [7, 8]);
  assert.deepEqual(who(peers).regular, [4, 5, 6]);
  assert.equal(who(peers, { localFree: false }).exempt, undefined);
});

test('slots on their own follow the upload limit', () => {
  const many = Array.from({ length: 30 }, (_, i) => sending(i + 1, i + 1));
  const count = (kib: number): number =>
    decide(many, { slots: 'auto' }, { link: { ...LINK, upLimit: kib * KIB } }).unchoked.size;
  assert.deepEqual([5, 12, 20, 100, 1000].map(count), [2, 3, 4, 7, 24]);
});

test('seeding: those that waited longest come first, whatever their rates', () => {
  const waiting = [5, 1, 4, 2, 3, 6].map((minutes, i) =>
    peer(i + 1, { connectedAt: NOW - 60_000 * minutes, up: [minutes], down: [1000 * (i + 1)] }));
  assert.deepEqual(who(waiting, {}, { torrents: seedingTorrent }), { regular: [1, 3, 5, 6] });
});

test('seeding: waiting counts from the end of the last turn, so newcomers do not pass those that were served', () => {
  const served = peer(1, { lastUnchokedAt: NOW - 200_000, lastChokeChangeAt: NOW - 120_000 });
  const newcomer = peer(2, { connectedAt: NOW - 60_000 });
  assert.deepEqual(who([served, newcomer], { slots: 1 }, { torrents: seedingTorrent }).regular, [1]);
});

test('seeding: a turn lasts a minute, a third of the slots changes hands in a round, and none between rounds', () => {
  const holding = [90, 80, 70, 65, 30, 20].map((s, i) => peer(i + 1, unchokedFor(1000 * s)));
  const waiting = [7, 8, 9, 10].map((k) => peer(k));
  const ask = (over: Over) => who([...holding, ...waiting], { slots: 6 }, { torrents: seedingTorrent, ...over });
  const { regular = [] } = ask({});
  assert.deepEqual(regular.slice(0, 4), [3, 4, 5, 6], 'the two that were served longest leave');
  assert.ok(regular.length === 6 && regular[4]! >= 7);
  assert.deepEqual(ask({ trigger: 'interested' }).regular, [1, 2, 3, 4, 5, 6]);
  const alone = who(holding, { slots: 6 }, { torrents: seedingTorrent });
  assert.deepEqual(alone.regular, [1, 2, 3, 4, 5, 6], 'nobody waits');
});

test('seeding: a peer that takes nothing for two rounds ends its turn', () => {
  const lazy = (ms: number, over: Partial<PeerView> = {}): readonly number[] | undefined => {
    const holder = peer(1, { ...unchokedFor(ms), upLastRound: 0, ...over });
    return who([holder, peer(2)], { slots: 1 }, { torrents: seedingTorrent }).regular;
  };
  assert.deepEqual(lazy(19_000), [1]);
  assert.deepEqual(lazy(20_000), [2]);
  assert.deepEqual(lazy(20_000, { queuedFromPeer: 1 }), [1]);
});

test('several torrents: seeding ones have 30 % of the slots, or what leeching ones leave', () => {
  const seeded = torrentKey(2);
  const views = torrents(torrent(), torrent({ key: seeded, seeding: true }));
  const takers = Array.from({ length: 10 }, (_, i) => peer(20 + i, { torrent: seeded }));
  const leeching = Array.from({ length: 10 }, (_, i) => sending(1 + i, 100 + i));
  const count = (peers: readonly PeerView[]): readonly [leeching: number, seeding: number] => {
    const keys = [...decide(peers, { slots: 10 }, { torrents: views }).unchoked.keys()];
    return [keys.filter((k) => k < 20).length, keys.filter((k) => k >= 20).length];
  };
  assert.deepEqual(count([...leeching, ...takers]), [7, 3]);
  assert.deepEqual(count([...leeching.slice(0, 2), ...takers]), [2, 8]);
  assert.deepEqual(count([...leeching, ...takers.slice(0, 1)]), [9, 1]);
});
