import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerKey, torrentKey, type PeerKey } from '../../../src/base/brand.js';
import { fromSeed } from '../../../src/base/random.js';
import { ChokeEngine, type ChokeEngineOptions, type Introduction, type PeerReport } from '../../../src/policy/choke/engine.js';
import type {
  ChokeInput, ChokePolicy, Json, PeerView, Timing, Trigger, Verdict,
} from '../../../src/policy/choke/policy.js';
import { wgo } from '../../../src/policy/choke/wgo.js';
import { torrent } from './views.js';

const introduce = (key: number, of = 1): Introduction => ({
  key: peerKey(key), torrent: torrentKey(of), connectedAt: 0, outgoing: true, local: false,
  fastExtension: true,
});
const report = (over: Partial<PeerReport> = {}): PeerReport => ({
  peerInterested: true, amInterested: true, peerChoking: true, peerIsSeed: false, peerUploadOnly: false, havePieces: 1,
  peerHasWanted: true, downTotal: 0, upTotal: 0, lastPieceAt: null, peerUnchokedUsSince: null, outstandingToPeer: 0,
  queuedFromPeer: 0, socketDrained: true, ...over,
});

type Call = ChokeInput<Json>;
/** Unchokes whom the test names, counts its calls in its memo, and keeps what it was asked. */
function scripted(over: { scope?: 'torrent' | 'session'; timing?: Partial<Timing>; requestTickIn?: number[] } = {}) {
  const calls: Call[] = [];
  const script = { unchoke: [] as number[], untouched: [] as number[], shares: new Map<number, Omit<Verdict, 'why'>>() };
  const ticks = [...over.requestTickIn ?? []];
  const policy: ChokePolicy = {
    name: 'scripted', summary: '', source: '', params: {}, defaults: {}, scope: over.scope ?? 'session',
    rates: [{ kind: 'window', ms: 2000, bucketMs: 1000 }],
    timing: () => ({ tickMs: 10_000, react: [], minHoldMs: 0, ...over.timing }),
    init: () => 0,
    decide(input) {
      calls.push(input);
      const here = new Set(input.peers.map((p) => p.key as number));
      const unchoked = new Map<PeerKey, Verdict>();
      for (const k of script.unchoke) if (here.has(k)) unchoked.set(peerKey(k), { why: 'regular', ...script.shares.get(k) });
      const untouched = new Set(script.untouched.filter((k) => here.has(k)).map(peerKey));
      const requestTickIn = ticks.shift();
      const state = (input.state as number) + 1;
      return { unchoked, untouched, state, ...(requestTickIn !== undefined && { requestTickIn }) };
    },
  };
  return { policy, calls, script };
}

type Placed = readonly [key: number, torrent: number];

function engineOf(
  policy: ChokePolicy, peers: readonly Placed[] = [[1, 1], [2, 1], [3, 1]], more: Partial<ChokeEngineOptions> = {},
): ChokeEngine {
  const engine = new ChokeEngine({ chosen: { policy, params: policy.defaults }, random: fromSeed(1), clock: () => 0, ...more });
  for (const of of new Set(peers.map(([, t]) => t))) engine.torrent(torrent({ key: torrentKey(of) }));
  for (const [key, of] of peers) {
    engine.join(introduce(key, of));
    engine.report(peerKey(key), report(), 0);
  }
  return engine;
}
type Ordered = readonly [peer: number, why: string | undefined];

const decide = (engine: ChokeEngine, now: number, trigger: Trigger = 'tick'): Ordered[] =>
  engine.decide({ trigger, subjects: [], now }).orders.map(({ peer, why }) => [peer, why]);

