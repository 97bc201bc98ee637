/** Turnover: who goes, who stays, and how many at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND, type Millis } from '../../src/base/units.js';
import { whoGoes, whoMakesWay, type Tenant, type Use } from '../../src/model/turnover.js';

const NOW = 100 * MINUTE;
const tenant = (use: Use, age: Millis): Tenant => ({ use, since: NOW - age });
const roles = (tenants: readonly Tenant[]): string[] => tenants.map(({ use, since }) => `${use} ${(NOW - since) / MINUTE}`);

test('who is of no use goes first, then who is wanted in vain, the longest of each; then who moves blocks, the newest', () => {
  const tenants = [
    tenant('moving', 9 * MINUTE), tenant('moving', 4 * MINUTE), tenant('wanted', 3 * MINUTE), tenant('none', MINUTE), tenant('wanted', 5 * MINUTE), tenant('none', 2 * MINUTE),
  ];
  assert.deepEqual(roles(whoGoes(tenants, 250, NOW)), ['none 2', 'none 1', 'wanted 5', 'wanted 3', 'moving 4', 'moving 9']);
});

test('one in twenty-five places is made free in a round, and never less than one', () => {
  const many = Array.from({ length: 200 }, (_, i) => tenant('wanted', (i + 10) * MINUTE));
  const numbers = [1, 8, 50, 80, 200].map((room) => whoGoes(many.slice(0, room), room, NOW).length);
  assert.deepEqual(numbers, [1, 1, 2, 3, 8]);
});

const patience: readonly (readonly [Use, Millis])[] = [['none', 30 * SECOND], ['wanted', MINUTE], ['moving', 2 * MINUTE]];
for (const [use, ms] of patience) {
  test(`${use}: nobody goes within ${ms / SECOND} s`, () => {
    assert.equal(whoGoes([tenant(use, ms - 1)], 80, NOW).length, 0);
    assert.equal(whoGoes([tenant(use, ms)], 80, NOW).length, 1);
  });
}

test('for one at the door only who is of no use makes way, the longest', () => {
  assert.equal(whoMakesWay([tenant('moving', 99 * MINUTE), tenant('wanted', 99 * MINUTE), tenant('none', 29 * SECOND)], NOW), undefined);
  const [old, older] = [tenant('none', MINUTE), tenant('none', 2 * MINUTE)];
  assert.equal(whoMakesWay([tenant('wanted', 99 * MINUTE), old, older], NOW), older);
});
