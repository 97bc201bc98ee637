/** Rates as typed: a table of what is understood, and of what is refused and why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../src/base/result.js';
import { parseRate } from '../../src/base/rate-text.js';

test('a rate is KB/s, or has a suffix', () => {
  const table: readonly (readonly [string, number | null])[] = [
    ['20', 20_000], ['500', 500_000], ['0.5', 500], ['1.5M', 1_500_000], ['2K', 2000], ['1G', 1e9], ['64Ki', 65_536],
    ['2Mi', 2_097_152],
    ['1Gi', 1_073_741_824], ['20k', 20_000], ['20KB', 20_000], ['20 KB/s', 20_000], ['100b', 100],
    ['3mib/s', 3_145_728], ['0', null],
    ['0K', null], ['0.0', null],
  ];
  for (const [text, bytes] of table) assert.deepEqual(parseRate(text), { ok: true, value: bytes }, text);
});

test('anything else is refused with what was expected', () => {
  for (const text of ['', 'x', '-1', '1e3', '5x', '1.', 'K', '1 2', '0x10', '0.0001', '9999G', '1'.repeat(40)]) {
    const result = parseRate(text);
    assert.ok(!result.ok, text);
    assert.match(describe(result.error), /^rate: expected KB\/s such as 500, 1\.5M or 64Ki/);
  }
});
