import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pictures } from '../../src/graph/pictures.js';
import { TOPOLOGY } from '../../src/process/index.js';

const ROOT = join(import.meta.dirname, '../../..');

for (const { file, content } of pictures(TOPOLOGY)) {
  test(`${file} shows the declared graph (else: npm run diagrams)`, () => {
    const now = readFileSync(join(ROOT, file), 'utf8');
    assert.equal(now, content(now));
  });
}

test('a picture changes with a declaration', () => {
  const [first, ...rest] = TOPOLOGY.filter((d) => d.name === 'ChokeMgr' || d.name === 'Controller');
  const without = [{ ...first!, tells: {} }, ...rest];
  const picture = pictures(TOPOLOGY).find((p) => p.file.endsWith('.md') && p.file.startsWith('diagrams'))!;
  const other = pictures(without).find((p) => p.file === picture.file)!;
  assert.notEqual(picture.content(''), other.content(''));
});
