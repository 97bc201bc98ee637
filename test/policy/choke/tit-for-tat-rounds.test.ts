/** Many rounds of tit-for-tat, each decision applied before the next: what a peer gets over time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerView } from '../../../src/policy/choke/policy.js';
import { titForTat } from '../../../src/policy/choke/tit-for-tat.js';
import { byWhy, NOW, peer, play, T, torrent, type Round } from './views.js';

const policy = titForTat;
const idleRate = (n: number): PeerView[] => Array.from({ length: n }, (_, i) => peer(i + 1));
const roundsUnchoked = (rounds: readonly Round[], key: number): number =>
  rounds.filter((r) => [...r.unchoked.keys()].some((k) => k === key)).length;
const reasons = (rounds: readonly Round[], key: number): Set<string> =>
  new Set(rounds.flatMap((r) => [...r.unchoked].filter(([k]) => k === key).map(([, v]) => v.why)));

test('20 peers, one slot: each is unchoked for exactly its share of 90 s in 20 x 90 s', () => {
  // libtorrent's acceptance check for optimistic unchokes, which allows 1.5 s: three turns of three rounds each.
  const rounds = play({ policy, params: { slots: 1 }, rounds: 180, peers: idleRate(20) });
  for (let key = 1; key <= 20; key++) assert.equal(roundsUnchoked(rounds, key), 9, `peer ${key}`);
});

test('beside contributors, 20 free riders share the one optimistic slot fairly, 30 s a turn', () => {
  const contributors = [101, 102, 103].map((k) => peer(k, { down: [1000] }));
  const rounds = play({ policy, params: { slots: 4 }, rounds: 180, peers: [...idleRate(20), ...contributors] });
  for (let key = 1; key <= 20; key++) {
    assert.equal(roundsUnchoked(rounds, key), 9, `peer ${key}`);
    assert.deepEqual([...reasons(rounds, key)], ['optimistic']);
  }
  for (const key of [101, 102, 103]) assert.deepEqual([...reasons(rounds, key)], ['regular']);
});

test('an optimistic unchoke lasts three rounds', () => {
  const rounds = play({ policy, params: { slots: 1 }, rounds: 30, peers: idleRate(5) });
  const held = rounds.map((r) => byWhy(r.unchoked).optimistic?.[0]);
  for (let i = 0; i < 30; i += 3) {
    assert.equal(held[i], held[i + 2]);
    assert.notEqual(held[i], held[i + 3]);
  }
});

test('a newcomer is the next to be tried three times as often as one of those that wait', () => {
  let newcomer = 0;
  const RUNS = 600;
  for (let seed = 0; seed < RUNS; seed++) {
    const rounds = play({ policy, params: { slots: 1 }, rounds: 4, peers: idleRate(6), seed,
      world: (peers, round) => (round === 1 ? [...peers, peer(99)] : peers) });
    if (byWhy(rounds[3]!.unchoked).optimistic?.[0] === 99) newcomer++;
  }
  // Before the newcomer 6 stand in the line: its chance of the head is 3 in 9, where an equal one would be 1 in 7.
  assert.ok(Math.abs(newcomer / RUNS - 1 / 3) < 0.08, `${newcomer} of ${RUNS}`);
});

test('losing and regaining interest does not make a newcomer of a peer', () => {
  const flapping = play({ policy, params: { slots: 1 }, rounds: 360, peers: idleRate(10),
    world: (peers, round) => peers.map((p) => (p.key === 1 ? { ...p, peerInterested: round % 2 === 0 } : p)) });
  assert.ok(roundsUnchoked(flapping, 1) <= 36, `${roundsUnchoked(flapping, 1)} of 360 rounds`);
});

test('a peer that begins to return the favour while on trial is promoted, and another is tried at once', () => {
  const contributors = [1, 2, 3].map((k) => peer(k, { down: [100 * k] }));
  const rounds = play({ policy, params: { slots: 4 }, rounds: 2, peers: [...contributors, peer(4), peer(5)],
    world: (peers) => peers.map((p) => (p.key > 3 && !p.amChoking ? { ...p, down: [5000] } : p)) });
  const [trial] = byWhy(rounds[0]!.unchoked).optimistic!;
  const { regular, optimistic } = byWhy(rounds[1]!.unchoked);
  assert.deepEqual(regular, [2, 3, trial]);
  assert.equal(optimistic?.length, 1);
  assert.notEqual(optimistic[0], trial);
});

test('a peer that stops sending what we asked for keeps its slot for a minute, then has only optimistic turns', () => {
  const others = [2, 3, 4, 5].map((k) => peer(k, { down: [100] }));
  const snub = peer(1, { down: [900], peerUnchokedUsSince: NOW, lastPieceAt: NOW, outstandingToPeer: 5 });
  const rounds = play({ policy, params: { slots: 4 }, rounds: 40, peers: [snub, ...others] });
  assert.deepEqual([...reasons(rounds.slice(0, 7), 1)], ['regular']);
  assert.deepEqual([...reasons(rounds.slice(7), 1)], ['optimistic']);
});

test('a torrent that completes goes over to the seeding rule: rates stop counting, everyone gets equal time', () => {
  const seeding = { seeding: false };
  const views = new Map([[T, { ...torrent(), get seeding() { return seeding.seeding; } }]]);
  const peers = Array.from({ length: 12 }, (_, i) => peer(i + 1, { down: [100 * i], upLastRound: 1000 }));
  const rounds = play({ policy, params: { slots: 4 }, rounds: 12 + 180, peers, torrents: views,
    world: (now, round) => {
      seeding.seeding = round >= 12;
      return now;
    } });
  assert.equal(roundsUnchoked(rounds.slice(0, 12), 12), 12, 'the best has a slot while we leech');
  const still = [...rounds[11]!.unchoked.keys()].filter((k) => rounds[12]!.unchoked.has(k));
  assert.ok(still.length >= 2, 'completion itself does not choke everyone');
  for (let key = 1; key <= 12; key++) {
    const share = roundsUnchoked(rounds.slice(12), key);
    assert.ok(Math.abs(share - 60) <= 8, `peer ${key}: ${share} rounds, fair are 60`);
  }
});

test('choke bits change at most once in a round, and a swarm at rest changes only its optimistic unchoke', () => {
  const peers = Array.from({ length: 20 }, (_, i) => peer(i + 1, { down: [i < 10 ? 100 * (i + 1) : 0] }));
  const rounds = play({ policy, params: { slots: 8 }, rounds: 60, peers });
  for (let i = 1; i < rounds.length; i++) {
    const before = new Set(rounds[i - 1]!.unchoked.keys());
    const changed = [...rounds[i]!.unchoked.keys()].filter((k) => !before.has(k)).length;
    assert.ok(changed <= (i % 3 === 0 ? 1 : 0), `round ${i}: ${changed} newly unchoked`);
  }
});
