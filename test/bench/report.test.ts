/** Medians, and tables whose columns line up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../bench/report.js';
import { median, summary } from '../../bench/stats.js';

test('the median of a handful', () => {
  assert.deepEqual([[3], [1, 9], [5, 1, 4], [10, 2, 30, 4]].map(median), [3, 5, 4, 7]);
  assert.ok(Number.isNaN(median([])));
  assert.deepEqual(summary([3, 1, 10]), { median: 3, least: 1, most: 10 });
});

test('text goes left, figures go right', () => {
  const text = render({
    title: 'two', columns: ['client', 's', 'ratio'], rows: [['libtorrent', '10.2', '1.00'], ['we', '9', '']],
    notes: ['a remark'], json: {},
  });
  assert.deepEqual(text.split('\n'), [
    'two',
    '===',
    'client         s  ratio',
    '----------  ----  -----',
    'libtorrent  10.2   1.00',
    'we             9',
    'a remark',
  ]);
  assert.equal(render({ title: 't', columns: ['a'], rows: [], json: {} }), 't\n=');
});
