import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Download } from '../../bench/micro/download.js';
import { figureOf, measure } from '../../bench/micro/measure.js';

test('a figure is the median and half the distance of the quartiles', () => {
  assert.deepEqual(figureOf([100, 90, 120, 110, 80]), { ns: 100, spread: 0.1 });
  assert.deepEqual(figureOf([7, 7, 7]), { ns: 7, spread: 0 });
});

test('only the run of a batch is timed, and batches go on until the budget is spent', () => {
  let now = 0;
  let runs = 0;
  const prepare = () => {
    now += 1000;
    return { operations: 1000, run: () => { now += 2; return ++runs; } };
  };
  const { ns, spread } = measure({ name: '', unit: '', prepare }, { ms: 36, now: () => now });
  assert.equal(ns, 2000);
  assert.equal(spread, 0);
  assert.equal(runs, 6 + 9 * 2, 'a third of the budget to warm up, then nine samples');
});

test('the download of the picker benchmark is a whole one: bitfields, haves, every block, and an endgame', () => {
  let now = 0;
  const { blocks, haves, announced, cancels } = new Download({ pieces: 40, peers: 10 }, () => now++).run();
  assert.equal(blocks.count, 40 * 64);
  assert.equal(haves.count + announced.count, 9 * 40, 'the one seed needs to announce nothing');
  assert.ok(announced.count > 100 && haves.count > 100);
  assert.ok(cancels > 0, 'blocks of slow peers are asked of others too');
  assert.ok(blocks.ms > 0 && haves.ms > 0 && announced.ms > 0);
});
