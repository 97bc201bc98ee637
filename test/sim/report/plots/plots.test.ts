import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from '../../../../src/sim/report/page.js';
import { dots, lines, matrix } from '../../../../src/sim/report/plots/charts.js';
import { cdf, figuresOf } from '../../../../src/sim/report/plots/figures.js';
import { ticks } from '../../../../src/sim/report/plots/svg.js';
import type { PeerResult, RunResult } from '../../../../src/sim/result.js';

const peer = (more: Partial<PeerResult>): PeerResult => ({
  class: 'home', policy: 'p', arrived: 0, completed: 100, left: null, seed: false, downloaded: 1000, uploaded: 500, sent: 0, received: 0,
  interested: 0.9, ...more,
});
const result = (policy: string, more: Partial<RunResult> = {}): RunResult => ({
  scenario: 's', policy, seed: 1, trace: '', lasted: 200, size: 1000, sampleEvery: 5,
  peers: [peer({ class: 'seed', seed: true, completed: null, interested: null }), peer({}), peer({ completed: null })],
  pairs: [{ from: 'home', to: 'home', connected: 100, regular: 20, optimistic: 5 }],
  series: [{ class: 'home', used: [null, 0.5], present: [0, 2] }],
  optimistic: { tried: 0, returned: 0 }, chokeChanges: 1, ...more,
});

test('ticks are round, few and within the axis', () => {
  assert.deepEqual(ticks({ from: 0, to: 1 }), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks({ from: 0, to: 170 }), [0, 50, 100, 150]);
  assert.deepEqual(ticks({ from: 3, to: 7 }), [3, 4, 5, 6, 7]);
});

test('a distribution counts those who never come', () => {
  assert.deepEqual(cdf([30, 10, Infinity, Infinity], 100), [[0, 0], [10, 0.25], [30, 0.5], [100, 0.5]]);
  assert.deepEqual(cdf([], 100), [[0, 0], [100, 0]]);
});

test('a line goes where its points are: y grows upwards, x to the right', () => {
  const frame = { title: 't', x: { label: '', from: 0, to: 10 }, y: { label: '', from: 0, to: 1 } };
  const svg = lines(frame, [{ name: 'a', points: [[0, 0], [10, 1]] }]);
  const [, x0, y0, x1, y1] = /d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"/.exec(svg)!.map(Number);
  assert.ok(x1! > x0! && y1! < y0!);
});

test('a matrix shows its figures by row and column, and a dash where none met', () => {
  const svg = matrix('m', { rows: ['a', 'b'], columns: ['a', 'b'], cell: (r, c) => (r === c ? undefined : 0.1 + 0.2 * r) }, '');
  assert.deepEqual([...svg.matchAll(/class="mid">([^<]+)</g)].map((m) => m[1]), ['-', '10', '30', '-']);
});

test('no dot where there is no value', () => {
  const never = { median: Infinity, low: 1, high: Infinity };
  const rows = [{ name: 'a', values: [never] }, { name: 'b', values: [undefined] }];
  const svg = dots('d', { axis: { label: '', from: 0, to: 1 }, columns: [''], rows });
  assert.doesNotMatch(svg, /<circle/);
});

test('every figure of any results is finite, and text from outside stays text', () => {
  const evil = result('<script>alert(1)</script>');
  const nothing = result('none', { peers: [peer({ completed: null })], pairs: [], series: [] });
  for (const results of [[evil], [evil, nothing], [nothing]]) {
    const figures = figuresOf(results);
    assert.equal(new Set(figures.map((f) => f.id)).size, figures.length);
    for (const { id, svg } of figures) assert.doesNotMatch(svg, /NaN|Infinity|undefined|<script/, id);
  }
  const html = page({ name: '<i>', summary: '"&' }, [evil, nothing]);
  assert.doesNotMatch(html, /<script|<i>|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
});
