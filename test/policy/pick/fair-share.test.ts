import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromSeed } from '../../../src/base/random.js';
import { grant } from '../../../src/policy/pick/fair-share.js';

const MEMORY = 2100;

/** What each holds on average, where all ask, in any order, for as much as they want, and now and then a few blocks are done. */
function holds(wants: readonly number[], seed: number): readonly number[] {
  const random = fromSeed(seed);
  const held = wants.map(() => 0);
  const sums = wants.map(() => 0);
  let free = MEMORY;
  const rounds = 1000;
  for (let turn = 0; turn < 2 * rounds * wants.length; turn++) {
    const i = random.below(wants.length);
    const more = grant({ wanted: wants[i]! - held[i]!, held: held[i]!, free });
    held[i]! += more;
    free -= more;
    const done = random.below(wants.length);
    const answered = Math.min(held[done]!, 5);
    held[done]! -= answered;
    free += answered;
    assert.ok(free >= 0, `${free} blocks left`);
    if (turn >= rounds * wants.length) held.forEach((blocks, peer) => (sums[peer]! += blocks));
  }
  return sums.map((sum) => sum / (rounds * wants.length));
}

describe('fair share', () => {
  it('gives one alone half, at most', () => {
    assert.equal(grant({ wanted: MEMORY, held: 0, free: MEMORY }), MEMORY / 2);
    assert.equal(grant({ wanted: 500, held: 0, free: MEMORY }), 500);
    assert.equal(grant({ wanted: 500, held: MEMORY / 2, free: MEMORY / 2 }), 0);
  });

  it('gives twenty who want all a twenty-first each, whoever asks first', () => {
    for (let seed = 0; seed < 5; seed++) {
      for (const held of holds(new Array<number>(20).fill(500), seed)) assert.ok(held > 85 && held < 105, `${held}, not ${MEMORY / 21}`);
    }
  });

  it('leaves to the others what slow peers do not use', () => {
    const wants = [...new Array<number>(16).fill(5), ...new Array<number>(4).fill(500)];
    const fast = (MEMORY - 16 * 5) / 5;
    for (let seed = 0; seed < 5; seed++) {
      for (const held of holds(wants, seed).slice(16)) assert.ok(held > 0.85 * fast && held < 1.05 * fast, `${held}, not ${fast}`);
    }
  });

  it('waits for a quarter of the share, so that requests come in batches', () => {
    // Of a share of 100: 76 are held, 24 would be more.
    assert.equal(grant({ wanted: 500, held: 76, free: 124 }), 0);
    assert.equal(grant({ wanted: 500, held: 75, free: 125 }), 25);
    assert.equal(grant({ wanted: 24, held: 76, free: 124 }), 24, 'all that it wants');
  });

  it('gives each a few, however little there is', () => {
    assert.equal(grant({ wanted: 9, held: 0, free: 0 }), 4);
    assert.equal(grant({ wanted: 9, held: 4, free: 0 }), 0);
  });

  it('takes nothing back from who holds more than its share', () => {
    assert.equal(grant({ wanted: 9, held: 500, free: 20 }), 0);
  });
});
