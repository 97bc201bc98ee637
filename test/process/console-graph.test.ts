/** The console's `graph`: counts as the kernel has them, added up by name, on lines that fit a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessInfo } from '../../src/kernel/kernel.js';
import { graphLines } from '../../src/process/console-graph.js';
import { peers, run, scene } from '../sim/scenes.js';

const info = (process: string, more: Partial<ProcessInfo> = {}): ProcessInfo => ({
  id: process, process, scope: 'client', group: false, parent: undefined, depth: 0, handled: 0, restarts: 0, states: undefined, ...more,
});

test('a line a process; several of a name are one; whom it tells most comes first', () => {
  const lines = graphLines({
    processes: () => [
      info('Client', { group: true }), info('Files', { handled: 12, depth: 3, restarts: 2 }), info('Controller', { handled: 1000 }),
      info('Controller', { handled: 234, depth: 1 }), info('Sender'),
    ],
    edges: () => [
      { from: 'Files', to: 'Sender', kind: 'data', count: 5 }, { from: 'Controller', to: 'Files', kind: 'blocks', count: 7 },
      { from: 'Controller', to: 'PieceMgr', kind: 'gotBlocks', count: 1500 }, { from: 'Controller', to: 'Files', kind: 'other', count: 1 },
    ],
  });
  assert.deepEqual(lines, [
    'process     of  waiting  heard  restarts  tells',
    'Files        1        3     12         2  Sender 5',
    'Controller   2        1  1,234         0  PieceMgr 1,500, Files 8',
    'Sender       1        0      0         0',
  ]);
});

test('of a client in a swarm: every process, every pair that talked, and no line wider than a terminal', async () => {
  const swarm = await run(scene([peers('seed', { has: 1, up: 200_000 }), peers('leecher', { count: 3 })]));
  const { kernel } = swarm.members[1]!.client!;
  const lines = graphLines(kernel);
  for (const line of lines) assert.ok(line.length <= 79, line);
  // A line that begins with a blank goes on with the one before.
  const rows = new Map(lines.join('\n').replaceAll(/\n {2,}/g, ' ').split('\n').map((line) => [line.split(' ')[0]!, line]));
  for (const { process, group } of kernel.processes()) assert.equal(rows.has(process), !group, process);
  const told = new Map<string, number>();
  for (const { from, to, count } of kernel.edges()) if (rows.has(from)) told.set(`${from} ${to}`, (told.get(`${from} ${to}`) ?? 0) + count);
  assert.ok(told.size > 20);
  for (const [pair, count] of told) {
    const [from, to] = pair.split(' ');
    assert.match(rows.get(from!)!, new RegExp(` ${to} ${count.toLocaleString('en-US')}(,|$)`));
  }
});