describe('ChokeEngine', () => {
  it('orders only what changes', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy);
    script.unchoke = [1, 2];
    assert.deepEqual(decide(engine, 0), [[1, 'regular'], [2, 'regular']]);
    assert.deepEqual(decide(engine, 10_000), []);
    script.unchoke = [2, 3];
    assert.deepEqual(decide(engine, 20_000), [[1, undefined], [3, 'regular']]);
  });

  it('tells how the uplink is divided, where that changes; who is choked or left out of it has no share of its own', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy);
    const shares = (now: number): unknown =>
      engine.decide({ trigger: 'tick', subjects: [], now }).shares.map(({ peer, cap, weight, claim }) => [peer, cap, weight, claim]);
    script.unchoke = [1, 2, 3];
    script.shares.set(1, { weight: 0.5 }).set(2, { cap: 1000 }).set(3, { claim: 7 });
    assert.deepEqual(shares(0), [[1, undefined, 0.5, undefined], [2, 1000, 1, undefined], [3, undefined, 1, 7]]);
    assert.deepEqual(shares(10_000), []);
    script.shares.set(2, { cap: 2000, weight: 3 }).set(3, { claim: 8 });
    script.unchoke = [2, 3];
    assert.deepEqual(shares(20_000), [[1, undefined, 1, undefined], [2, 2000, 3, undefined], [3, undefined, 1, 8]]);
    script.unchoke = [1, 3];
    script.untouched = [2];
    assert.deepEqual(shares(30_000), [[1, undefined, 0.5, undefined]]);
    engine.use({ policy: scripted().policy, params: {} });
    assert.deepEqual(shares(40_000), [1, 2, 3].map((peer) => [peer, undefined, 1, undefined]));
  });

  it('tells how far a peer may be ahead, where that changes; a choke ends it, and who is at its end is spent', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy);
    const leads = (now: number): unknown =>
      engine.decide({ trigger: 'tick', subjects: [], now }).leads.map(({ peer, lead }) => [peer, lead]);
    script.unchoke = [1, 2];
    script.shares.set(1, { lead: 100 });
    assert.deepEqual(leads(0), [[1, 100]]);
    assert.deepEqual(leads(10_000), []);
    const news = (upTotal: number): unknown => engine.report(peerKey(1), report({ upTotal, downTotal: 50 }), 11_000);
    assert.deepEqual([news(150), news(151), news(152)], [undefined, 'spent', 'spent']);
    script.shares.set(1, { lead: 200 });
    assert.deepEqual([leads(20_000), news(250), news(251)], [[[1, 200]], undefined, 'spent']);
    script.unchoke = [2];
    assert.deepEqual([leads(30_000), news(999)], [[[1, undefined]], undefined]);
  });

  it('leaves alone what the policy leaves alone', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy);
    script.unchoke = [1];
    decide(engine, 0);
    script.unchoke = [];
    script.untouched = [1];
    assert.deepEqual(decide(engine, 10_000), []);
    script.untouched = [];
    assert.deepEqual(decide(engine, 20_000), [[1, undefined]]);
  });

  it('a bit that changed less than minHoldMs ago stays; the first unchoke is never held', () => {
    const { policy, script } = scripted({ timing: { minHoldMs: 5000 } });
    const engine = engineOf(policy);
    script.unchoke = [1];
    assert.deepEqual(decide(engine, 1), [[1, 'regular']]);
    script.unchoke = [];
    assert.deepEqual(decide(engine, 5000), []);
    assert.deepEqual(decide(engine, 5001), [[1, undefined]]);
    script.unchoke = [1];
    assert.deepEqual(decide(engine, 10_000), []);
    assert.deepEqual(decide(engine, 10_001), [[1, 'regular']]);
  });

  it('what is held back is ordered by the next decision that still wants it', () => {
    const { policy, script } = scripted({ timing: { minHoldMs: 5000 } });
    const engine = engineOf(policy);
    script.unchoke = [1];
    decide(engine, 0);
    script.unchoke = [];
    decide(engine, 1000);
    script.unchoke = [1];
    assert.deepEqual(decide(engine, 6000), []);
  });

  it('a session-wide policy gets one call with all peers, in the order of their keys', () => {
    const { policy, calls } = scripted();
    const engine = engineOf(policy, [[3, 2], [1, 1], [2, 2]]);
    decide(engine, 0);
    assert.deepEqual(calls.map((c) => c.peers.map((p) => p.key)), [[1, 2, 3]]);
    assert.deepEqual([...calls[0]!.torrents.keys()], [2, 1]);
  });

  it('a policy of scope torrent gets a call and a memo for each', () => {
    const { policy, calls } = scripted({ scope: 'torrent' });
    const engine = engineOf(policy, [[1, 1], [2, 2], [3, 2]]);
    decide(engine, 0);
    decide(engine, 10_000);
    assert.deepEqual(calls.map((c) => [c.peers.map((p) => p.key), c.state]),
      [[[1], 0], [[2, 3], 0], [[1], 1], [[2, 3], 1]]);
    engine.torrentLeft(torrentKey(1));
    engine.torrent(torrent({ key: torrentKey(1) }));
    calls.length = 0;
    decide(engine, 20_000);
    assert.deepEqual(calls.map((c) => [c.peers.map((p) => p.key), c.state]), [[[2, 3], 2], [[], 0]]);
  });

  it('a torrent that has left takes its peers with it', () => {
    const { policy, calls } = scripted();
    const engine = engineOf(policy, [[1, 1], [2, 2], [3, 1]]);
    assert.deepEqual(engine.torrentLeft(torrentKey(1)), [1, 3]);
    decide(engine, 0);
    assert.deepEqual(calls[0]!.peers.map((p) => p.key), [2]);
  });

  it('a peer that has left is gone, and comes back as new', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy, [[1, 1]]);
    script.unchoke = [1];
    decide(engine, 0);
    engine.leave(peerKey(1));
    assert.deepEqual(decide(engine, 10_000), []);
    assert.equal(engine.report(peerKey(1), report(), 10_000), undefined);
    engine.join(introduce(1));
    assert.deepEqual(decide(engine, 20_000), [[1, 'regular']]);
  });

  it('tells apart what a report means for a policy that reacts', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy, [[1, 1]]);
    script.unchoke = [1];
    decide(engine, 0);
    const said = (peerInterested: boolean): unknown => engine.report(peerKey(1), report({ peerInterested }), 0);
    assert.deepEqual([said(true), said(false), said(false), said(true)],
      [undefined, 'uninterested', undefined, 'interested']);
    script.unchoke = [];
    decide(engine, 20_000);
    assert.equal(said(false), undefined, 'it is choked: no slot is free for it');
    assert.equal(engine.report(peerKey(9), report(), 0), undefined);
  });

  it('completion is news once, and not for what was complete when it came', () => {
    const engine = engineOf(scripted().policy, []);
    const told = (seeding: boolean, key = 1): boolean => engine.torrent(torrent({ key: torrentKey(key), seeding }));
    assert.deepEqual([told(false), told(false), told(true), told(true), told(true, 2)],
      [false, false, true, false, false]);
  });

  it('another policy takes over the choke bits as they are, with a memo and estimators of its own', () => {
    const first = scripted();
    const engine = engineOf(first.policy);
    first.script.unchoke = [1];
    decide(engine, 0);
    const second = scripted();
    second.script.unchoke = [1, 2];
    engine.use({ policy: { ...second.policy, rates: [] }, params: {} });
    assert.deepEqual(decide(engine, 10_000), [[2, 'regular']]);
    const [call] = second.calls as [Call];
    assert.deepEqual([call.state, call.peers[0]!.amChoking, call.peers[0]!.down], [0, false, []]);
    assert.equal(first.calls.length, 1);
  });

  it('counts rounds by ticks alone, and says how long ago the last was', () => {
    const { policy, calls } = scripted();
    const engine = engineOf(policy);
    decide(engine, 50);
    decide(engine, 4000, 'interested');
    decide(engine, 12_050);
    assert.deepEqual(calls.map((c) => [c.trigger, c.round, c.sinceLastRound]),
      [['tick', 0, 10_000], ['interested', 1, 3950], ['tick', 1, 12_000]]);
  });

  it('the payload of a round is that between two ticks', () => {
    const { policy, calls } = scripted();
    const engine = engineOf(policy, [[1, 1]]);
    decide(engine, 0);
    engine.report(peerKey(1), report({ downTotal: 100, upTotal: 7 }), 5000);
    decide(engine, 6000, 'joined');
    decide(engine, 10_000);
    assert.deepEqual(calls.map((c) => [c.peers[0]!.downLastRound, c.peers[0]!.upLastRound]),
      [[0, 0], [0, 0], [100, 7]]);
  });

  it('the soonest extra tick that any torrent asks for', () => {
    const { policy } = scripted({ scope: 'torrent', requestTickIn: [700, 300] });
    const engine = engineOf(policy, [[1, 1], [2, 2]]);
    assert.equal(engine.decide({ trigger: 'tick', subjects: [], now: 0 }).requestTickIn, 300);
    assert.equal(engine.decide({ trigger: 'tick', subjects: [], now: 0 }).requestTickIn, undefined);
  });

  it('the link: limit, measured over ten seconds, peak, and full at 95 per cent of the limit', () => {
    const { policy, calls } = scripted();
    const engine = engineOf(policy, [[1, 1]]);
    decide(engine, 0);
    engine.linkLimit(1000);
    engine.report(peerKey(1), report({ upTotal: 9500 }), 5000);
    decide(engine, 10_000);
    engine.linkLimit(1001);
    decide(engine, 10_000);
    decide(engine, 30_000);
    assert.deepEqual(calls.map((c) => c.link), [
      { upLimit: null, upMeasured: 0, upPeak: 0, upSaturated: false },
      { upLimit: 1000, upMeasured: 950, upPeak: 950, upSaturated: true },
      { upLimit: 1001, upMeasured: 950, upPeak: 950, upSaturated: false },
      { upLimit: 1001, upMeasured: 0, upPeak: 950, upSaturated: false },
    ]);
  });

  it('chance is new at every call, and the same from the same seed', () => {
    const entropies = (): unknown => {
      const { policy, calls } = scripted();
      const engine = engineOf(policy);
      decide(engine, 0);
      decide(engine, 10_000);
      return calls.map((c) => c.entropy);
    };
    const [first, second] = entropies() as [unknown, unknown];
    assert.notDeepEqual(first, second);
    assert.deepEqual(entropies(), [first, second]);
  });

  it('carries wgo out to the letter: its decisions, applied bit by bit, for thirty rounds', () => {
    const policy = wgo as unknown as ChokePolicy;
    let state = policy.init(policy.defaults);
    let mismatch = 0;
    const spied: ChokePolicy = { ...policy, decide(input, p) {
      assert.deepEqual(input.state, state);
      const decision = policy.decide(input, p);
      state = decision.state;
      for (const { key, amChoking } of input.peers) if (amChoking !== bits.get(key)) mismatch++;
      for (const { key } of input.peers) if (!decision.untouched?.has(key)) bits.set(key, !decision.unchoked.has(key));
      return decision;
    } };
    const keys = Array.from({ length: 12 }, (_, i) => i + 1);
    const bits = new Map<PeerView['key'], boolean>(keys.map((k) => [peerKey(k), true]));
    const engine = engineOf(spied, keys.map((k) => [k, 1]));
    let ordered = 0;
    for (let round = 0; round < 30; round++) {
      const now = round * 10_000;
      for (const k of keys) {
        const peerInterested = (k + round) % 4 !== 0;
        const peerIsSeed = k === 12 && round > 10;
        const downTotal = k * k * 1000 * round;
        engine.report(peerKey(k), report({ peerInterested, peerIsSeed, downTotal, lastPieceAt: now }), now);
      }
      const before = new Map(bits);
      const orders = decide(engine, now);
      assert.deepEqual(orders.map(([k]) => k), keys.filter((k) => before.get(peerKey(k)) !== bits.get(peerKey(k))));
      ordered += orders.length;
    }
    assert.equal(mismatch, 0);
    assert.ok(ordered > 20);
  });

  it('who may have nothing of its torrent is choked, whatever the policy says', () => {
    const { policy, script } = scripted();
    const engine = engineOf(policy, [[1, 1], [2, 2]]);
    script.unchoke = [1, 2];
    decide(engine, 0);
    engine.torrent(torrent({ uploadAllowed: false }));
    script.untouched = [1];
    script.unchoke = [2];
    assert.deepEqual(decide(engine, 10_000), [[1, undefined]]);
  });
});

