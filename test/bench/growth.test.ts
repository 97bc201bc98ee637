import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit } from '../../bench/growth/fit.js';
import { SERIES } from '../../bench/growth/index.js';
import { World } from '../../bench/growth/world.js';

test('the exponent of a power law is found', () => {
  const sizes = [1, 2, 4, 8, 16];
  for (const exponent of [0.5, 1, 2]) {
    const found = fit(sizes.map((size) => ({ size, cost: 3 * size ** exponent })));
    assert.ok(Math.abs(found.exponent - exponent) < 1e-9 && found.r2 > 0.999_999, JSON.stringify(found));
  }
  const scattered = fit([{ size: 1, cost: 1 }, { size: 2, cost: 4 }, { size: 4, cost: 1 }]);
  assert.ok(Math.abs(scattered.exponent) < 1e-9 && scattered.r2 < 1e-9, 'no law explains these');
  assert.deepEqual(fit([{ size: 1, cost: 5 }, { size: 2, cost: 5 }]), { exponent: 0, r2: 1 });
});

for (const { what, from, of } of SERIES) {
  test(`twice the ${what} cause twice the messages at most`, async () => {
    const messages: number[] = [];
    for (const size of [from / 2, from, 2 * from]) messages.push((await new World(of(size)).run()).messages);
    const [half, one, two] = messages as [number, number, number];
    // Of what grows linearly, beside a part that stays, the second doubling adds twice what the first did.
    assert.ok(one > half && two - one < 2.1 * (one - half), `messages of a half, one and two sizes: ${messages.join(', ')}`);
  });
}

test('the same world gives the same messages', async () => {
  const shape = { torrents: 2, peers: 3, pieces: 8, lasts: 20_000 };
  const [first, second] = [await new World(shape).run(), await new World(shape).run()];
  assert.deepEqual(first, second);
  assert.ok(first.messages > 1000 && first.complete === 2);
});
