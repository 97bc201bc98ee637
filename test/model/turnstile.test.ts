import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turnstile } from '../../src/model/turnstile.js';

const enter = (turnstile: Turnstile, address: string, times: readonly number[]): boolean[] => times.map((t) => turnstile.admits(address, t));

test('so many of one address a second, and again in the next', () => {
  const turnstile = new Turnstile({ perAddress: 2, addresses: 9 });
  assert.deepEqual(enter(turnstile, 'a', [0, 1, 2, 999, 1000]), [true, true, false, false, true]);
  assert.deepEqual(enter(turnstile, 'b', [1001]), [true]);
});

test('so many addresses a second; who is in stays in', () => {
  const turnstile = new Turnstile({ perAddress: 5, addresses: 2 });
  assert.deepEqual(['a', 'b', 'c', 'a'].map((who) => turnstile.admits(who, 0)), [true, true, false, true]);
  assert.equal(turnstile.admits('c', 1000), true);
});
