import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../../src/base/result.js';
import { parseScenario } from '../../../src/sim/scenarios/parse.js';
import type { Scenario } from '../../../src/sim/scenarios/scenario.js';

const peer = { name: 'a', up: '50K', down: 400_000 };
const base = { name: 'mine', size: '64Mi', peers: [peer] };

function parsed(json: unknown): Scenario {
  const result = parseScenario(json);
  assert.ok(result.ok, result.ok ? '' : describe(result.error));
  return result.value;
}

test('what is not said has a default, and units are ours', () => {
  const s = parsed({ ...base, lasts: 60 });
  assert.equal(s.size, 64 * 2 ** 20);
  assert.equal(s.pieceLength, 2 ** 16);
  assert.equal(s.lasts, 60_000);
  assert.deepEqual(s.classes, [{
    name: 'a', count: 1, up: 50_000, down: 400_000, delay: 25, has: 0, arrives: { kind: 'at', at: 0 }, picks: 'rarest', allowedFast: 10,
    leaves: { kind: 'never' }, givesUpAfter: Infinity, behindNat: false, corrupt: false, maxPeers: 80, limitsUpTo: 0,
  }]);
});

test('arrivals, departures, silences and policies have several forms', () => {
  const with_ = (more: object): Scenario['classes'][number] => parsed({ ...base, peers: [{ ...peer, ...more }] }).classes[0]!;
  assert.deepEqual(with_({ arrives: 3 }).arrives, { kind: 'at', at: 3000 });
  assert.deepEqual(with_({ arrives: { every: 5, from: 2 } }).arrives, { kind: 'poisson', mean: 5000, from: 2000 });
  assert.deepEqual(with_({ leaves: 'never' }).leaves, { kind: 'never' });
  assert.deepEqual(with_({ leaves: 0 }).leaves, { kind: 'after', ms: 0 });
  assert.deepEqual(with_({ leaves: { about: 60 } }).leaves, { kind: 'about', mean: 60_000 });
  assert.equal(with_({ givesUpAfter: 60 }).givesUpAfter, 60_000);
  assert.deepEqual(with_({ silent: { from: 30, to: 90 } }).silent, { from: 30_000, to: 90_000 });
  const { policy } = with_({ policy: 'tit-for-tat', params: ['slots=7'] });
  assert.equal(policy?.policy.name, 'tit-for-tat');
  assert.equal(policy?.params['slots'], 7);
});

const refused: readonly (readonly [string, unknown, string])[] = [
  ['no object', 7, ': expected an object, found 7'],
  ['no size', { name: 'a', peers: [peer] }, 'size: expected a number from 1 to 1000000000000, found nothing'],
  ['nobody', { ...base, peers: [] }, 'peers: expected a list of 1 to 100, found []'],
  ['a mistyped key', { ...base, peers: [{ ...peer, uplink: 3 }] }, '"uplink"'],
  ['a rate of nothing', { ...base, peers: [{ ...peer, up: '0' }] }, 'peers[0].up: expected more than 0, found "0"'],
  ['a count that is none', { ...base, peers: [{ ...peer, count: 1.5 }] }, 'peers[0].count: expected an integer from 1 to 10000, found 1.5'],
  ['an order of pieces there is not', { ...base, peers: [{ ...peer, picks: 'rare' }] }, 'peers[0].picks: expected one of rarest, random, sequential'],
  ['too many', { ...base, peers: [{ ...peer, count: 9000 }, { ...peer, name: 'b', count: 9000 }] }, 'peers: expected at most 10000 in all, found 18000'],
  ['a name twice', { ...base, peers: [peer, peer] }, 'peers: expected each name once, found a'],
  ['an odd piece length', { ...base, pieceLength: 100_000 }, 'pieceLength: expected a power of two, found 100000'],
  ['too many pieces', { ...base, size: '100G', pieceLength: '16Ki' }, 'pieceLength: expected pieces so long'],
  ['an unknown policy', { ...base, peers: [{ ...peer, policy: 'tit-for-tet' }] }, 'tit-for-tat'],
  ['a parameter it does not have', { ...base, peers: [{ ...peer, policy: 'tit-for-tat', params: ['slotz=3'] }] }, 'slots'],
  ['parameters of nothing', { ...base, peers: [{ ...peer, params: ['slots=3'] }] }, 'peers[0].params: expected none without a policy'],
  ['a name with a path in it', { ...base, name: '../x' }, 'name: expected letters'],
  ['a silence that ends first', { ...base, peers: [{ ...peer, silent: { from: 9, to: 8 } }] }, 'peers[0].silent.to: expected a number from 9'],
  ['a time that is none', { ...base, peers: [{ ...peer, leaves: 'soon' }] }, 'peers[0].leaves: expected a number'],
];
for (const [what, json, expected] of refused) {
  test(`refused: ${what}`, () => {
    const result = parseScenario(json);
    assert.ok(!result.ok);
    assert.ok(describe(result.error).includes(expected), describe(result.error));
  });
}
