import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import {
  DEFAULT_REQQ, INITIAL_WINDOW, initialWindow, nextWindow, windowNow, type WindowInput, type WindowState,
} from '../../../src/policy/pick/request-window.js';

const steady: WindowInput = { received: 60, rate: 1e6, rttMs: 100, reqq: DEFAULT_REQQ, snubbed: false };

describe('request window', () => {
  it('grows by what comes while each second brings more, then covers the round trip and three seconds', () => {
    let window = initialWindow;
    const seen: number[] = [];
    for (const [received, rate] of [[8, 10_000], [16, 20_000], [32, 40_000], [33, 81_000], [64, 81_000]] as const) {
      seen.push(windowNow(window, received, DEFAULT_REQQ));
      window = nextWindow(window, { ...steady, received, rate });
      seen.push(window.blocks);
    }
    const needed = Math.ceil(81_000 * 3.1 / BLOCK_BYTES);
    assert.deepEqual(seen, [16, 16, 32, 32, 64, 64, 97, needed, needed, needed]);
  });

  it('of a slow peer, never asks for more than a few seconds bring', () => {
    let window = initialWindow;
    for (let second = 1; second <= 10; second++) {
      // 16 blocks a second from the first on, as a mean over four sees them.
      window = nextWindow(window, { ...steady, received: 16, rate: 16 * BLOCK_BYTES * Math.min(1, second / 4) });
      assert.ok(window.blocks <= 4 * 16, `${window.blocks} after ${second} s`);
    }
    assert.equal(window.blocks, Math.ceil(16 * 3.1));
  });

  it('waits for the first block without giving up slow start', () => {
    const waiting = nextWindow(initialWindow, { ...steady, received: 0, rate: 0 });
    assert.deepEqual(waiting, initialWindow);
    assert.equal(nextWindow(waiting, { ...steady, received: 1, rate: 4096 }).blocks, INITIAL_WINDOW + 1);
  });

  it('leaves a snubbed peer one request, and lets it begin anew', () => {
    const snubbed = nextWindow({ blocks: 100, slowStart: false, received: 60 }, { ...steady, received: 0, rate: 0, snubbed: true });
    assert.equal(windowNow(snubbed, 0, DEFAULT_REQQ), 1);
    assert.equal(windowNow(snubbed, 1, DEFAULT_REQQ), 2);
    assert.equal(nextWindow(snubbed, { ...steady, received: 10, rate: 40_960 }).blocks, 11);
  });

  it('always lies between one and what the peer accepts', () => {
    const input = fc.record({
      received: fc.nat(70_000), rate: fc.nat(1e9), rttMs: fc.nat(60_000), reqq: fc.nat(5000), snubbed: fc.boolean(),
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
