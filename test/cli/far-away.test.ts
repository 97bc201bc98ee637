/** A peer 100 or 200 ms away, there and back: the built program keeps asked of it far more than a window that does not grow could. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BLOCK_BYTES, MIB } from '../../src/base/units.js';
import { FarAway } from './far-away.js';
import { Running, runToEnd } from './running.js';
import { bytesIn, share } from './shared.js';

/** Twice what we begin with. */
const FIXED_WINDOW = 16;
/** So many are more than are on a full link of 50 Mbit/s and 200 ms. */
const FACTOR = 5;

for (const roundTrip of [100, 200]) {
  test(`the blocks on the way from a peer ${roundTrip} ms away are many times a fixed window`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
    t.after(() => rm(folder, { recursive: true }));
    const { meta, bytes } = await share(folder, { name: 'far', pieceLength: MIB / 4, files: { all: 12 * MIB } });
    const local = ['--ip', '127.0.0.1', '--port', '0'];
    const seeder = new Running({ folder }, ['seed', 'far.torrent', '--folder', 'from', ...local]);
    t.after(() => seeder.kill());
    const proxy = await FarAway.open((await seeder.first('listening')).port, roundTrip / 2);
    t.after(() => proxy.close());

    const { code, err } = await runToEnd({ folder }, ['far.torrent', '--folder', 'to', ...local, '--peer', proxy.peer]);
    assert.equal(code, 0, err);
    assert.ok((await bytesIn(join(folder, 'to'), meta)).equals(bytes));
    const { most, total } = proxy.coming;
    assert.ok(total >= bytes.length, `${total} of ${bytes.length} bytes came from far away`);
    t.diagnostic(`${(most / BLOCK_BYTES).toFixed(0)} blocks on the way at once`);
    assert.ok(most >= FACTOR * FIXED_WINDOW * BLOCK_BYTES, `at most ${most} bytes were on the way at once`);
  });
}
