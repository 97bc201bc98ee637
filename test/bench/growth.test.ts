import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit } from '../../bench/growth/fit.js';
import { SERIES, verdict } from '../../bench/growth/index.js';
import { stepsOf } from '../../bench/growth/steps.js';
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

/** Of what grows linearly, beside a part that stays, the second doubling adds twice what the first did. */
const TWICE = 2.1;

for (const { what, from, of } of SERIES) {
  test(`twice the ${what} cause twice the messages at most`, async () => {
    const messages: number[] = [];
    for (const size of [from / 2, from, 2 * from]) messages.push((await new World(of(size)).run()).messages);
    const [half, one, two] = messages as [number, number, number];
    assert.ok(one > half && two - one < TWICE * (one - half), `messages of a half, one and two sizes: ${messages.join(', ')}`);
  });
}

test('twice the torrents cause twice the steps at most, where what is counted for each shows', async () => {
  const { from, of } = SERIES.find(({ what }) => what === 'torrents')!;
  const [half, one, two] = await stepsOf([2, 4, 8].map((n) => of(n * from))) as [number, number, number];
  assert.ok(one > 1.5 * half && two - one < TWICE * (one - half), `steps of a half, one and two sizes: ${half}, ${one}, ${two}`);
});

test('steps are the work of a world: nearly the same each time, and more of more', async () => {
  const shape = { torrents: 16, peers: 4, pieces: 32, lasts: 20_000 };
  const [first, second, more] = await stepsOf([shape, shape, { ...shape, torrents: 32 }]) as [number, number, number];
  assert.ok(Math.abs(second / first - 1) < 0.1 && more > 1.8 * first && more < 2.2 * first, `${first}, ${second}, ${more}`);
});

test('a world that cannot be is told', async () => {
  await assert.rejects(stepsOf([{ torrents: 1, peers: 1, pieces: 4, lasts: 1 }]), /only 0 of 1 torrents came to their end/);
});

test('work that is more than linear is a defect; time alone is told as what it is', () => {
  const growth = (messages: number, steps: number, cpu: number): string => {
    const [m, s, c] = [messages, steps, cpu].map((exponent) => ({ exponent, r2: 1 }));
    return verdict({ what: 'peers', messages: m!, steps: s!, cpu: c! });
  };
  assert.match(growth(1.01, 1.04, 1.1), /^With more peers neither work nor time/);
  assert.match(growth(1.06, 1, 1.1), /^DEFECT: with more peers the work grows as size \^ 1\.06/);
  assert.match(growth(1, 1.3, 1.4), /^DEFECT: .* 1\.30/);
  assert.match(growth(1, 1, 1.2), /^With more peers the work is linear, .* size \^ 1\.20 is over 1\.15/);
});

test('the same world gives the same messages', async () => {
  const shape = { torrents: 2, peers: 3, pieces: 8, lasts: 20_000 };
  const [first, second] = [await new World(shape).run(), await new World(shape).run()];
  assert.deepEqual(first, second);
  assert.ok(first.messages > 1000 && first.complete === 2);
});
