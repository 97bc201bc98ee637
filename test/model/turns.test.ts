/** Who has a turn: what holds after any change, and that in the end everybody has had one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Turns } from '../../src/model/turns.js';

function joined(count: number, most: number) {
  const turns = new Turns<number>(most);
  const all = Array.from({ length: count }, (_, who) => who);
  for (const who of all) turns.join(who);
  return { turns, all, having: (): number[] => all.filter((who) => turns.has(who)) };
}

test('turns that are free go to those who wait, in order; who has one keeps it', () => {
  const { turns, having } = joined(4, 2);
  assert.deepEqual([3, 2, 1, 0].map((who) => turns.want(who, true)), [3, 2, undefined, undefined]);
  assert.deepEqual(having(), [2, 3]);
  assert.deepEqual([turns.want(3, false), having()], [0, [0, 2]]);
  assert.deepEqual([turns.want(3, true), turns.want(1, false), turns.leave(2), having()], [undefined, undefined, 3, [0, 3]]);
  assert.deepEqual([turns.leave(0), turns.want(1, true), having()], [undefined, 1, [1, 3]]);
});

test('where there is no end of them, whoever wants one has it', () => {
  const { turns, all } = joined(3, Infinity);
  assert.deepEqual(all.map((who) => turns.want(who, true)), all);
});

/** Somebody's wish changes: it is added, paused, complete. */
const story = fc.array(fc.record({ who: fc.nat(7), wants: fc.boolean() }), { maxLength: 60 });
const most = fc.integer({ min: 1, max: 4 });

test('whatever happens: never too many, none free while somebody waits, nobody loses a turn it wants, and nobody overtakes', () => {
  fc.assert(fc.property(story, most, (changes, limit) => {
    const { turns, all, having } = joined(8, limit);
    const wanting = new Set<number>();
    for (const { who, wants } of changes) {
      const before = having();
      if (wants) wanting.add(who);
      else wanting.delete(who);
      const begun = turns.want(who, wants);
      const after = having();
      const waiting = all.filter((one) => wanting.has(one) && !after.includes(one));
      assert.ok(after.length <= limit && after.every((one) => wanting.has(one)));
      assert.ok(waiting.length === 0 || after.length === limit);
      assert.ok(before.every((one) => !wanting.has(one) || after.includes(one)));
      assert.deepEqual(after.filter((one) => !before.includes(one)), begun === undefined ? [] : [begun]);
      assert.ok(begun === undefined || waiting.every((one) => one > begun));
    }
  }));
});

test('where each is complete once it has had its turn, everybody has one, in order', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), most, (count, limit) => {
    const { turns, all, having } = joined(count, limit);
    const served = all.map((who) => turns.want(who, true));
    for (let [first] = having(); first !== undefined; [first] = having()) served.push(turns.leave(first));
    assert.deepEqual(served.filter((who) => who !== undefined), all);
  }));
});
