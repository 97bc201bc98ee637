/**
 * Runs the test files: `node build/test/run.js [suite] [texts]`, those with any of the texts in their path. Suites: `unit` (all but interop;
 * the default) and `interop`. Node 20 and later differ in how `node --test` finds files, so the list is made here.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const [suite = 'unit', ...texts] = process.argv.slice(2);
const isMeant = (path: string): boolean => texts.length === 0 || texts.some((text) => path.includes(text));

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.test.js') && (suite === 'interop') === f.startsWith('interop') && isMeant(f))
  .sort()
  .map((f) => join(root, f));

if (suite !== 'unit' && suite !== 'interop') {
  process.stderr.write(`suite: expected unit or interop, found '${suite}'\n`);
  process.exit(2);
}
if (files.length === 0) {
  process.stderr.write(`no test file in suite '${suite}' has ${texts.map((text) => `'${text}'`).join(' or ')} in its path below ${relative(process.cwd(), root)}\n`);
  process.exit(2);
}

run({ files, concurrency: suite === 'unit', timeout: suite === 'unit' ? 300_000 : 1_800_000 })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(new spec())
  .pipe(process.stdout);
