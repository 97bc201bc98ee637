/** Every built-in scenario, made small: it runs, it is the same each time, and what it is about shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB, MINUTE } from '../../../src/base/units.js';
import { BUILT_IN, findScenario } from '../../../src/sim/scenarios/built-in.js';
import type { Scenario } from '../../../src/sim/scenarios/scenario.js';
import { run } from '../scenes.js';

function small(name: string): Scenario {
  const found = findScenario(name);
  assert.ok(found.ok);
  const { classes, ...rest } = found.value;
  return { ...rest, size: MIB, lasts: 5 * MINUTE, classes: classes.map((c) => ({ ...c, count: Math.ceil(c.count / 10) })) };
}

for (const { name } of BUILT_IN) {
  test(`${name}: the same seed gives the same run`, async () => {
    const [a, b] = [await run(small(name)), await run(small(name))];
    assert.equal(a.trace.hash, b.trace.hash);
    const left = a.members.filter((m) => m.isWaited).map((m) => m.identity.kind.name);
    assert.deepEqual(left, [], 'everybody completes');
  });
}

test('a name that is none is refused with those that are', () => {
  const found = findScenario('flesh-crowd');
  assert.ok(!found.ok && found.error.expected.includes('flash-crowd'));
});
