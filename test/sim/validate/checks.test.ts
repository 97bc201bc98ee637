/** The checks that are quick enough for every run of the tests. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { turn } from '../../../src/edge/turn.js';
import { QUICK } from '../../../src/sim/validate/all.js';
import { CheckLab } from '../../../src/sim/validate/check.js';

for (const { id, claim, run } of QUICK) {
  test(`${id}: ${claim}`, async () => {
    const { holds, expected, found } = await run(new CheckLab(turn));
    assert.ok(holds, `expected ${expected}, found ${found}`);
  });
}
