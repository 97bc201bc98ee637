import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FairQueue } from '../../src/model/fair-queue.js';

describe('FairQueue', () => {
  it('gives each waiter a turn before anyone has a second', () => {
    const queue = new FairQueue<string>();
    for (const key of ['a', 'b', 'c']) queue.want(key, 100);
    assert.deepEqual(queue.share(40, 10), [['a', 20], ['b', 10], ['c', 10]]);
    assert.deepEqual(queue.share(20, 10), [['b', 10], ['c', 10]]);
  });

  it('tells who waits for what, in the order of their turns', () => {
    const queue = new FairQueue<string>();
    for (const key of ['a', 'b', 'c']) queue.want(key, 100);
    queue.share(10, 10);
    assert.deepEqual(queue.first(2), [['b', 100], ['c', 100]]);
    assert.deepEqual(queue.first(9), [['b', 100], ['c', 100], ['a', 90]]);
    assert.deepEqual(new FairQueue<string>().first(9), []);
  });

  it('finishes a turn that was cut short', () => {
    const queue = new FairQueue<string>();
    queue.want('a', 100);
    queue.want('b', 100);
    assert.deepEqual(queue.share(4, 10), [['a', 4]]);
    assert.deepEqual(queue.share(16, 10), [['a', 6], ['b', 10]]);
  });

  it('goes on without the satisfied and the dropped; a new wish is instead of the old', () => {
    const queue = new FairQueue<string>();
    queue.want('a', 5);
    queue.want('b', 50);
    queue.want('c', 50);
    queue.drop('b');
    queue.drop('nobody');
    queue.want('c', 10);
    queue.want('d', 0);
    assert.equal(queue.size, 2);
    assert.deepEqual(queue.share(1000, 10), [['a', 5], ['c', 10]]);
    assert.equal(queue.size, 0);
    assert.deepEqual(queue.share(1000, 10), []);
  });

  it('serves everyone at once when there is no limit', () => {
    const queue = new FairQueue<string>();
    queue.want('a', 5);
    queue.want('b', 7);
    assert.deepEqual(queue.share(Infinity, Infinity), [['a', 5], ['b', 7]]);
  });

  it('keeps 50 waiters within one quantum of each other, however uneven the portions', () => {
    const portions = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 100 });
    fc.assert(fc.property(portions, fc.integer({ min: 1, max: 20_000 }), (sizes, quantum) => {
      const queue = new FairQueue<number>();
      const got = new Array<number>(50).fill(0);
      for (let key = 0; key < 50; key++) queue.want(key, 1e9);
      for (const available of sizes) {
        const shares = queue.share(available, quantum);
        assert.equal(shares.reduce((sum, [, bytes]) => sum + bytes, 0), available, 'nothing is held back');
        for (const [key, bytes] of shares) got[key]! += bytes;
      }
      assert.ok(Math.max(...got) - Math.min(...got) <= quantum);
    }));
  });

  it('divides by weight while all wait, to within a turn of each, however the portions come', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 100 });
    const weights = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 20 });
    fc.assert(fc.property(portions, weights, fc.integer({ min: 100, max: 20_000 }), (sizes, all, quantum) => {
      const queue = new FairQueue<number>();
      const got = all.map(() => 0);
      all.forEach((weight, key) => queue.wantMore(key, 1e9, { weight: weight / 100 }));
      for (const size of sizes) for (const [key, bytes] of queue.share(size, quantum)) got[key]! += bytes;
      const perWeight = sizes.reduce((a, b) => a + b) / all.reduce((a, b) => a + b);
      const heaviest = Math.max(...all);
      const round = quantum * (all.length + 1);
      all.forEach((weight, key) => assert.ok(Math.abs(got[key]! - weight * perWeight) <= 2 * quantum + round * weight / heaviest));
    }));
  });

  it('gives what is there to the lightest, and to those without weight, where nobody else waits', () => {
    const queue = new FairQueue<string>();
    queue.wantMore('heavy', 10, { weight: 5 });
    queue.wantMore('light', 1000, { weight: 1e-9 });
    queue.wantMore('nothing', 900, { weight: 0 });
    queue.wantMore('nothing', 100, { weight: 0 });
    assert.deepEqual(queue.share(30, 10), [['heavy', 10], ['light', 10], ['nothing', 10]]);
    queue.drop('light');
    assert.deepEqual(queue.share(20, 10), [['nothing', 20]]);
  });

  it('gives each turn of those with an account to the one that most is owed, as grants and claims change', () => {
    const queue = new FairQueue<string>();
    const accounts = { a: { claim: 100, had: 100 }, b: { claim: 50, had: 20 }, c: { claim: 0, had: 0 } };
    for (const [key, account] of Object.entries(accounts)) queue.wantMore(key, 1000, { account });
    assert.deepEqual(queue.share(30, 10), [['b', 30]]);
    assert.deepEqual([...queue.share(60, 10)].sort(), [['a', 20], ['b', 20], ['c', 20]], 'where all are even they take turns');
    accounts.a.claim += 35;
    assert.deepEqual(queue.share(45, 10), [['a', 40], ['b', 5]]);
    queue.drop('b');
    accounts.c.claim += 3;
    assert.deepEqual(queue.share(10, 10), [['c', 10]]);
  });

  it('leaves those without an account as many turns as they would have, whoever of the others is served', () => {
    const queue = new FairQueue<string>();
    queue.wantMore('owed', 1000, { account: { claim: 500, had: 0 } });
    queue.wantMore('even', 1000, { account: { claim: 0, had: 0 } });
    queue.want('plain', 1000);
    queue.wantMore('half', 1000, { weight: 0.5 });
    assert.deepEqual(queue.share(350, 10), [['owed', 200], ['plain', 100], ['half', 50]]);
  });

  it('with accounts, what is owed to those that wait is even to a turn once all was owed that could be', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 50 });
    fc.assert(fc.property(portions, fc.array(fc.nat(3000), { minLength: 2, maxLength: 10 }), (sizes, claims) => {
      const queue = new FairQueue<number>();
      const accounts = claims.map((claim) => ({ claim, had: 0 }));
      accounts.forEach((account, key) => queue.wantMore(key, 1e9, { account }));
      const given = sizes.reduce((sum, size) => sum + queue.share(size, 100).reduce((n, [, bytes]) => n + bytes, 0), 0);
      assert.equal(given, sizes.reduce((a, b) => a + b));
      const most = Math.max(...accounts.map(({ claim, had }) => claim - had));
      for (const { claim, had } of accounts) assert.ok(had === 0 || claim - had >= most - 200, `${claim} - ${had}, and ${most}`);
    }));
  });

  it('never grants more than was wanted, and forgets nobody', () => {
    const [available, quantum] = [fc.nat(100), fc.integer({ min: 1, max: 20 })];
    const op = fc.oneof(
      fc.record({ op: fc.constant('want' as const), key: fc.nat(5), bytes: fc.nat(50) }),
      fc.record({ op: fc.constant('drop' as const), key: fc.nat(5) }),
      fc.record({ op: fc.constant('share' as const), available, quantum }),
    );
    fc.assert(fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
      const queue = new FairQueue<number>();
      const owed = new Map<number, number>();
      for (const o of ops) {
        if (o.op === 'want' && o.bytes > 0) owed.set(o.key, o.bytes);
        if (o.op === 'want') queue.want(o.key, o.bytes);
        if (o.op === 'drop') {
          owed.delete(o.key);
          queue.drop(o.key);
        }
        if (o.op === 'share') {
          const all = [...owed.values()].reduce((a, b) => a + b, 0);
          let given = 0;
          for (const [key, bytes] of queue.share(o.available, o.quantum)) {
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
