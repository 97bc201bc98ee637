import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { turn } from '../../src/edge/turn.js';
import { VirtualClock } from '../../src/sim/virtual-clock.js';

test('whoever waits for a moment is there when woken, never short of it by a rounding', async () => {
  await fc.assert(fc.asyncProperty(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(20_000), fc.nat(20_000), async (start, a, b) => {
    const clock = new VirtualClock({ turn });
    let wakings = 0;
    clock.after(start, () => {
      const goal = clock.now() + a + b;
      const wait = (): void => {
        wakings++;
        if (clock.now() < goal) clock.after(goal - clock.now(), wait);
      };
      clock.after(a, wait);
    });
    await clock.run(Infinity, () => wakings > 2);
    assert.ok(wakings <= 2, `woken ${wakings} times`);
  }));
});

test('a promise is heard of before time moves on, and what follows from it too', async () => {
  const clock = new VirtualClock({ turn });
  const heard: string[] = [];
  void clock.later(5, () => 'a').then(async (said) => {
    heard.push(`${said} at ${clock.now()}`);
    heard.push(`${await clock.later(0, () => 'b')} at ${clock.now()}`);
  });
  clock.later(5, () => { throw new Error('c'); }).catch((e: Error) => heard.push(`${e.message} at ${clock.now()}`));
  clock.after(6, () => heard.push(`d at ${clock.now()}`));
  await clock.run(10);
  assert.deepEqual(heard, ['a at 5', 'c at 5', 'b at 5', 'd at 6']);
  assert.equal(clock.wall(), Date.UTC(2020, 0) + 6);
});

test('time stops at the end, or where the caller says so; what is due later waits', async () => {
  const clock = new VirtualClock({ turn });
  const at: number[] = [];
  for (const ms of [30, 10, 20]) clock.after(ms, () => at.push(clock.now()));
  await clock.run(25, () => at.length === 1);
  assert.deepEqual(at, [10]);
  await clock.run(25);
  assert.deepEqual(at, [10, 20]);
  await clock.run(Infinity);
  assert.deepEqual([at, clock.events], [[10, 20, 30], 3]);
});
