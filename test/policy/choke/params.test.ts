import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describe as inWords } from '../../../src/base/result.js';
import { nearest } from '../../../src/policy/choke/nearest.js';
import { describeParam, fits, parseParams } from '../../../src/policy/choke/params.js';
import { findPolicy, listPolicies } from '../../../src/policy/choke/registry.js';
import { titForTat } from '../../../src/policy/choke/tit-for-tat.js';

const parsed = (...texts: string[]) => {
  const result = parseParams(titForTat, texts);
  return result.ok ? result.value : inWords(result.error);
};

test('without texts the defaults, and the last of equal keys wins', () => {
  assert.deepEqual(parsed(), titForTat.defaults);
  assert.deepEqual(parsed('slots=8', 'localFree=no', 'slots=6'), { ...titForTat.defaults, slots: 6, localFree: false });
  assert.deepEqual(parsed('slots = auto', 'seedShare=0.5'), { ...titForTat.defaults, seedShare: 0.5 });
});

const mistakes: readonly [text: string, message: RegExp][] = [
  ['slots', /^choke parameter: expected KEY=VALUE, found "slots"$/],
  ['=8', /^choke parameter: expected KEY=VALUE, found "=8"$/],
  ['slot=8', /^parameter of tit-for-tat: expected one of slots, .*\(did you mean slots\?\), found slot$/],
  ['toString=8', /^parameter of tit-for-tat: expected one of /],
  ['slots=0', /^tit-for-tat\.slots: expected auto, or an integer from 1 to 500, found "0"$/],
  ['slots=2.5', /an integer from 1 to 500, found "2.5"$/],
  ['slots=many', /found "many"$/],
  ['slots=', /found ""$/],
  ['slots=0x10', /found "0x10"$/],
  ['seedShare=1.1', /a number from 0 to 1, found "1.1"$/],
  ['localFree=perhaps', /^tit-for-tat\.localFree: expected yes or no, found "perhaps"$/],
];
for (const [text, message] of mistakes) {
  test(`a mistake is named: ${text}`, () => assert.match(String(parsed(text)), message));
}

test('a choice of words, and a text without any', () => {
  const choice = { default: 'rr', words: ['rr', 'fastest'], doc: '' };
  assert.equal(describeParam(choice), 'one of rr, fastest');
  assert.deepEqual(['rr', 'fast', 3].map((v) => fits(choice, v)), [true, false, false]);
  assert.equal(describeParam({ default: 'x', doc: '' }), 'text');
  assert.equal(fits({ default: 'x', doc: '' }, 'anything'), true);
  assert.equal(describeParam({ default: 2, min: 1, doc: '' }), 'a number from 1');
  assert.equal(describeParam({ default: 2, max: 3, doc: '' }), 'a number up to 3');
});

test('any text gives values that fit, or a flaw', () => {
  const key = fc.constantFrom(...Object.keys(titForTat.params), 'nonsense');
  const number = fc.oneof(fc.integer(), fc.double()).map(String);
  const value = fc.oneof(fc.string(), number, fc.constantFrom('auto', 'yes'));
  fc.assert(fc.property(fc.array(fc.tuple(key, value)), (pairs) => {
    const result = parseParams(titForTat, pairs.map(([k, v]) => `${k}=${v}`));
    if (!result.ok) return;
    for (const [k, spec] of Object.entries(titForTat.params)) {
      assert.ok(fits(spec, result.value[k as keyof typeof result.value]), k);
    }
  }));
});

test('policies are found by name, and a near miss is named', () => {
  for (const policy of listPolicies()) assert.equal((findPolicy(policy.name) as { value: unknown }).value, policy);
  const miss = findPolicy('tit-for-tatt');
  assert.ok(!miss.ok);
  assert.equal(inWords(miss.error),
    'choke policy: expected a name that `actorrent policies` lists (did you mean tit-for-tat?), found "tit-for-tatt"');
  assert.ok(!findPolicy('constructor').ok);
});

test('nearest: the least change wins, a wild guess is not made', () => {
  assert.equal(nearest('WGO', ['wgo', 'wgo-fixed']), 'wgo');
  assert.equal(nearest('wgo-fxied', ['wgo', 'wgo-fixed']), 'wgo-fixed');
  assert.equal(nearest('bittyrant', ['wgo', 'wgo-fixed']), undefined);
});
