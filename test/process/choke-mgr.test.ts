import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerKey, torrentKey, type InfoHash } from '../../src/base/brand.js';
import type { InputOf } from '../../src/kernel/process.js';
import type { PeerReport } from '../../src/policy/choke/engine.js';
import type { ChokePolicy, Timing, TorrentView, Trigger } from '../../src/policy/choke/policy.js';
import { parseFact } from '../../src/policy/choke/record.js';
import type { Decision } from '../../src/ports/picture.js';
import type { UplinkLimits } from '../../src/model/uplink.js';
import { chokeMgr, type ChokeMsg } from '../../src/process/choke-mgr.js';
import { Stage } from './stage.js';

/** Unchokes who is interested, and keeps why it was asked. */
function reacting(timing: Partial<Timing> = {}, requestTickIn?: number) {
  const asked: string[] = [];
  const policy: ChokePolicy = {
    name: 'reacting', summary: '', source: '', params: {}, defaults: {}, scope: 'session', rates: [],
    timing: () => ({ tickMs: 10_000, react: [], minHoldMs: 0, ...timing }),
    init: () => null,
    decide({ trigger, subjects, peers, link }) {
      asked.push([trigger, ...subjects].join(' '));
      const unchoked = new Map(peers.filter((p) => p.peerInterested).map((p) => [p.key, { why: 'regular' } as const]));
      if (link.upLimit !== null) unchoked.clear();
      return { unchoked, state: null, ...(requestTickIn !== undefined && asked.length === 1 && { requestTickIn }) };
    },
  };
  return { chosen: { policy, params: {} }, asked };
}

const TORRENT = infoHash('1'.repeat(40));

function start(choke = reacting(), more: Pick<InputOf<typeof chokeMgr>, 'shadow' | 'record'> = {}) {
  const inboxes: any[] = [];
  let api: any;
  const stage = new Stage(chokeMgr, (cast) => {
    api = cast('Api');
    for (const i of [1, 2]) inboxes[i] = cast('Controller', `C${i}`);
    return { choke: choke.chosen, limiter: cast('Limiter'), timer: cast('Timer'), console: cast('Console'), ...more };
  });
  const join = (key: number, torrent = 1): ChokeMsg => ({ type: 'peerJoined', inbox: inboxes[key], address: `10.0.0.${key}:1`, peer: {
    key: peerKey(key), torrent: torrentKey(torrent), connectedAt: 0, outgoing: true, local: false,
    fastExtension: true,
  } });
  /** What was noted since the last look, in short. */
  const look = (...torrents: InfoHash[]): string[] => {
    stage.send({ type: 'look', torrents: new Set(torrents), replyTo: api });
    return stage.all<{ decisions: readonly Decision[] }>('decided').flatMap(({ decisions }) => decisions).map((d) =>
      [d.trigger, ...d.peers.map((p) => `${p.address.slice(0, -2)} ${p.standing}${p.changed ? '!' : ''}`)].join(', '));
  };
  return { stage, join, look, asked: choke.asked };
}
const report = (key: number, peerInterested: boolean, upTotal = 0): ChokeMsg => ({ type: 'report', peer: peerKey(key), report: {
  peerInterested, amInterested: false, peerChoking: true, peerIsSeed: false, peerUploadOnly: false, havePieces: 1,
  peerHasWanted: false, downTotal: 0, upTotal, lastPieceAt: null, peerUnchokedUsSince: null, outstandingToPeer: 0,
  queuedFromPeer: 0, socketDrained: true,
} satisfies PeerReport });
const link = (all: number | null, more: Partial<UplinkLimits<InfoHash>> = {}): ChokeMsg =>
  ({ type: 'linkLimit', limits: { all, eachTorrent: null, torrents: new Map(), ...more } });
const leave = (key: number): ChokeMsg => ({ type: 'peerLeft', peer: peerKey(key) });
const torrent = (over: Partial<TorrentView> = {}): ChokeMsg => ({ type: 'torrent', torrent: TORRENT, view: {
  key: torrentKey(1), seeding: false, seededFromStart: false, private: false, totalSize: 1, pieceLength: 1,
  pieceCount: 1, pieces: 0, uploadAllowed: true, ...over,
} });
const UNCHOKE_1 = ['C1', 'unchoke', { why: 'regular' }];

test('a round every ten seconds; orders go to the peers they change', () => {
  const { stage, join, asked } = start();
  stage.send(torrent(), join(1), join(2), report(1, true), report(2, false));
  assert.deepEqual([stage.told(), asked], [[], []]);
  stage.advance(10_000);
  assert.deepEqual([stage.told(), asked], [[UNCHOKE_1], ['tick']]);
  stage.advance(10_000);
  assert.deepEqual(stage.told(), []);
  stage.send(report(1, false)).advance(10_000);
  assert.deepEqual(stage.told(), [['C1', 'choke']]);
  assert.deepEqual(asked, ['tick', 'tick', 'tick']);
});