describe('ChokeEngine with a policy that fails', () => {
  const failing = (name: string, decide: ChokePolicy['decide']): ChokePolicy => ({ ...scripted().policy, name, decide });
  const bad: readonly [what: string, policy: ChokePolicy, reason: RegExp][] = [
    ['throws', failing('thrower', () => { throw new TypeError('no peers'); }),
      /^choking policy thrower threw TypeError: no peers; tit-for-tat takes its place$/],
    ['throws what is no error', failing('thrower', () => { throw 5; }), /threw 5/],
    ['answers late', failing('late', (async () => ({ unchoked: new Map(), state: null })) as any),
      /late decide\(\): expected .* a promise/],
    ['names a stranger', failing('strange', ({ state }) => ({ unchoked: new Map([[peerKey(9), { why: 'regular' }]]), state })),
      /decide\(\)\.unchoked: expected keys of peers that were asked about, found 9/],
    ['cannot begin', { ...scripted().policy, name: 'stillborn', init: () => { throw new Error('no memo'); } }, /threw Error: no memo/],
  ];
  for (const [what, policy, reason] of bad) {
    it(`${what}: the default decides at once, with the peers as they are`, () => {
      const engine = engineOf(policy);
      const outcome = engine.decide({ trigger: 'tick', subjects: [], now: 0 });
      assert.equal(outcome.warnings.length, 1);
      assert.match(outcome.warnings[0]!, reason);
      assert.ok(outcome.replaced);
      assert.deepEqual(outcome.orders.map((o) => o.why), ['optimistic', 'optimistic', 'optimistic']);
      const next = engine.decide({ trigger: 'tick', subjects: [], now: 10_000 });
      assert.deepEqual([next.warnings, next.replaced], [[], false]);
    });
  }

  /** Each decision takes as long as the list says; then no time. */
  function slow(...takes: number[]) {
    let now = 0;
    const { policy, script } = scripted();
    script.unchoke = [1];
    const thinking: ChokePolicy = { ...policy, decide: (...args) => {
      now += takes.shift() ?? 0;
      return policy.decide(...args);
    } };
    return engineOf(thinking, [[1, 1]], { clock: () => now });
  }
  const replacedIn = (engine: ChokeEngine, rounds: number): number[] => Array.from({ length: rounds }, (_, i) => i)
    .filter((i) => engine.decide({ trigger: 'tick', subjects: [], now: 10_000 * i }).replaced);

  it('takes over 50 ms three times in a row: its last answer counts, and then the default takes over', () => {
    assert.deepEqual(replacedIn(slow(51, 51, 51), 5), [2]);
    assert.deepEqual(replacedIn(slow(51, 51, 50, 51, 51), 6), []);
    const { orders, warnings } = slow(51).decide({ trigger: 'tick', subjects: [], now: 0 });
    assert.deepEqual([orders, warnings], [[{ peer: 1, why: 'regular' }], []]);
  });
});

