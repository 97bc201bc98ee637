import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describe as inWords, type Result } from '../../../src/base/result.js';
import { parseParams } from '../../../src/policy/choke/params.js';
import { listPolicies } from '../../../src/policy/choke/registry.js';
import { checkDecision } from '../../../src/policy/choke/validate-decision.js';
import { asPolicy } from '../../../src/policy/choke/validate.js';
import { input, peer } from './views.js';

const fault = (r: Result<unknown>): string => (r.ok ? 'no flaw' : inWords(r.error));
const MINE = {
  name: 'mine', scope: 'session',
  timing: () => ({ tickMs: 10_000, react: ['interested'], minHoldMs: 0 }),
  init: () => ({ calls: 0 }),
  decide: ({ peers, state }: { peers: { key: number }[]; state: { calls: number } }) =>
    ({ unchoked: new Map(peers.map(({ key }) => [key, { why: 'regular' }])), state: { calls: state.calls + 1 } }),
};
const asMine = (over: object): Result<unknown> => asPolicy({ default: { ...MINE, ...over } });

test('the least a module must export is enough, and the rest is filled in', () => {
  const result = asPolicy({ default: { ...MINE, defaults: { slots: 4, strict: true } } });
  assert.ok(result.ok, fault(result));
  const policy = result.value;
  assert.equal(policy.name, 'mine');
  assert.deepEqual([policy.summary, policy.source, policy.rates], ['a policy of your own', 'user module', []]);
  assert.deepEqual(policy.defaults, { slots: 4, strict: true });
  assert.deepEqual(fault(parseParams(policy, ['strict=7'])), 'mine.strict: expected yes or no, found "7"');
  const decision = policy.decide(input({ calls: 2 }, [peer(5)]), policy.defaults);
  assert.deepEqual([...decision.unchoked.keys()], [5]);
  assert.deepEqual(decision.state, { calls: 3 });
});

