import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Endpoint } from '../../src/base/endpoint.js';
import { fromSeed, type Random } from '../../src/base/random.js';
import { MINUTE, SECOND } from '../../src/base/units.js';
import { Candidates } from '../../src/model/candidates.js';

/** The longest delay that chance allows. */
const longest: Random = { u32: () => 0, below: () => 0, unit: () => 1 };
/** An ordinary connection. */
const LONG = { lasted: MINUTE };
const at = (n: number, host = '10.0.0.1'): Endpoint => ({ host, port: n });
const of = (...endpoints: Endpoint[]): Candidates => {
  const candidates = new Candidates(longest);
  candidates.add(endpoints, 'tracker');
  return candidates;
};

describe('Candidates', () => {
  it('gives each once, in the order of their coming', () => {
    const c = of(at(1), at(2), at(1));
    assert.deepEqual([c.size, c.next(0), c.next(0), c.next(0)], [2, at(1), at(2), undefined]);
  });

  it('knows when the next may be tried, and that a taken one may not', () => {
    const c = of(at(1), at(2));
    assert.deepEqual([of().nextAt, c.nextAt], [Infinity, 0]);
    c.next(0);
    c.next(0);
    assert.equal(c.nextAt, Infinity);
    c.left(at(1), 1000, { lasted: MINUTE, wait: 500 });
    c.failed(at(2), 1000);
    assert.equal(c.nextAt, 1500);
  });

  it('gives those of the user first', () => {
    const c = of(at(1));
    c.add([at(2)], 'user');
    assert.deepEqual([c.next(0), c.next(0)], [at(2), at(1)]);
  });

  it('takes no port 0', () => assert.equal(of(at(0)).size, 0));

  it('doubles the wait after each failure in a row, and gives up after the fifth until it is named again', () => {
    const c = of(at(1));
    let now = 0;
    for (const wait of [5, 10, 20, 40]) {
      assert.deepEqual(c.next(now), at(1));
      c.failed(at(1), now);
      assert.equal(c.next(now + wait * SECOND - 1), undefined, `after ${wait} s`);
      now += wait * SECOND;
    }
    assert.deepEqual(c.next(now), at(1));
    c.failed(at(1), now);
    assert.equal(c.size, 0);
    c.add([at(1)], 'tracker');
    assert.deepEqual(c.next(now), at(1));
  });

  it('never gives up one of the user, and tries it every half an hour at least', () => {
    const c = new Candidates(longest);
    c.add([at(1)], 'user');
    for (let i = 0, now = 0; i < 50; i++, now += 30 * MINUTE) {
      assert.deepEqual(c.next(now), at(1));
      c.failed(at(1), now);
    }
  });

  it('forgets failures after a connection that lasted', () => {
    const c = of(at(1));
    c.next(0);
    c.failed(at(1), 0);
    c.next(5000);
    c.failed(at(1), MINUTE, 55_000);
    assert.deepEqual([c.next(MINUTE + 4999), c.next(MINUTE + 5000)], [undefined, at(1)]);
  });

  it('asks one that breaks the rules at once, time and again, as rarely as one that cannot be reached', () => {
    const c = of(at(1));
    for (const now of [0, 5000, 15_000, 35_000]) {
      assert.deepEqual(c.next(now), at(1));
      c.failed(at(1), now, 1);
    }
    assert.equal(c.next(75_000 - 1), undefined);
    c.next(75_000);
    c.failed(at(1), 75_000, 1);
    assert.equal(c.size, 0);
  });

  it('waits twice as long each time for one that lets us go at once, at most ten minutes, and never gives it up', () => {
    const c = of(at(1));
    let now = 0;
    for (const wait of [1, 2, 4, 8, 10, 10]) {
      assert.deepEqual(c.next(now), at(1));
      c.left(at(1), now, { lasted: 29_999 });
      assert.equal(c.next(now + wait * MINUTE - 1), undefined, `${wait} minutes`);
      now += wait * MINUTE;
    }
    c.next(now);
    c.left(at(1), now, { lasted: 30_000 });
    assert.deepEqual(c.next(now + 30_000), at(1));
  });

  it('prefers who failed less, then who has waited longer', () => {
    const c = of(at(1), at(2), at(3));
    c.next(0);
    c.failed(at(1), 0);
    c.next(0);
    c.left(at(2), 0, LONG);
    assert.deepEqual([c.next(MINUTE), c.next(MINUTE), c.next(MINUTE)], [at(3), at(2), at(1)]);
  });

  it('tries one that left in good order again after half a minute, and one that we let go at once', () => {
    const c = of(at(1));
    c.next(0);
    c.left(at(1), 0, LONG);
    assert.deepEqual([c.next(30 * SECOND - 1), c.next(30 * SECOND)], [undefined, at(1)]);
    c.release(at(1));
    assert.deepEqual(c.next(0), at(1));
  });

  it('in a hurry tries those that left in good order at once, and none that failed or is taken', () => {
    const c = of(at(1), at(2), at(3));
    for (let n = 1; n <= 3; n++) c.next(0);
    c.left(at(1), 0, { lasted: 0, wait: 600 * SECOND });
    c.failed(at(2), 0);
    c.hurry();
    assert.deepEqual([c.next(0), c.next(0)], [at(1), undefined]);
  });

  it('does not shorten the wait of one that failed when it is said to have left, too', () => {
    const c = of(at(1));
    for (const now of [0, 5000, 15_000]) {
      c.next(now);
      c.failed(at(1), now);
      c.left(at(1), now, LONG);
    }
    assert.deepEqual([c.next(34_999), c.next(35_000)], [undefined, at(1)]);
  });

  it('a ban is of the host, whatever the port', () => {
    const c = of(at(1), at(2), at(1, '10.0.0.2'));
    c.ban(at(9));
    c.add([at(3)], 'user');
    assert.deepEqual([c.size, c.isBanned(at(7)), c.next(0), c.next(0)], [1, true, at(1, '10.0.0.2'), undefined]);
  });

  for (const host of ['127.0.0.1', '::1']) {
    it(`a ban on ${host} is of the address`, () => {
      const c = of(at(1, host), at(2, host));
      c.ban(at(1, host));
      assert.deepEqual([c.isBanned(at(1, host)), c.next(0), c.next(0)], [true, at(2, host), undefined]);
    });
  }

  it('avoids our own address, and no other of that host', () => {
    const c = of(at(1), at(2));
    c.avoid(at(1));
    c.add([at(1)], 'tracker');
    assert.deepEqual([c.isBanned(at(1)), c.isBanned(at(2)), c.next(0), c.next(0)], [true, false, at(2), undefined]);
  });

  it('holds 2000; for more, those that could not be reached make room, but none that is in use', () => {
    const c = new Candidates(fromSeed(1));
    c.add(Array.from({ length: 2000 }, (_, i) => at(i + 1)), 'tracker');
    c.add([at(5000)], 'tracker');
    assert.equal(c.size, 2000);
    const [dialled, unreached] = [c.next(0)!, c.next(0)!];
    for (const e of [dialled, unreached]) c.failed(e, 0);
    // Both have failed; the first is dialled again, so the other must go.
    const again = Array.from({ length: 1999 }, () => c.next(10_000)!).at(-1);
    assert.deepEqual(again, dialled);
    c.add([at(5000), at(5001)], 'tracker');
    assert.equal(c.size, 2000);
    assert.deepEqual([c.next(20_000), c.next(20_000)], [at(5000), undefined]);
  });

  it('knows nothing of strangers', () => {
    const c = of();
    c.failed(at(1), 0);
    c.left(at(1), 0, LONG);
    c.release(at(1));
    assert.equal(c.next(0), undefined);
  });
});