test('a peer that has left gets no orders; an unknown one is ignored', () => {
  const { stage, join, asked } = start(reacting({ react: ['left'] }));
  stage.send(join(1), report(1, true), leave(1), leave(1), leave(2), report(2, true)).advance(10_000);
  assert.deepEqual([stage.told(), asked], [[], ['left 1', 'tick']]);
});

const ALL: readonly Trigger[] = ['joined', 'left', 'interested', 'uninterested', 'completed'];
const events: readonly (readonly [Trigger, (join: (key: number) => ChokeMsg) => ChokeMsg, string])[] = [
  ['joined', (join) => join(2), 'joined 2'],
  ['left', () => leave(1), 'left 1'],
  ['interested', () => report(1, true), 'interested 1'],
  ['completed', () => torrent({ seeding: true }), 'completed'],
];
for (const [trigger, message, said] of events) {
  test(`a policy hears at once of '${trigger}' if it reacts to it, and not otherwise`, () => {
    const others = ALL.filter((t) => t !== trigger);
    for (const [react, expected] of [[[trigger], [said]], [ALL, [said]], [others, []]] as const) {
      const { stage, join, asked } = start(reacting({ react }));
      stage.send(torrent(), join(1)).advance(100);
      asked.length = 0;
      stage.send(message(join));
      assert.deepEqual(asked, expected);
    }
  });
}

test('what happens within 100 ms of a reaction is answered together; after quiet, at once', () => {
  const { stage, join, asked } = start(reacting({ react: ALL }));
  stage.send(torrent(), join(1), join(2), report(1, true), report(2, true), report(1, false)).advance(99);
  assert.deepEqual([asked, stage.told()], [['joined 1'], []]);
  stage.advance(1);
  assert.deepEqual(asked.splice(0), ['joined 1', 'joined 2', 'interested 1 2']);
  assert.deepEqual(stage.told(), [['C2', 'unchoke', { why: 'regular' }]]);
  stage.advance(100).send(report(1, true));
  assert.deepEqual([asked, stage.told()], [['interested 1'], [UNCHOKE_1]]);
});

test('a peer that changes its mind all the time has its policy asked some times a second, not each time', () => {
  const { stage, join, asked } = start(reacting({ react: ALL }));
  stage.send(torrent(), join(1));
  for (let i = 1; i <= 1000; i++) stage.send(report(1, i % 2 === 1)).advance(1);
  assert.ok(asked.length > 10 && asked.length <= 21, `asked ${asked.length} times`);
});

test('what waits is forgotten with the policy that was to hear of it', () => {
  const { stage, join } = start(reacting({ react: ALL }));
  const other = reacting();
  stage.send(torrent(), join(1), join(2), { type: 'setPolicy', chosen: other.chosen }).advance(9999);
  assert.deepEqual(other.asked, []);
});

test('the optimistic beat is its own, and ends with a policy that needs none', () => {
  const { stage, asked } = start(reacting({ optimisticMs: 30_000 }));
  stage.advance(60_000);
  assert.deepEqual(asked.filter((a) => a === 'optimistic').length, 2);
  const plain = reacting();
  stage.send({ type: 'setPolicy', chosen: plain.chosen }).advance(60_000);
  assert.deepEqual(plain.asked, new Array(6).fill('tick'));
  assert.equal(stage.clock.pending, 1);
});

test('another policy begins its rounds now, and finds the choke bits as they are', () => {
  const { stage, join } = start();
  stage.send(torrent(), join(1), report(1, true)).advance(10_000).forget();
  const quick = reacting({ tickMs: 1000 });
  stage.send({ type: 'setPolicy', chosen: quick.chosen }).advance(3000);
  assert.deepEqual([stage.told(), quick.asked], [[], ['tick', 'tick', 'tick']]);
  stage.send(report(1, false)).advance(1000);
  assert.deepEqual(stage.told(), [['C1', 'choke']]);
});

test('an extra tick comes when it was asked for, and the rounds go on as they were', () => {
  const { stage, asked } = start(reacting({}, 500));
  stage.advance(10_499);
  assert.equal(asked.length, 1);
  stage.advance(1);
  assert.equal(asked.length, 2);
  stage.advance(9500);
  assert.equal(asked.length, 3);
});