test('methods keep their `this`, of an object or of a class', () => {
  class Mine {
    readonly name = 'of-a-class';
    readonly scope = 'torrent';
    readonly #tickMs = 5000;
    timing() { return { tickMs: this.#tickMs, react: [], minHoldMs: 0 }; }
    init() { return null; }
    decide() { return { unchoked: new Map(), state: null }; }
  }
  const result = asPolicy({ default: new Mine() });
  assert.ok(result.ok, fault(result));
  assert.equal(result.value.timing({}).tickMs, 5000);
});

test('every built-in policy would pass as a foreign one', () => {
  for (const policy of listPolicies()) {
    const result = asPolicy({ default: policy });
    assert.ok(result.ok, `${policy.name}: ${fault(result)}`);
    assert.deepEqual(result.value.params, policy.params);
  }
});

const wrongModules: readonly [over: object, message: RegExp][] = [
  [{ name: 'My Policy' }, /^name: expected a-z, 0-9 and hyphens.*found "My Policy"$/],
  [{ scope: 'galaxy' }, /^scope: expected 'torrent' or 'session', found "galaxy"$/],
  [{ summary: 3 }, /^summary: /],
  [{ source: null }, /^source: .*found null$/],
  [{ decide: undefined }, /^decide: expected a function, found nothing$/],
  [{ slotBound: 8 }, /^slotBound: expected a function, or nothing, found 8$/],
  [{ rates: [{ kind: 'window', ms: 1000 }] }, /^rates\[0\]: expected .*found kind "window"$/],
  [{ rates: 'fast' }, /^rates: /],
  [{ rateRefreshMs: -1 }, /^rateRefreshMs: /],
  [{ defaults: 4 }, /^defaults: expected an object, found 4$/],
  [{ defaults: { slots: [4] } }, /^params\.slots\.default: expected a finite number.*found an array$/],
  [{ params: { slots: { default: 9, max: 8 } } }, /^params\.slots\.default: expected a number up to 8, found 9$/],
  [{ params: { slots: { default: 4, words: 'auto' } } }, /^params\.slots\.words: /],
  [{ params: { slots: { default: 4 } }, defaults: { slots: 5 } },
    /^defaults\.slots: expected the default of params\.slots, found 5$/],
  [{ timing: () => null }, /^timing\(\): .*found null$/],
  [{ timing: () => ({ tickMs: 1, react: [], minHoldMs: 0 }) },
    /^timing\(\)\.tickMs: expected milliseconds, at least 100, found 1$/],
  [{ timing: () => ({ tickMs: 1000, react: ['noon'], minHoldMs: 0 }) }, /^timing\(\)\.react: .*found "noon"$/],
  [{ timing: () => ({ tickMs: 1000, react: [], minHoldMs: NaN }) }, /^timing\(\)\.minHoldMs: .*found NaN$/],
  [{ init: () => { throw new Error('no luck'); } }, /^init: expected no exception, found Error: no luck$/],
  [{ decide: async () => ({}) }, /^decide\(\): .*found a promise/],
];
for (const [over, message] of wrongModules) {
  test(`asPolicy names what is wrong: ${Object.keys(over).join(', ')} ${message.source}`, () =>
    assert.match(fault(asMine(over)), message));
}

test('asPolicy never throws on a module without a usable default', () => {
  for (const module of [undefined, null, 3, {}, { default: () => MINE }, [MINE]]) {
    assert.match(fault(asPolicy(module)), /^default: expected an object/);
  }
});

const asked = input(null, [peer(1), peer(2)]);
const good = {
  unchoked: new Map([[1, { why: 'regular', cap: 1000, weight: 2, lead: -1, claim: 5 }]]), untouched: new Set([2]), state: null,
  requestTickIn: 1000,
};

test('a decision of the right shape passes as it is', () => {
  const result = checkDecision(good, asked);
  assert.ok(result.ok, fault(result));
  assert.deepEqual(result.value, good);
});

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
const wrongDecisions: readonly [decision: unknown, message: RegExp][] = [
  [undefined, /^decide\(\): expected \{ unchoked, state \}, found nothing$/],
  [Promise.resolve(good), /^decide\(\): .*found a promise/],
  [{ ...good, unchoked: new Set([1]) }, /^decide\(\)\.unchoked: expected a Map .*found a Set$/],
  [{ ...good, unchoked: new Map([[7, { why: 'regular' }]]) },
    /^decide\(\)\.unchoked: expected keys of peers.*found 7$/],
  [{ ...good, unchoked: new Map([['1', { why: 'regular' }]]) }, /found "1"$/],
  [{ ...good, unchoked: new Map([[1, true]]) }, /^decide\(\)\.unchoked\[1\]: .*found true$/],
  [{ ...good, unchoked: new Map([[1, { why: 'mood' }]]) }, /^decide\(\)\.unchoked\[1\]\.why: .*found "mood"$/],
  [{ ...good, unchoked: new Map([[1, { why: 'idle', cap: -1 }]]) }, /^decide\(\)\.unchoked\[1\]\.cap: .*found -1$/],
  [{ ...good, unchoked: new Map([[1, { why: 'idle', weight: Infinity }]]) }, /^decide\(\)\.unchoked\[1\]\.weight: /],
  [{ ...good, unchoked: new Map([[1, { why: 'idle', lead: Infinity }]]) }, /^decide\(\)\.unchoked\[1\]\.lead: /],
  [{ ...good, unchoked: new Map([[1, { why: 'idle', claim: -1 }]]) }, /^decide\(\)\.unchoked\[1\]\.claim: .*found -1$/],
  [{ ...good, untouched: [2] }, /^decide\(\)\.untouched: expected a Set.*found an array$/],
  [{ ...good, untouched: new Set([9]) }, /^decide\(\)\.untouched: .*found 9$/],
  [{ ...good, untouched: new Set([1]) },
    /^decide\(\)\.untouched: expected no peer that is in `unchoked` too, found 1$/],
  [{ ...good, requestTickIn: 0 }, /^decide\(\)\.requestTickIn: /],
  [{ ...good, state: undefined }, /^decide\(\)\.state: expected plain JSON, found nothing$/],
  [{ ...good, state: { seen: new Map() } }, /^decide\(\)\.state: .*found a Map$/],
  [{ ...good, state: [1, NaN] }, /^decide\(\)\.state: .*found NaN$/],
  [{ ...good, state: cycle }, /^decide\(\)\.state: .*cycle/],
  [{ ...good, state: new Array(200_001).fill(0) }, /^decide\(\)\.state: .*more than 200000 values$/],
];
for (const [decision, message] of wrongDecisions) {
  test(`checkDecision names what is wrong: ${message.source}`, () =>
    assert.match(fault(checkDecision(decision, asked)), message));
}

test('checkDecision never throws', () => {
  fc.assert(fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true }), (x) => {
    checkDecision(x, asked);
    checkDecision({ unchoked: new Map(), state: x }, asked);
    checkDecision({ unchoked: new Map([[1, x]]), state: null }, asked);
  }));
});
