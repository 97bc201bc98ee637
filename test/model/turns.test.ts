/** Who has a turn: what holds after any change, and that in the end everybody has had one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { turns, type Standing } from '../../src/model/turns.js';

const has = (...have: readonly number[]) => (wants: boolean, i: number): Standing => ({ wants, has: have.includes(i) });
const [yes, no] = [true, false];

test('turns that are free go to those who wait, in order; who has one keeps it', () => {
  assert.deepEqual(turns([yes, yes, yes].map(has()), 2), [yes, yes, no]);
  assert.deepEqual(turns([yes, yes, yes].map(has(2)), 2), [yes, no, yes]);
  assert.deepEqual(turns([no, yes, yes].map(has(0, 2)), 2), [no, yes, yes]);
  assert.deepEqual(turns([yes, yes].map(has()), Infinity), [yes, yes]);
  assert.deepEqual(turns([], 1), []);
});

/** Somebody's wish changes: it is added, paused, complete. */
const story = fc.array(fc.record({ who: fc.nat(7), wants: fc.boolean() }), { maxLength: 60 });
const most = fc.integer({ min: 1, max: 4 });

test('whatever happens: never too many, none free while somebody waits, nobody loses a turn it wants, and nobody overtakes', () => {
  fc.assert(fc.property(story, most, (changes, limit) => {
    let all: readonly Standing[] = Array.from({ length: 8 }, () => ({ wants: false, has: false }));
    for (const { who, wants } of changes) {
      const before = all.map((one, i) => (i === who ? { ...one, wants } : one));
      const after = turns(before, limit);
      all = before.map((one, i) => ({ ...one, has: after[i]! }));
      const going = all.filter((one) => one.has);
      const waiting = all.filter((one) => one.wants && !one.has);
      assert.ok(going.length <= limit && going.every((one) => one.wants));
      assert.ok(waiting.length === 0 || going.length === limit);
      assert.ok(before.every((one, i) => !(one.wants && one.has) || after[i]));
      const begun = before.flatMap((one, i) => (!one.has && after[i] ? [i] : []));
      const firstWaiting = all.findIndex((one) => one.wants && !one.has);
      assert.ok(firstWaiting < 0 || begun.every((i) => i < firstWaiting));
    }
  }));
});

test('where each is complete once it has had its turn, everybody has one, in order', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), most, (count, limit) => {
    let all: Standing[] = Array.from({ length: count }, () => ({ wants: true, has: false }));
    const served: number[] = [];
    for (let left = count; left > 0; left--) {
      turns(all, limit).forEach((turn, i) => {
        if (turn && !all[i]!.has) served.push(i);
        all[i] = { wants: all[i]!.wants, has: turn };
      });
      const first = all.findIndex((one) => one.has);
      all = all.with(first, { wants: false, has: true });
    }
    assert.deepEqual(served, all.map((_, i) => i));
  }));
});