test('the policy sees the link as the Limiter tells it', () => {
  const { stage, join } = start();
  stage.send(link(5), join(1), report(1, true)).advance(10_000);
  assert.deepEqual(stage.told(), []);
  stage.send(link(null)).advance(10_000);
  assert.deepEqual(stage.told(), [UNCHOKE_1]);
});

test('the link of a policy is that of its torrents: the limits of these count where each has one', () => {
  const links: (number | null)[] = [];
  const { policy } = reacting().chosen;
  const seeing: ChokePolicy = { ...policy, decide: (input, params) => {
    links.push(input.link.upLimit);
    return policy.decide(input, params);
  } };
  const { stage } = start({ chosen: { policy: seeing, params: {} }, asked: [] });
  const seen = (...messages: ChokeMsg[]): (number | null)[] => {
    stage.send(...messages).advance(10_000);
    return links.splice(0);
  };
  const second: ChokeMsg = { ...torrent({ key: torrentKey(2) }), torrent: infoHash('2'.repeat(40)) } as ChokeMsg;
  assert.deepEqual(seen(torrent(), link(50, { eachTorrent: 20 })), [20]);
  assert.deepEqual(seen(second), [40]);
  assert.deepEqual(seen({ type: 'setPolicy', chosen: { policy: never('own'), params: {} }, torrent: TORRENT }), [20]);
  assert.deepEqual(seen(link(50, { eachTorrent: 20, torrents: new Map([[infoHash('2'.repeat(40)), null]]) })), [50]);
  assert.deepEqual(seen(link(null), { type: 'torrentLeft', torrent: torrentKey(2) }), [null]);
});

test('a torrent that has left takes its peers with it', () => {
  const { stage, join } = start();
  stage.send(torrent(), join(1), join(2, 7), report(1, true), report(2, true),
    { type: 'torrentLeft', torrent: torrentKey(7) });
  stage.advance(10_000);
  assert.deepEqual(stage.told(), [UNCHOKE_1]);
});

const never = (name: string): ChokePolicy => ({ ...reacting().chosen.policy, name, decide: () => ({ unchoked: new Map(), state: null }) });

test('a policy that throws is replaced by the default, which knows all peers; people are told', () => {
  const broken = reacting({ react: ['interested'] });
  const { stage, join } = start({ ...broken, chosen: { params: {}, policy: { ...broken.chosen.policy, name: 'mine', decide() {
    throw new Error('oops');
  } } } });
  stage.send(torrent(), join(1), report(1, true));
  const reason = 'choking policy mine threw Error: oops; tit-for-tat takes its place';
  assert.deepEqual(stage.told(), [UNCHOKE_OPTIMISTIC_1, ['Console', 'event', { event: { event: 'warning', reason } }]]);
  stage.send(join(2), report(2, true)).advance(100);
  assert.deepEqual(stage.told(), [['C2', 'unchoke', { why: 'optimistic' }]]);
});
const UNCHOKE_OPTIMISTIC_1 = ['C1', 'unchoke', { why: 'optimistic' }];

test('a shadow is asked the same and has no effect; once a round it is told where it differs', () => {
  const { stage, join } = start(reacting(), { shadow: { policy: never('idle'), params: {} } });
  stage.send(torrent(), join(1), join(2), report(1, true)).advance(10_000);
  const differs = { event: 'shadow', policy: 'idle', live: 'reacting', same: 1,
    onlyLive: [{ address: '10.0.0.1:1', why: 'regular' }], onlyShadow: [] };
  assert.deepEqual(stage.told(), [UNCHOKE_1, ['Console', 'event', { event: differs }]]);
  stage.send({ type: 'setShadow' }).advance(10_000);
  assert.deepEqual(stage.told(), []);
});

test('a torrent with a policy of its own has rounds of its own; the others do not notice', () => {
  const own = reacting({ tickMs: 1000 });
  const { stage, join, asked } = start();
  const first = torrent();
  assert.ok(first.type === 'torrent');
  stage.send({ ...first, choke: own.chosen }, join(1), report(1, true), join(2, 2), report(2, true)).advance(1000);
  assert.deepEqual([stage.told(), own.asked, asked], [[UNCHOKE_1], ['tick'], []]);
  stage.advance(9000);
  assert.deepEqual([stage.told(), asked], [[['C2', 'unchoke', { why: 'regular' }]], ['tick']]);
  stage.send({ type: 'torrentLeft', torrent: torrentKey(1) }).advance(5000);
  assert.equal(own.asked.length, 10);
});

