/** `simulate` as a user runs it: tables, JSON, and words for what is wrong. Its threads run the built code. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { PROGRAM } from '../../../src/cli/entries.js';
import type { RunResult } from '../../../src/sim/result.js';
import { scratch } from '../../edge/scratch.js';

function simulate(args: readonly string[], cwd: string): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none' };
    const child = execFile(process.execPath, [PROGRAM, 'simulate', ...args], { cwd, env, maxBuffer: 1e8 },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }));
  });
}

function mine(t: TestContext): string {
  const folder = scratch(t);
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({
    name: 'mine', size: '1Mi', peers: [{ name: 'seed', has: 1, up: '400K', down: '1M' }, { name: 'home', count: 4, up: '50K', down: '1M' }],
  }));
  return folder;
}

test('run: a table of what came of it', async (t) => {
  const { code, out, err } = await simulate(['run', './mine.json'], mine(t));
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^policy +all +done +uplink +ratio/m);
  assert.match(out, /^tit-for-tat +\d+ \(\d+-\d+\) +4\/4 /m);
  assert.match(out, /Trace [0-9a-f]{16}\./);
});

test('compare: the same runs, in the same order, whatever the number of threads', async (t) => {
  const folder = mine(t);
  const results = async (procs: string): Promise<RunResult[]> => {
    const { code, out } = await simulate(
      ['compare', '--scenario', './mine.json', '--policies', 'wgo,tit-for-tat', '--seeds', '2', '--json', '--procs', procs], folder);
    assert.equal(code, 0);
    return out.trim().split('\n').map((line) => JSON.parse(line) as RunResult);
  };
  const [one, three] = [await results('1'), await results('3')];
  assert.deepEqual(one.map((r) => [r.policy, r.seed]), [['wgo', 1], ['wgo', 2], ['tit-for-tat', 1], ['tit-for-tat', 2]]);
  assert.deepEqual(three, one);
  assert.equal(new Set(one.map((r) => r.trace)).size, 4);
});

test('validate: what was expected and found, with its verdict and how long it took', async (t) => {
  const { code, out } = await simulate(['validate', 'v3', '--json'], scratch(t));
  const check = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual([code, check['id'], check['verdict']], [0, 'V3', 'holds']);
  assert.match(`${String(check['expected'])}; ${String(check['found'])}`, /^at least [\d.]+ s; [\d.]+ s$/);
  assert.ok(Number(check['seconds']) > 0);
});

const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['run'], 2, /expected a scenario/],
  [['flash-crwd'], 2, /scenario: expected one of flash-crowd, .*found "flash-crwd"/],
  [['run', './none.json'], 1, /none\.json: /],
  [['run', './mine.json', '--policy', 'tit-for-tet'], 2, /did you mean tit-for-tat/],
  [['run', './mine.json', '--policies', 'wgo'], 2, /--policies is for simulate compare/],
  [['run', './mine.json', '--param', 'slotz=3'], 2, /slotz/],
  [['compare', '--scenario', './mine.json'], 2, /expected --policies/],
  [['compare', '--policies', 'wgo'], 2, /expected --scenario/],
];
for (const [args, code, says] of wrong) {
  test(`wrong: simulate ${args.join(' ')}`, async (t) => {
    const said = await simulate(args, mine(t));
    assert.equal(said.out, '');
    assert.match(said.err, says);
    assert.equal(said.code, code);
  });
}
