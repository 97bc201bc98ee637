import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB } from '../../src/base/units.js';
import { costOf } from '../../bench/simulate/index.js';

test('twice the content costs twice the messages and events at most; twice the peers, each with twice as many others, four times', async () => {
  const [one, longer, larger] = [
    await costOf({ leechers: 6, size: MIB }), await costOf({ leechers: 6, size: 2 * MIB }), await costOf({ leechers: 12, size: MIB }),
  ];
  for (const figure of ['messages', 'events'] as const) {
    assert.ok(longer[figure] > 1.2 * one[figure] && longer[figure] < 2.2 * one[figure], `${figure}: ${one[figure]}, ${longer[figure]}`);
    assert.ok(larger[figure] > 1.5 * one[figure] && larger[figure] < 4.4 * one[figure], `${figure}: ${one[figure]}, ${larger[figure]}`);
  }
  assert.ok(one.peerSeconds > 7 && one.blocks === 6 * 64);
});