describe('ChokeEngine with a shadow', () => {
  const chosen = (policy: ChokePolicy) => ({ policy, params: policy.defaults });

  it('asks it the same, with chance and choke bits as they are, rates as it wants them, and a memo of its own', () => {
    const [live, shadow] = [scripted(), scripted({ scope: 'torrent' })];
    const other = { ...shadow.policy, rates: [...shadow.policy.rates, { kind: 'ewma', tauMs: 1000 }] as const };
    const engine = engineOf(live.policy, [[1, 1], [2, 1]], { shadow: chosen(other) });
    live.script.unchoke = [1];
    decide(engine, 0);
    decide(engine, 10_000);
    const [first, second] = shadow.calls as [Call, Call];
    assert.deepEqual([first.entropy, second.state], [live.calls[0]!.entropy, 1]);
    assert.deepEqual(second.peers.map((p) => [p.amChoking, p.down.length]), [[false, 2], [true, 2]]);
    assert.deepEqual(live.calls[1]!.peers.map((p) => p.down.length), [1, 1]);
  });

  it('tells whom only one of the two unchokes; what one leaves alone is as it was', () => {
    const [live, shadow] = [scripted(), scripted()];
    const engine = engineOf(live.policy, [[1, 1], [2, 1], [3, 1]], { shadow: chosen(shadow.policy) });
    const compare = (now: number) => engine.decide({ trigger: 'tick', subjects: [], now }).differences;
    live.script.unchoke = [1, 2];
    shadow.script.unchoke = [2, 3];
    const [regular, untouched] = ['regular', 'untouched'] as const;
    assert.deepEqual(compare(0), { same: 1, onlyLive: [{ peer: 1, why: regular }], onlyShadow: [{ peer: 3, why: regular }] });
    Object.assign(shadow.script, { unchoke: [], untouched: [1, 3] });
    assert.deepEqual(compare(1), { same: 2, onlyLive: [{ peer: 2, why: regular }], onlyShadow: [] });
    live.script.unchoke = [];
    assert.deepEqual(compare(2), { same: 2, onlyLive: [], onlyShadow: [{ peer: 1, why: untouched }] });
  });

  it('one that fails looks on no more, and nothing else changes', () => {
    const live = scripted();
    live.script.unchoke = [1];
    const broken = { ...scripted().policy, name: 'mine', decide: () => { throw new Error('oops'); } };
    const engine = engineOf(live.policy, [[1, 1]], { shadow: chosen(broken) });
    const first = engine.decide({ trigger: 'tick', subjects: [], now: 0 });
    assert.deepEqual(first.warnings, ['shadow policy mine threw Error: oops; it looks on no more']);
    assert.deepEqual([first.orders, first.replaced], [[{ peer: 1, why: 'regular' }], false]);
    assert.deepEqual(engine.decide({ trigger: 'tick', subjects: [], now: 1 }).warnings, []);
  });
});
