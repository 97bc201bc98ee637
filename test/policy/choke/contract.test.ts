/** What every registered policy promises (policy.ts), held against any session and any history of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromSeed, shuffled } from '../../../src/base/random.js';
import type { ChokeInput, Json, Params, Verdict } from '../../../src/policy/choke/policy.js';
import { listPolicies } from '../../../src/policy/choke/registry.js';
import { checkDecision } from '../../../src/policy/choke/validate-decision.js';
import { paramsFor, session } from './arbitraries.js';

for (const policy of listPolicies()) {
  const history = fc.array(session(policy.scope), { minLength: 1, maxLength: 4 });
  /** A question asked after others, with parameters of any kind: its state is what they left behind. */
  const asked: fc.Arbitrary<readonly [ChokeInput<Json>, Params]> = fc.tuple(history, paramsFor(policy.params)).map(([all, p]) => {
    let state = policy.init(p);
    for (const one of all.slice(0, -1)) state = policy.decide({ ...one, state }, p).state;
    return [{ ...all.at(-1)!, state }, p];
  });
  const promise = (what: string, check: (input: ChokeInput<Json>, p: Params) => void): void => {
    test(`${policy.name}: ${what}`, () => fc.assert(fc.property(asked, ([input, p]) => check(input, p)), { numRuns: 200 }));
  };

  promise('answers any session with a well-formed decision about its peers only', (input, p) => {
    const checked = checkDecision(policy.decide(input, p), input);
    assert.ok(checked.ok, checked.ok ? '' : JSON.stringify(checked.error));
  });

  promise('changes nothing it is given, and answers the same question the same way', (input, p) => {
    const frozen = deepFreeze(input);
    assert.deepEqual(policy.decide(frozen, p), policy.decide(frozen, p));
  });

  promise('does not depend on the order of peers', (input, p) => {
    const peers = shuffled(input.peers, fromSeed(input.entropy[0]));
    assert.deepEqual(policy.decide({ ...input, peers }, p), policy.decide(input, p));
  });

  promise('stays within its bound on slots', (input, p) => {
    const bound = policy.slotBound?.(p, input.link) ?? Infinity;
    const { unchoked } = policy.decide(input, p);
    const counted = input.peers.filter((v) => v.peerInterested && takesSlot(unchoked.get(v.key)));
    assert.ok(counted.length <= bound, `${counted.length} of ${bound}`);
  });

  promise('keeps its state through JSON', (input, p) => {
    const state = JSON.parse(JSON.stringify(input.state)) as Json;
    assert.deepEqual(policy.decide({ ...input, state }, p), policy.decide(input, p));
  });

  test(`${policy.name}: describes itself`, () => {
    assert.match(policy.name, /^[a-z][a-z0-9-]*$/);
    assert.ok(policy.summary.length > 0 && policy.summary.length <= 110, policy.summary);
    assert.ok(policy.source.length > 0);
    for (const [key, spec] of Object.entries(policy.params)) {
      assert.equal(policy.defaults[key], spec.default);
      assert.ok(spec.doc.length > 0, key);
    }
  });
}

const takesSlot = (v: Verdict | undefined): boolean => v?.why === 'regular' || v?.why === 'optimistic';

/** Maps too, whose writers are replaced: `Object.freeze` alone leaves their contents open. */
function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const inner of value.values()) deepFreeze(inner);
    const refuse = (): never => assert.fail('a policy wrote to a map it was given');
    Object.defineProperties(value, Object.fromEntries(['set', 'delete', 'clear'].map((m) => [m, { value: refuse }])));
  }
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
