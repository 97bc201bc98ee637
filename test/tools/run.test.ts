/** The runner of these tests: which of them it takes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('../run.js', import.meta.url));

function run(...args: readonly string[]) {
  // It does not know then that a test runs it, and runs tests itself.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, ...args], { env, encoding: 'utf8' });
  return { status, stderr, tests: Number(/^ℹ tests (\d+)$/m.exec(stdout)?.[1] ?? 0) };
}

test('of several texts, files with any of them in their path are run', () => {
  const [globs, formats] = [run('unit', 'base/glob'), run('unit', 'base/format')];
  assert.ok(globs.tests > 0 && formats.tests > 0);
  assert.deepEqual(run('unit', 'base/glob', 'base/format'), { status: 0, stderr: '', tests: globs.tests + formats.tests });
});

test('a suite there is not, and texts that no path has, are refused', () => {
  for (const [args, reason] of [
    [['limiter'], /^suite: expected unit or interop, found 'limiter'$/m], [['unit', 'nothing', 'nobody'], /has 'nothing' or 'nobody' in its path/],
  ] as const) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.match(stderr, reason);
  }
});
