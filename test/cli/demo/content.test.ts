/** The demo's content: the right size, awkward in the right places, and only written where it may be. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { claimFolder, contentPlan, differences, writeContent } from '../../../src/cli/demo/content.js';

let folder = '';
before(async () => { folder = await mkdtemp(join(tmpdir(), 'actorrent-test-')); });
after(() => rm(folder, { recursive: true }));

test('it adds up, has an empty file, and pieces cross borders', () => {
  for (const total of [1_048_576, 67_108_864]) {
    const plan = contentPlan(total);
    assert.equal(plan.reduce((sum, f) => sum + f.length, 0), total);
    assert.ok(plan.some((f) => f.length === 0));
    assert.ok(plan.every((f) => f.length % 16_384 !== 0 || f.length === 0));
  }
});

test('written twice, it is the same; a changed byte is found', async () => {
  const plan = contentPlan(1_048_576);
  const [source, copy] = [join(folder, 'source'), join(folder, 'copy')];
  await writeContent(source, plan);
  await writeContent(copy, plan);
  assert.deepEqual(await differences({ source, copy, plan }), []);
  const file = join(copy, 'large/first.bin');
  const bytes = await readFile(file);
  bytes[1000]! ^= 1;
  await writeFile(file, bytes);
  await rm(join(copy, 'empty.bin'));
  assert.deepEqual(await differences({ source, copy, plan }), ['empty.bin', 'large/first.bin']);
});

test('it takes an empty folder or its own, and no other', async () => {
  const own = join(folder, 'deep/own');
  await claimFolder(own);
  await writeFile(join(own, 'left-over'), 'x');
  await claimFolder(own);
  await assert.rejects(readFile(join(own, 'left-over')), { code: 'ENOENT' });
  await assert.rejects(claimFolder(folder), { code: 1, message: /was not made by the demo/ });
  await symlink(own, join(folder, 'link'));
  await assert.rejects(claimFolder(join(folder, 'link')), { code: 1 });
});