test('a torrent may get a policy of its own later, with its peers as they are; one that has left may not', () => {
  const { stage, join } = start();
  const of = infoHash('1'.repeat(40));
  stage.send(torrent(), join(1), report(1, true)).advance(10_000).forget();
  stage.send({ type: 'setPolicy', chosen: { policy: never('never'), params: {} }, torrent: of }).advance(10_000);
  assert.deepEqual(stage.told(), [['C1', 'choke']]);
  stage.send({ type: 'setPolicy', chosen: reacting().chosen, torrent: of }).advance(10_000);
  assert.deepEqual(stage.told(), [UNCHOKE_1]);
  stage.send({ type: 'setPolicy', chosen: reacting().chosen, torrent: infoHash('2'.repeat(40)) });
  assert.deepEqual(stage.told(), []);
});

test('what it is told and what it decides is recorded, a fact a line', () => {
  const lines: string[] = [];
  const { stage, join } = start(reacting(), { record: { line: (text) => void lines.push(text) } });
  stage.send(link(null), torrent(), join(1), report(1, true)).advance(10_000)
    .send(leave(1), { type: 'torrentLeft', torrent: torrentKey(1) });
  const facts = lines.map((line) => parseFact(line));
  assert.deepEqual(facts.map((f) => (f.ok ? f.value.fact : f.error)),
    ['policy', 'torrent', 'join', 'report', 'decided', 'leave', 'torrentLeft']);
});

test('the Limiter hears what a peer has of the uplink, and that it is nothing of its own once the peer or its torrent has left', () => {
  const choke = reacting();
  const policy: ChokePolicy = { ...choke.chosen.policy, decide: ({ peers }) => ({
    unchoked: new Map(peers.map(({ key }) => [key, { why: 'regular', weight: key / 4 } as const])), state: null,
  }) };
  const { stage, join } = start({ ...choke, chosen: { policy, params: {} } });
  const heard = (): unknown => stage.told('Limiter').map(([, kind, rest]) => [kind, rest]);
  stage.send(torrent(), join(1), join(2)).advance(10_000);
  assert.deepEqual(heard(), [
    ['share', { peer: 1, cap: undefined, weight: 0.25, claim: undefined }],
    ['share', { peer: 2, cap: undefined, weight: 0.5, claim: undefined }],
  ]);
  stage.advance(10_000);
  assert.deepEqual(heard(), []);
  stage.send(leave(1));
  assert.deepEqual(heard(), [['share', { peer: 1, cap: undefined, weight: 1, claim: undefined }]]);
  stage.send({ type: 'torrentLeft', torrent: torrentKey(1) });
  assert.deepEqual(heard(), [['share', { peer: 2, cap: undefined, weight: 1, claim: undefined }]]);
});

test('a peer hears how far it may be ahead; where that is used up, a policy that reacts hears of it', () => {
  const choke = reacting({ react: ['spent'] });
  const policy: ChokePolicy = { ...choke.chosen.policy, decide(input) {
    const { unchoked, state } = choke.chosen.policy.decide(input, {});
    return { unchoked: new Map([...unchoked.keys()].map((key) => [key, { why: 'regular', lead: 9 }])), state };
  } };
  const { stage, join, asked } = start({ ...choke, chosen: { policy, params: {} } });
  stage.send(torrent(), join(1), report(1, true)).advance(10_000);
  assert.deepEqual(stage.told(), [UNCHOKE_1, ['C1', 'lead', { lead: 9 }]]);
  stage.send(report(1, true, 9), report(1, true, 10));
  assert.deepEqual([stage.told(), asked.splice(0)], [[], ['tick', 'spent 1']]);
  stage.send(report(1, false, 10)).advance(10_000);
  assert.deepEqual(stage.told(), [['C1', 'choke'], ['C1', 'lead', { lead: undefined }]]);
});

test('whoever looks is told what is decided from then on, and the last before that', () => {
  const { stage, join, look } = start(reacting({ react: ['interested'] }));
  stage.send(torrent(), join(1), join(2), report(1, true)).advance(10_000);
  assert.deepEqual(look(TORRENT), ['tick, 10.0.0.1 regular, 10.0.0.2 choked']);
  stage.send(report(2, true));
  assert.deepEqual(look(TORRENT), ['interested, 10.0.0.1 regular, 10.0.0.2 regular!']);
  stage.advance(10_000);
  assert.deepEqual(look(TORRENT), ['tick, 10.0.0.1 regular, 10.0.0.2 regular']);
  assert.deepEqual(look(TORRENT), []);
});

test('what is decided while nobody looks is not kept; nor is a torrent told of that nobody looks at', () => {
  const { stage, join, look } = start();
  stage.send(torrent(), join(1), report(1, true));
  look(TORRENT);
  look();
  stage.advance(30_000);
  assert.deepEqual(look(infoHash('2'.repeat(40))), []);
  assert.deepEqual(look(TORRENT), ['tick, 10.0.0.1 regular']);
});
