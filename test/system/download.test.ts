import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHas, Lab, makeContent, put, request } from './swarm.js';

test('one downloads from another: several files, an empty one, borders inside pieces', async () => {
  const lab = new Lab();
  try {
    const content = makeContent({ name: 'mixed', sizes: [100_000, 0, 3_000_001, 17], pieceLength: 32_768 });
    const seeder = lab.start('seeder');
    put(content, seeder.folder);
    seeder.client.add(request(content, seeder.folder));
    const leecher = lab.start('leecher');
    leecher.client.add(request(content, leecher.folder, { peers: [{ host: '127.0.0.1', port: await seeder.port() }] }));
    const done = await leecher.until('done');
    assert.equal(done.downloaded, content.meta.totalBytes);
    assertHas(content, leecher.folder);
    for (const { events } of [seeder, leecher]) {
      assert.deepEqual(events.filter((e) => e.event === 'warning' || e.event === 'error'), []);
    }
  } finally {
    await lab.close();
  }
});
