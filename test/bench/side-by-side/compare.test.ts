/** From trials to medians, ratios, and goals met or not; what failed is never a figure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type Metric, type Sample, type Trial } from '../../../bench/side-by-side/compare.js';

const metrics: readonly Metric[] = [
  { key: 'wall', head: 'wall s', show: (n) => n.toFixed(1), goal: { most: 0.65, of: 'other' } },
  { key: 'peak', head: 'peak MB', show: String, goal: { most: 250 } },
];
const trial = (client: string, run: number, outcome: Sample | { error: string }): Trial => ({ client, run, outcome });
const section = (...trials: Trial[]): ReturnType<typeof compare> =>
  compare({ title: 't', metrics, clients: ['actorrent', 'other'], baseline: 'other', trials, notes: ['a note'] });

test('medians with their spread, and ratios of medians', () => {
  const s = section(
    trial('actorrent', 1, { wall: 1, peak: 300 }), trial('other', 1, { wall: 4, peak: 10 }),
    trial('other', 2, { wall: 2, peak: 30 }), trial('actorrent', 2, { wall: 9, peak: 200 }),
    trial('actorrent', 3, { wall: 1.5, peak: 260 }),
  );
  assert.deepEqual(s.columns, ['client', 'runs', 'wall s', 'peak MB', 'wall/other']);
  assert.deepEqual(s.rows, [
    ['actorrent', '3', '1.5 (1.0-9.0)', '260 (200-300)', '0.50'],
    ['other', '2', '3.0 (2.0-4.0)', '20 (10-30)', '1.00'],
  ]);
  assert.deepEqual(s.notes, [
    'goal met      wall s: at most 0.65 of other\'s, is 0.50',
    'goal NOT MET  peak MB: at most 250, is 260',
    'a note',
  ]);
  assert.equal(s.failed, false);
});

test('a goal is met at its very value', () => {
  const s = section(trial('actorrent', 1, { wall: 1.3, peak: 250 }), trial('other', 1, { wall: 2, peak: 1 }));
  assert.deepEqual((s.json as { goals: { met: boolean }[] }).goals.map((g) => g.met), [true, true]);
});

test('a failed trial is a remark and not a figure, and its goals are unknown', () => {
  const s = section(trial('actorrent', 1, { wall: 1, peak: 2 }), trial('other', 1, { error: 'it crashed' }));
  assert.deepEqual(s.rows, [['actorrent', '1', '1.0', '2', '-'], ['other', '0', '-', '-', '-']]);
  assert.deepEqual(s.notes, [
    'goal unknown  wall s: at most 0.65 of other\'s, is not known',
    'goal met      peak MB: at most 250, is 2',
    'a note',
    'FAILED: other, run 1: it crashed',
  ]);
  assert.equal(s.failed, true);
});
