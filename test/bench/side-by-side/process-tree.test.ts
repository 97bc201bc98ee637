/** What /proc says of a process and all below it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { parseKib, parseStat, treeOf, treeUsage, type ProcessStat } from '../../../bench/side-by-side/process-tree.js';

test('a line of stat, whatever the name', () => {
  const rest = 'S 41 42 42 0 -1 4194560 150 900 0 0 12 34 5 6 20 0 11 0 8000 1000 200';
  for (const name of ['node', 'a b', 'x) R 1 (y', '((']) {
    assert.deepEqual(parseStat(`42 (${name}) ${rest}`), { pid: 42, parent: 41, cpuMs: (12 + 34 + 5 + 6) * 10 }, name);
  }
});

test('a tree is the process and all below it, at any depth', () => {
  const all = [[1, 0], [5, 1], [6, 5], [7, 6], [8, 1], [9, 7]].map(([pid, parent]): ProcessStat =>
    ({ pid: pid!, parent: parent!, cpuMs: 0 }));
  assert.deepEqual(treeOf(all, 5).map((p) => p.pid).sort(), [5, 6, 7, 9]);
  assert.deepEqual(treeOf(all, 8).map((p) => p.pid), [8]);
  assert.deepEqual(treeOf(all, 3), []);
});

test('fields of status', () => {
  const status = 'Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t  123456 kB\nVmRSS:\t  99 kB\n';
  assert.deepEqual([parseKib(status, 'VmHWM'), parseKib(status, 'VmRSS'), parseKib(status, 'VmSwap')], [123_456 * 1024, 99 * 1024, 0]);
});

const linux = process.platform === 'linux' ? {} : { skip: 'Linux has /proc' };

test('children count, and a process that is gone has no figures', linux, async () => {
  const alone = treeUsage([process.pid]);
  const child = spawn(process.execPath, ['-e', 'console.log("up"); process.stdin.resume()']);
  await once(child.stdout, 'data');
  const both = treeUsage([process.pid]);
  assert.ok(alone.residentBytes > 10e6 && alone.peakBytes >= alone.residentBytes, JSON.stringify(alone));
  assert.ok(both.residentBytes > alone.residentBytes + 10e6, JSON.stringify({ alone, both }));
  child.stdin.end();
  await once(child, 'close');
  assert.throws(() => treeUsage([child.pid!]), /ended before it could be asked/);
});
