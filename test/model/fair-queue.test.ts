import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FairQueue } from '../../src/model/fair-queue.js';

/** Hands out up to `available` bytes. Each key is listed once, in order of its first grant. */
function share<K>(queue: FairQueue<K>, available: number): [K, number][] {
  const granted = new Map<K, number>();
  for (let left = available, turn = queue.turn(); turn && left > 0; turn = queue.turn()) {
    const bytes = Math.min(turn.due, left);
    queue.pay(bytes);
    left -= bytes;
    granted.set(turn.key, (granted.get(turn.key) ?? 0) + bytes);
  }
  return [...granted];
}

describe('FairQueue', () => {
  it('gives each waiter a turn before anyone has a second', () => {
    const queue = new FairQueue<string>(10);
    for (const key of ['a', 'b', 'c']) queue.want(key, 100);
    assert.deepEqual(share(queue, 40), [['a', 20], ['b', 10], ['c', 10]]);
    assert.deepEqual(share(queue, 20), [['b', 10], ['c', 10]]);
  });

  it('tells who waits for what, in the order of their turns', () => {
    const queue = new FairQueue<string>(10);
    for (const key of ['a', 'b', 'c']) queue.want(key, 100);
    share(queue, 10);
    assert.deepEqual(queue.first(2), [['b', 100], ['c', 100]]);
    assert.deepEqual(queue.first(9), [['b', 100], ['c', 100], ['a', 90]]);
    assert.deepEqual(new FairQueue<string>(10).first(9), []);
  });

  it('finishes a turn that was cut short', () => {
    const queue = new FairQueue<string>(10);
    queue.want('a', 100);
    queue.want('b', 100);
    assert.deepEqual(share(queue, 4), [['a', 4]]);
    assert.deepEqual(share(queue, 16), [['a', 6], ['b', 10]]);
  });

  it('goes on without the satisfied and the dropped; a new wish is instead of the old', () => {
    const queue = new FairQueue<string>(10);
    queue.want('a', 5);
    queue.want('b', 50);
    queue.want('c', 50);
    queue.drop('b');
    queue.drop('nobody');
    queue.want('c', 10);
    queue.want('d', 0);
    assert.equal(queue.size, 2);
    assert.deepEqual(share(queue, 1000), [['a', 5], ['c', 10]]);
    assert.equal(queue.size, 0);
    assert.deepEqual(share(queue, 1000), []);
  });

  it('serves everyone at once when there is no limit', () => {
    const queue = new FairQueue<string>(10);
    queue.want('a', 5);
    queue.want('b', 7);
    assert.deepEqual(share(queue, Infinity), [['a', 5], ['b', 7]]);
  });

  it('keeps 50 waiters within one quantum of each other, however uneven the portions', () => {
    const portions = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 100 });
    fc.assert(fc.property(portions, fc.integer({ min: 1, max: 20_000 }), (sizes, quantum) => {
      const queue = new FairQueue<number>(quantum);
      const got = new Array<number>(50).fill(0);
      for (let key = 0; key < 50; key++) queue.want(key, 1e9);
      for (const available of sizes) {
        const shares = share(queue, available);
        assert.equal(shares.reduce((sum, [, bytes]) => sum + bytes, 0), available, 'nothing is held back');
        for (const [key, bytes] of shares) got[key]! += bytes;
      }
      assert.ok(Math.max(...got) - Math.min(...got) <= quantum);
    }));
  });

  it('gives as much to who has short turns as to who has long ones', () => {
    const portions = fc.array(fc.nat(5000), { minLength: 1, maxLength: 100 });
    const lengths = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 10 });
    fc.assert(fc.property(portions, lengths, (sizes, turns) => {
      const queue = new FairQueue<number>(1000, (key) => turns[key]!);
      const got = turns.map(() => 0);
      turns.forEach((_, key) => queue.want(key, 1e9));
      for (const size of sizes) for (const [key, bytes] of share(queue, size)) got[key]! += bytes;
      assert.ok(Math.max(...got) - Math.min(...got) <= 2000, `${got.join(' ')}`);
    }));
  });

  it('divides by weight while all wait, to within a turn of each, however the portions come', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 100 });
    const weights = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 20 });
    fc.assert(fc.property(portions, weights, fc.integer({ min: 100, max: 20_000 }), (sizes, all, quantum) => {
      const queue = new FairQueue<number>(quantum);
      const got = all.map(() => 0);
      all.forEach((weight, key) => queue.want(key, 1e9, { weight: weight / 100 }));
      for (const size of sizes) for (const [key, bytes] of share(queue, size)) got[key]! += bytes;
      const perWeight = sizes.reduce((a, b) => a + b) / all.reduce((a, b) => a + b);
      const heaviest = Math.max(...all);
      const round = quantum * (all.length + 1);
      all.forEach((weight, key) => assert.ok(Math.abs(got[key]! - weight * perWeight) <= 2 * quantum + round * weight / heaviest));
    }));
  });

  it('gives what is there to the lightest, and to those without weight, where nobody else waits', () => {
    const queue = new FairQueue<string>(10);
    queue.want('heavy', 10, { weight: 5 });
    queue.want('light', 1000, { weight: 1e-9 });
    queue.want('nothing', 1000, { weight: 0 });
    assert.deepEqual(share(queue, 30), [['heavy', 10], ['light', 20]]);
    queue.drop('light');
    assert.deepEqual(share(queue, 20), [['nothing', 20]]);
  });

  it('gives each turn of those with an account to the one that most is owed, as grants and claims change', () => {
    const queue = new FairQueue<string>(10);
    const accounts = { a: { claim: 100, had: 100 }, b: { claim: 50, had: 20 }, c: { claim: 0, had: 0 } };
    for (const [key, account] of Object.entries(accounts)) queue.want(key, 1000, { account });
    assert.deepEqual(share(queue, 30), [['b', 30]]);
    assert.deepEqual([...share(queue, 60)].sort(), [['a', 20], ['b', 20], ['c', 20]], 'where all are even they take turns');
    accounts.a.claim += 35;
    assert.deepEqual(share(queue, 45), [['a', 40], ['b', 5]]);
    queue.drop('b');
    accounts.c.claim += 3;
    assert.deepEqual(share(queue, 10), [['c', 10]]);
  });

  it('leaves those without an account as many turns as they would have, whoever of the others is served', () => {
    const queue = new FairQueue<string>(10);
    queue.want('owed', 1000, { account: { claim: 500, had: 0 } });
    queue.want('even', 1000, { account: { claim: 0, had: 0 } });
    queue.want('plain', 1000);
    queue.want('half', 1000, { weight: 0.5 });
    assert.deepEqual(share(queue, 350), [['owed', 200], ['plain', 100], ['half', 50]]);
  });

  it('with accounts, what is owed to those that wait is even to a turn once all was owed that could be', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 50 });
    fc.assert(fc.property(portions, fc.array(fc.nat(3000), { minLength: 2, maxLength: 10 }), (sizes, claims) => {
      const queue = new FairQueue<number>(100);
      const accounts = claims.map((claim) => ({ claim, had: 0 }));
      accounts.forEach((account, key) => queue.want(key, 1e9, { account }));
      const given = sizes.reduce((sum, size) => sum + share(queue, size).reduce((n, [, bytes]) => n + bytes, 0), 0);
      assert.equal(given, sizes.reduce((a, b) => a + b));
      const most = Math.max(...accounts.map(({ claim, had }) => claim - had));
      for (const { claim, had } of accounts) assert.ok(had === 0 || claim - had >= most - 200, `${claim} - ${had}, and ${most}`);
    }));
  });

  it('never grants more than was wanted, and forgets nobody', () => {
    const op = fc.oneof(
      fc.record({ op: fc.constant('want' as const), key: fc.nat(5), bytes: fc.nat(50) }),
      fc.record({ op: fc.constant('drop' as const), key: fc.nat(5) }),
      fc.record({ op: fc.constant('share' as const), available: fc.nat(100) }),
    );
    fc.assert(fc.property(fc.array(op, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (ops, quantum) => {
      const queue = new FairQueue<number>(quantum);
      const owed = new Map<number, number>();
      for (const o of ops) {
        if (o.op === 'want' && o.bytes > 0) owed.set(o.key, o.bytes);
        if (o.op === 'want' && o.bytes === 0) owed.delete(o.key);
        if (o.op === 'want') queue.want(o.key, o.bytes);
        if (o.op === 'drop') {
          owed.delete(o.key);
          queue.drop(o.key);
        }
        if (o.op === 'share') {
          const all = [...owed.values()].reduce((a, b) => a + b, 0);
          let given = 0;
          for (const [key, bytes] of share(queue, o.available)) {
            given += bytes;
            const rest = owed.get(key)! - bytes;
            assert.ok(rest >= 0 && bytes > 0);
            if (rest > 0) owed.set(key, rest);
            else owed.delete(key);
          }
          assert.equal(given, Math.min(all, o.available));
        }
        assert.equal(queue.size, owed.size);
      }
    }));
  });
});
