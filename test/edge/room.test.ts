/** Room for files: how it is made, what is in its way, and that none is made in a folder that has come in the place of another. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { nodeDisk } from '../../src/edge/disk.js';
import { content, scratch } from './scratch.js';

const disk = nodeDisk({ procs: 0 });

for (const how of ['sparse', 'full'] as const) {
  test(`room is made, ${how}: what is there stays, and nothing gets shorter`, async (t) => {
    const folder = scratch(t);
    const LENGTH = 600_000;
    const s = disk.open(folder, ['new', 'begun', 'long', 'unwanted'].map((name) => ({ path: [name], length: LENGTH })));
    await s.prepare();
    writeFileSync(join(folder, 'begun'), content(300_000));
    writeFileSync(join(folder, 'long'), content(LENGTH + 1));
    assert.equal(await s.allocate([0, 1, 2], how), undefined);
    assert.deepEqual(readdirSync(folder).sort(), ['begun', 'long', 'new']);
    const [made, begun, long] = ['new', 'begun', 'long'].map((name) => readFileSync(join(folder, name)));
    assert.ok(made!.equals(Buffer.alloc(LENGTH)));
    assert.ok(begun!.equals(Buffer.concat([content(300_000), Buffer.alloc(300_000)])));
    assert.equal(long!.length, LENGTH + 1);
    assert.equal(statSync(join(folder, 'new')).blocks * 512 >= LENGTH, how === 'full');
    await s.close();
  });
}

test('what is in the way: content, not zeros, and not what is not there', async (t) => {
  const folder = scratch(t);
  const s = disk.open(folder, ['none', 'zeros', 'mine'].map((name) => ({ path: [name], length: 9 })));
  writeFileSync(join(folder, 'zeros'), new Uint8Array(600_000));
  writeFileSync(join(folder, 'mine'), Buffer.concat([new Uint8Array(600_000), Buffer.from('!')]));
  assert.equal(await s.inTheWay([0, 1]), undefined);
  assert.deepEqual(await s.inTheWay([0, 1, 2]), { file: join(folder, 'mine'), cause: 'foreign', detail: 'another file has this name' });
});

test('none is made at any moment at which the folder is replaced', async (t) => {
  const outcomes = { made: 0, missing: 0 };
  for (let turns = 0; outcomes.made < 3; turns++) {
    const folder = scratch(t);
    const s = disk.open(folder, [{ path: ['t', 'a'], length: 5 }]);
    await s.prepare();
    const outcome = s.allocate([0], 'sparse');
    for (let i = 0; i < turns; i++) await setImmediate();
    renameSync(join(folder, 't'), join(folder, 'away'));
    mkdirSync(join(folder, 't'));
    const trouble = await outcome;
    assert.ok(trouble === undefined || trouble.cause === 'missing');
    outcomes[trouble ? 'missing' : 'made']++;
    assert.deepEqual(readdirSync(join(folder, 't')), [], `after ${turns} turns`);
    await s.close();
  }
  assert.ok(outcomes.missing > 0, JSON.stringify(outcomes));
});
