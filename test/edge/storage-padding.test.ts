/** Padding (BEP 47) in the storage: zeros that no file holds, with hash workers and without. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeDisk } from '../../src/edge/disk.js';
import type { Span, Storage } from '../../src/ports/disk.js';
import { checked, content, read, scratch, sha1, span, stored } from './scratch.js';

const FILES = [
  { path: ['t', 'a'], length: 10 },
  { path: ['t', '.pad', '20'], length: 20, padding: true },
  { path: ['t', 'b'], length: 5 },
  { path: ['t', '.none', '0'], length: 0, padding: true },
];
const SPANS = [span(0, 0, 10), span(1, 0, 20), span(2, 0, 5)];
const RIGHT = content(35).fill(0, 10, 30);
const WITH_OTHER_PADDING = content(35);

async function bytesOf(s: Storage, spans: readonly Span[]): Promise<Uint8Array> {
  const outcome = await read(s, spans);
  assert.ok(outcome.type === 'read');
  return outcome.bytes;
}

for (const procs of [0, 1]) {
  test(`padding is on no disk: hashed and read as zeros, whatever peers send or its name holds (procs ${procs})`, async (t) => {
    const folder = scratch(t);
    const s = nodeDisk({ procs }).open(folder, FILES);
    assert.equal(await s.prepare(), undefined);
    assert.deepEqual(await stored(s, WITH_OTHER_PADDING, SPANS, sha1(RIGHT)), { type: 'stored' });
    assert.deepEqual(readdirSync(join(folder, 't')), ['a', 'b']);
    assert.deepEqual(readFileSync(join(folder, 't', 'b')), Buffer.from(RIGHT.subarray(30)));
    mkdirSync(join(folder, 't', '.pad'));
    writeFileSync(join(folder, 't', '.pad', '20'), 'of another client');
    assert.deepEqual(await checked(s, SPANS, sha1(RIGHT)), { type: 'match' });
    s.recycle(await bytesOf(s, [span(0, 0, 10), span(0, 0, 10), span(0, 0, 10)]));
    assert.deepEqual(await bytesOf(s, SPANS), Buffer.from(RIGHT), 'also in memory that has been read into before');
    assert.deepEqual((await s.facts()).map((f) => f?.length), [10, 20, 5, 0]);
    assert.equal(await s.sync(), undefined);
    await s.close();
  });

  test(`padding of many runs is hashed as zeros (procs ${procs})`, async (t) => {
    const long = 200_001;
    const s = nodeDisk({ procs }).open(scratch(t), [{ path: ['a'], length: 3 }, { path: ['p'], length: long, padding: true }]);
    const piece = new Uint8Array(3 + long).fill(7, 0, 3);
    const spans = [span(0, 0, 3), span(1, 0, long)];
    await stored(s, piece, spans);
    assert.deepEqual(await checked(s, spans, sha1(piece)), { type: 'match' });
    await s.close();
  });
}
