import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import {
  DEFAULT_REQQ, INITIAL_WINDOW, initialWindow, nextWindow, type WindowInput, type WindowState,
} from '../../../src/policy/pick/request-window.js';

const steady: WindowInput = { rate: 1e6, rttMs: 100, reqq: DEFAULT_REQQ, snubbed: false };

describe('request window', () => {
  it('doubles while the rate grows, then covers the round trip and three seconds', () => {
    let window = initialWindow;
    const seen: number[] = [];
    for (const rate of [10_000, 20_000, 40_000, 80_000, 81_000, 81_000]) {
      window = nextWindow(window, { ...steady, rate });
      seen.push(window.blocks);
    }
    const needed = Math.ceil(81_000 * 3.1 / BLOCK_BYTES);
    assert.deepEqual(seen, [16, 32, 64, 128, needed, needed]);
  });

  it('waits for the first block without giving up slow start', () => {
    const waiting = nextWindow(initialWindow, { ...steady, rate: 0 });
    assert.deepEqual(waiting, { blocks: INITIAL_WINDOW, slowStart: true, rate: 0 });
    assert.equal(nextWindow(waiting, { ...steady, rate: 1000 }).blocks, 2 * INITIAL_WINDOW);
  });

  it('leaves a snubbed peer one request, and lets it come back', () => {
    const snubbed = nextWindow({ blocks: 100, slowStart: false, rate: 1e6 }, { ...steady, rate: 0, snubbed: true });
    assert.equal(snubbed.blocks, 1);
    assert.equal(nextWindow(snubbed, steady).blocks, Math.ceil(1e6 * 3.1 / BLOCK_BYTES));
  });

  it('always lies between one and what the peer accepts', () => {
    const input = fc.record({
      rate: fc.nat(1e9), rttMs: fc.nat(60_000), reqq: fc.nat(5000), snubbed: fc.boolean(),
    });
    fc.assert(fc.property(fc.array(input), (inputs) => {
      let window: WindowState = initialWindow;
      for (const given of inputs) {
        window = nextWindow(window, given);
        assert.ok(Number.isInteger(window.blocks));
        assert.ok(window.blocks >= 1 && window.blocks <= Math.min(500, Math.max(1, given.reqq)));
      }
    }));
  });
});
