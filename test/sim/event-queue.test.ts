import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventQueue } from '../../src/sim/event-queue.js';

const drain = (queue: EventQueue): void => {
  while (queue.size > 0) queue.pop()?.();
};

test('events come up by time, and at one time in the order they were asked for', () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), (times) => {
    const queue = new EventQueue();
    const seen: { at: number; i: number }[] = [];
    times.forEach((at, i) => queue.push(at, () => seen.push({ at, i })));
    drain(queue);
    const expected = times.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
    assert.deepEqual(seen, expected);
  }));
});

test('a cancelled event does not happen, and cancelling late cancels no other', () => {
  fc.assert(fc.property(fc.array(fc.record({ at: fc.nat(9), cancelled: fc.boolean() })), (plan) => {
    const queue = new EventQueue();
    const seen: number[] = [];
    const cancels = plan.map(({ at }, i) => queue.push(at, () => seen.push(i)));
    plan.forEach(({ cancelled }, i) => cancelled && cancels[i]!());
    drain(queue);
    assert.deepEqual([...seen].sort((a, b) => a - b), plan.flatMap(({ cancelled }, i) => (cancelled ? [] : [i])));
    // The slots are taken anew, and the old handles are stale.
    const later = plan.map(({ at }, i) => queue.push(at, () => seen.push(1000 + i)));
    for (const cancel of cancels) cancel();
    drain(queue);
    assert.equal(seen.filter((i) => i >= 1000).length, later.length);
  }));
});

test('events that make events: time goes on, and room grows', () => {
  const queue = new EventQueue();
  let now = 0;
  let happened = 0;
  const again = (depth: number) => (): void => {
    happened++;
    if (depth > 0) for (const delay of [3, 1]) queue.push(now + delay, again(depth - 1));
  };
  queue.push(0, again(11));
  while (queue.size > 0) {
    assert.ok(queue.nextAt >= now);
    now = queue.nextAt;
    queue.pop()?.();
  }
  assert.equal(happened, 2 ** 12 - 1);
  assert.equal(queue.nextAt, Infinity);
});
