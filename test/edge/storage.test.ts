/** Storage in ordinary files: the same with hash workers and without, what is refused, and what trouble looks like. */
import assert from 'node:assert/strict';
import {
  existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, truncateSync, unlinkSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { nodeDisk } from '../../src/edge/disk.js';
import type { StoredFile } from '../../src/ports/disk.js';
import { checked, content, read, scratch, sha1, span, stored } from './scratch.js';

const FILES: readonly StoredFile[] = [
  { path: ['t', 'a'], length: 10 },
  { path: ['t', 'empty'], length: 0 },
  { path: ['t', 'sub', 'b'], length: 20 },
  { path: ['t', 'c'], length: 100 },
];
/** Bytes 5..64 of the torrent: the end of a, all of b, the beginning of c. */
const ACROSS = [span(0, 5, 5), span(1, 0, 0), span(2, 0, 20), span(3, 0, 35)];

for (const procs of [0, 1, 2]) {
  const disk = nodeDisk({ procs });

  test(`a piece across files is stored, checked and read back (procs ${procs})`, async (t) => {
    const folder = join(scratch(t), 'made', 'too');
    const s = disk.open(folder, FILES);
    const piece = content(60);
    assert.deepEqual(await s.facts(), [undefined, undefined, undefined, undefined]);
    assert.deepEqual(await checked(s, ACROSS, sha1(piece)), { type: 'absent' });
    assert.equal(await s.prepare(), undefined);
    assert.deepEqual((await s.facts()).map((f) => f?.length), [undefined, 0, undefined, undefined]);
    assert.deepEqual(await stored(s, piece, ACROSS), { type: 'stored' });
    assert.deepEqual(await checked(s, ACROSS, sha1(piece)), { type: 'match' });
    assert.deepEqual(await checked(s, ACROSS, sha1(content(60, 1))), { type: 'mismatch' });
    assert.deepEqual(await checked(s, [span(3, 0, 36)], sha1(piece)), { type: 'absent' }, 'too short');
    assert.deepEqual(await read(s, ACROSS), { type: 'read', bytes: Buffer.from(piece) });
    assert.deepEqual((await s.facts()).map((f) => f?.length), [10, 0, 20, 35]);
    assert.ok((await s.facts())[0]!.modifiedAt > 1.5e12);
    assert.deepEqual(readFileSync(join(folder, 't', 'sub', 'b')), Buffer.from(piece.subarray(5, 25)));
    assert.equal(await s.sync(), undefined);
    await s.close();
  });

  test(`a piece with another hash leaves the disk as it was (procs ${procs})`, async (t) => {
    const folder = scratch(t);
    const s = disk.open(folder, FILES);
    await s.prepare();
    const good = content(60);
    await stored(s, good, ACROSS);
    const bad = content(60, 1);
    assert.deepEqual(await stored(s, bad, ACROSS, sha1(good)), { type: 'mismatch', digests: new Uint8Array(sha1(bad)) });
    assert.deepEqual(await checked(s, ACROSS, sha1(good)), { type: 'match' });
    await s.close();
  });

  test(`part of a piece is kept as it is, and nothing beside it is touched (procs ${procs})`, async (t) => {
    const s = disk.open(scratch(t), FILES);
    await s.prepare();
    await stored(s, content(60), ACROSS);
    const part = content(10, 9);
    assert.deepEqual(await new Promise((resolve) => s.keep({ bytes: part, spans: [span(2, 18, 2), span(3, 0, 8)] }, resolve)), { type: 'kept' });
    const now = await read(s, ACROSS);
    assert.ok(now.type === 'read');
    assert.deepEqual([now.bytes.subarray(0, 23), now.bytes.subarray(23, 33), now.bytes.subarray(33)],
      [content(60).subarray(0, 23), part, content(60).subarray(33)].map((bytes) => Buffer.from(bytes)));
    await s.close();
  });

  test(`many jobs at once are each answered once, also those after close (procs ${procs})`, async (t) => {
    const s = disk.open(scratch(t), [{ path: ['one'], length: 64_000 }]);
    await s.prepare();
    const pieces = Array.from({ length: 64 }, (_, i) => content(1000, i));
    const jobs = pieces.map((piece, i) => stored(s, piece, [span(0, i * 1000, 1000)]));
    const closed = s.close();
    assert.deepEqual(new Set((await Promise.all(jobs)).map((o) => o.type)), new Set(['stored']));
    await closed;
    const spans = [span(0, 0, 1000)];
    for (const late of [stored(s, pieces[0]!, spans), checked(s, spans, sha1(pieces[0]!)), read(s, spans)]) {
      const outcome = await late;
      assert.equal(outcome.type === 'trouble' && outcome.trouble.detail, 'the torrent is closed');
    }
  });

  test(`a piece of hundreds of files works without holding them all open (procs ${procs})`, async (t) => {
    const few = nodeDisk({ procs, openFiles: 4 });
    const files = Array.from({ length: 300 }, (_, i) => ({ path: ['many', `${i}`], length: 3 }));
    const folder = scratch(t);
    const s = few.open(folder, files);
    await s.prepare();
    const piece = content(900);
    const spans = files.map((_, i) => span(i, 0, 3));
    assert.deepEqual(await stored(s, piece, spans), { type: 'stored' });
    assert.deepEqual(await checked(s, spans, sha1(piece)), { type: 'match' });
    assert.deepEqual(await read(s, spans), { type: 'read', bytes: Buffer.from(piece) });
    assert.equal(await s.sync(), undefined);
    unlinkSync(join(folder, 'many', '299'));
    await s.prepare();
    assert.deepEqual(await checked(s, spans, sha1(piece)), { type: 'absent' });
    await s.close();
  });
}

const disk = nodeDisk({ procs: 1 });

test('what was read and given back is memory of the next read; what was not is left alone', async (t) => {
  const s = disk.open(scratch(t), FILES);
  await s.prepare();
  const [first, second] = [content(60), content(60, 1)];
  const readInto = async (): Promise<Uint8Array> => {
    const outcome = await read(s, ACROSS);
    assert.equal(outcome.type, 'read');
    return outcome.bytes;
  };
  await stored(s, first, ACROSS);
  const [given, kept] = [await readInto(), await readInto()];
  await stored(s, second, ACROSS);
  s.recycle(given);
  s.recycle(given);
  const [again, fresh] = [await readInto(), await readInto()];
  assert.equal(again.buffer, given.buffer);
  assert.notEqual(fresh.buffer, given.buffer);
  assert.deepEqual([kept, again, fresh], [first, second, second].map((bytes) => Buffer.from(bytes)));
  await s.close();
});

test('beyond 4 GiB, without filling the disk', async (t) => {
  const folder = scratch(t);
  const far = 5 * 2 ** 30 + 3;
  try {
    writeFileSync(join(folder, 'probe'), '');
    truncateSync(join(folder, 'probe'), far);
  } catch {
    return t.skip('no files this large here');
  }
  const s = disk.open(folder, [{ path: ['large'], length: far + 100 }]);
  await s.prepare();
  const piece = content(100);
  assert.deepEqual(await stored(s, piece, [span(0, far, 100)]), { type: 'stored' });
  assert.deepEqual(await checked(s, [span(0, far, 100)], sha1(piece)), { type: 'match' });
  assert.deepEqual(await read(s, [span(0, far, 100)]), { type: 'read', bytes: Buffer.from(piece) });
  assert.deepEqual((await s.facts())[0]?.length, far + 100);
  assert.ok(statSync(join(folder, 'large')).blocks * 512 < 1_000_000);
  await s.close();
});

test('prepare and store leave what is there as it is', async (t) => {
  const folder = scratch(t);
  mkdirSync(join(folder, 't'));
  writeFileSync(join(folder, 't', 'a'), 'longer than the ten bytes it should have');
  writeFileSync(join(folder, 't', 'empty'), 'not so empty');
  const s = disk.open(folder, FILES);
  await s.prepare();
  await stored(s, content(2), [span(0, 4, 2)]);
  await s.close();
  assert.equal(readFileSync(join(folder, 't', 'a')).length, 40);
  assert.equal(readFileSync(join(folder, 't', 'empty'), 'utf8'), 'not so empty');
});

test('what is not wanted is not prepared', async (t) => {
  const folder = scratch(t);
  const files = [['t', 'a'], ['t', 'empty'], ['t', 'sub', 'b'], ['t', 'none', 'empty'], ['t', 'none', 'c']].map((path) => ({
    path, length: path.at(-1) === 'empty' ? 0 : 5,
  }));
  const s = disk.open(folder, files);
  assert.equal(await s.prepare([false, true, true, false, false]), undefined);
  assert.deepEqual(readdirSync(join(folder, 't')).sort(), ['empty', 'sub']);
  await s.close();
});

test('a piece longer than one run of a check', async (t) => {
  const s = disk.open(scratch(t), [{ path: ['big'], length: 3_000_000 }]);
  await s.prepare();
  const piece = content(2_500_000);
  await stored(s, piece, [span(0, 7, piece.length)]);
  assert.deepEqual(await checked(s, [span(0, 7, piece.length)], sha1(piece)), { type: 'match' });
  await s.close();
});

test('a file in the place of the folder is trouble that names it', async (t) => {
  const folder = scratch(t);
  writeFileSync(join(folder, 't'), '');
  const s = disk.open(folder, FILES);
  const trouble = await s.prepare();
  assert.equal(trouble?.cause, 'failed');
  assert.equal(trouble?.file, join(folder, 't'));
  const outcome = await stored(s, content(5), [span(0, 0, 5)]);
  assert.deepEqual(outcome, { type: 'trouble',
    trouble: { file: join(folder, 't', 'a'), cause: 'failed', detail: 'a file is in the place of its folder' } });
  await s.close();
});

test('a folder that may not be written is denied', async (t) => {
  if (process.getuid?.() === 0) return t.skip('nothing is denied to root');
  const folder = scratch(t);
  mkdirSync(join(folder, 't'), { mode: 0o500 });
  const s = disk.open(folder, FILES);
  assert.equal((await s.prepare())?.cause, 'denied');
  const outcome = await stored(s, content(5), [span(0, 0, 5)]);
  assert.equal(outcome.type === 'trouble' && outcome.trouble.cause, 'denied');
  await s.close();
});

test('a folder where none can be made is trouble, not a wait for ever', async (t) => {
  if (!existsSync('/proc/self')) return t.skip('no /proc here');
  const folder = '/proc/nothing-can-be-made-here/below';
  assert.deepEqual(await disk.open(folder, FILES).prepare(), { file: folder, cause: 'missing', detail: 'no such file or directory' });
  assert.equal((await disk.writeRecord(folder, 'r', content(1)))?.cause, 'missing');
});

test('a full device is full', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('no /dev/full here');
  const s = disk.open('/dev', [{ path: ['full'], length: 5 }]);
  const outcome = await stored(s, content(5), [span(0, 0, 5)]);
  assert.deepEqual(outcome, { type: 'trouble',
    trouble: { file: '/dev/full', cause: 'full', detail: 'no space left on device' } });
  await s.close();
});

test('a file that vanished or shrank is missing to a read and absent to a check', async (t) => {
  const folder = scratch(t);
  const s = disk.open(folder, FILES);
  await s.prepare();
  await stored(s, content(60), ACROSS);
  truncateSync(join(folder, 't', 'c'), 3);
  const short = await read(s, ACROSS);
  assert.deepEqual(short, { type: 'trouble',
    trouble: { file: join(folder, 't', 'c'), cause: 'missing', detail: 'the file is shorter than it should be' } });
  unlinkSync(join(folder, 't', 'a'));
  s.letGo();
  const gone = await read(s, ACROSS);
  assert.deepEqual(gone, { type: 'trouble',
    trouble: { file: join(folder, 't', 'a'), cause: 'missing', detail: 'no such file or directory' } });
  assert.deepEqual(await checked(s, ACROSS, sha1(content(60))), { type: 'absent' });
  await s.close();
});

test('a file that vanished is not made again before we let go of it', async (t) => {
  const folder = scratch(t);
  const s = disk.open(folder, FILES);
  await s.prepare();
  await stored(s, content(5), [span(0, 0, 5)]);
  s.letGo();
  await s.facts();
  unlinkSync(join(folder, 't', 'a'));
  const missing = { file: join(folder, 't', 'a'), cause: 'missing', detail: 'no such file or directory' };
  assert.deepEqual(await stored(s, content(5), [span(0, 5, 5)]), { type: 'trouble', trouble: missing });
  assert.deepEqual(await stored(s, content(5), [span(3, 0, 5)]), { type: 'stored' }, 'one that was never there');
  s.letGo();
  assert.deepEqual(await stored(s, content(5), [span(0, 5, 5)]), { type: 'stored' });
  await s.close();
});

test('a file that is open and vanished is missing as soon as somebody asks for facts', async (t) => {
  const folder = scratch(t);
  const s = disk.open(folder, FILES);
  await s.prepare();
  await stored(s, content(5), [span(0, 0, 5)]);
  unlinkSync(join(folder, 't', 'a'));
  assert.deepEqual(await s.facts().then((facts) => facts[0]), undefined);
  const missing = { type: 'trouble', trouble: { file: join(folder, 't', 'a'), cause: 'missing', detail: 'no such file or directory' } };
  assert.deepEqual(await read(s, [span(0, 4, 1)]), missing);
  assert.deepEqual(await stored(s, content(5), [span(0, 5, 5)]), missing);
  await s.close();
});

test('a file that was cut short is not written on: that would hide it', async (t) => {
  const folder = scratch(t);
  const s = disk.open(folder, FILES);
  await s.prepare();
  await stored(s, content(5), [span(0, 0, 5)]);
  truncateSync(join(folder, 't', 'a'), 1);
  assert.deepEqual(await stored(s, content(5), [span(0, 5, 5)]), { type: 'trouble',
    trouble: { file: join(folder, 't', 'a'), cause: 'missing', detail: 'the file is shorter than it should be' } });
  assert.equal(statSync(join(folder, 't', 'a')).size, 1);
  s.letGo();
  assert.deepEqual(await stored(s, content(5), [span(0, 5, 5)]), { type: 'stored' });
  await s.close();
});

test('the folder itself may be a link', async (t) => {
  const folder = scratch(t);
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));
  const s = disk.open(join(folder, 'link'), [{ path: ['a'], length: 5 }]);
  assert.equal(await s.prepare(), undefined);
  assert.deepEqual(await stored(s, content(5), [span(0, 0, 5)]), { type: 'stored' });
  await s.close();
});

test('no file is made in a folder that has come in the place of another, as where a drive is unmounted', async (t) => {
  const folder = scratch(t);
  const s = disk.open(folder, FILES);
  await s.prepare();
  renameSync(join(folder, 't'), join(folder, 'away'));
  mkdirSync(join(folder, 't'));
  assert.deepEqual(await stored(s, content(5), [span(0, 0, 5)]), { type: 'trouble',
    trouble: { file: join(folder, 't', 'a'), cause: 'missing', detail: 'its folder is not the one that was there before' } });
  assert.deepEqual(readdirSync(join(folder, 't')), []);
  await s.prepare();
  assert.deepEqual(await stored(s, content(5), [span(0, 0, 5)]), { type: 'stored' });
  await s.close();
});

for (const [what, count] of [['one file', 1], ['more files than are held open', 20]] as const) {
  test(`nor at any moment of a store of ${what} in which the folder is replaced`, async (t) => {
    const files = Array.from({ length: count }, (_, i): StoredFile => ({ path: ['t', `${i}`], length: 5 }));
    const outcomes = { stored: 0, mismatch: 0, trouble: 0 };
    // Until the store was the first often enough.
    for (let turns = 0; outcomes.stored < 3; turns++) {
      const folder = scratch(t);
      const s = disk.open(folder, files);
      await s.prepare();
      const outcome = stored(s, content(5 * count), files.map((_, i) => span(i, 0, 5)));
      for (let i = 0; i < turns; i++) await setImmediate();
      renameSync(join(folder, 't'), join(folder, 'away'));
      mkdirSync(join(folder, 't'));
      outcomes[(await outcome).type]++;
      assert.deepEqual(readdirSync(join(folder, 't')), [], `after ${turns} turns`);
      await s.close();
    }
    assert.ok(outcomes.trouble > 0 && outcomes.mismatch === 0, JSON.stringify(outcomes));
  });
}

test('paths that leave the folder, or go where our records are, are refused', (t) => {
  const folder = scratch(t);
  const leaving = [[], [''], ['..'], ['a', '..', 'b'], ['.'], ['a/../../b'], ['/etc'], ['nul\0']];
  const bad = [...leaving, ['.actorrent', 'x'], ['.Actorrent']];
  for (const path of bad) {
    assert.throws(() => disk.open(folder, [{ path, length: 1 }]), Error, JSON.stringify(path));
  }
  disk.open(folder, [{ path: ['..a'], length: 1 }, { path: ['a', '.actorrent'], length: 1 }]);
});

test('symbolic links are followed inside the folder and not out of it', async (t) => {
  const outside = scratch(t);
  const folder = scratch(t);
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(join(folder, 'real'), join(folder, 'in'));
  symlinkSync(outside, join(folder, 'out'));
  symlinkSync(join(outside, 'secret'), join(folder, 'file'));
  symlinkSync(join(outside, 'not-yet'), join(folder, 'dangling'));
  const paths = [['in', 'x'], ['out', 'secret'], ['file'], ['dangling']];
  const s = disk.open(folder, paths.map((path) => ({ path, length: 6 })));
  assert.deepEqual(await stored(s, content(6), [span(0, 0, 6)]), { type: 'stored' });
  for (const file of [1, 2, 3]) {
    for (const outcome of [await stored(s, content(6), [span(file, 0, 6)]), await read(s, [span(file, 0, 6)])]) {
      assert.equal(outcome.type === 'trouble' && outcome.trouble.detail, 'a symbolic link leads out of the folder');
      assert.equal(outcome.type === 'trouble' && outcome.trouble.cause, 'denied');
    }
  }
  assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
  assert.equal(existsSync(join(outside, 'not-yet')), false);
  const deeper = disk.open(folder, [{ path: ['out', 'new', 'x'], length: 1 }]);
  assert.equal((await deeper.prepare())?.cause, 'denied');
  assert.equal(existsSync(join(outside, 'new')), false);
  await s.close();
});

test('piece buffers come back, are shared memory, and cannot be given back twice', (t) => {
  const s = disk.open(scratch(t), FILES);
  const one = s.buffer(1000);
  assert.ok(one.buffer instanceof SharedArrayBuffer);
  const two = s.buffer(1000);
  assert.notEqual(one, two);
  s.release(one);
  assert.throws(() => s.release(one));
  assert.throws(() => s.release(new Uint8Array(1000)));
  assert.equal(s.buffer(1000), one);
  assert.equal(s.buffer(999).length, 999);
});

test('a block is put in its place, whatever its alignment, and nothing beside it', (t) => {
  const s = disk.open(scratch(t), FILES);
  const stream = Uint8Array.from({ length: 64 }, (_, i) => i + 1);
  for (let from = 0; from < 9; from++) {
    for (let at = 0; at < 9; at++) {
      const piece = s.buffer(40);
      piece.fill(0);
      s.put(piece, at, stream.subarray(from, from + 20));
      const expected = new Uint8Array(40);
      expected.set(stream.subarray(from, from + 20), at);
      assert.deepEqual(new Uint8Array(piece), expected);
      s.release(piece);
    }
  }
});

test('two files of a torrent that are one on disk: the second is not written to, also after a restart', async (t) => {
  const folder = scratch(t);
  const disk = nodeDisk({ procs: 0 });
  const twins = [{ path: ['t', 'readme'], length: 10 }, { path: ['t', 'README'], length: 10 }];
  const first = disk.open(folder, twins);
  await first.prepare();
  // As where case makes no difference.
  symlinkSync('readme', join(folder, 't', 'README.link'));
  assert.deepEqual(await stored(first, content(10), [span(0, 0, 10)]), { type: 'stored' });
  renameSync(join(folder, 't', 'README.link'), join(folder, 't', 'README'));
  const trouble = { type: 'trouble', trouble: {
    file: join(folder, 't', 'README'), cause: 'failed',
    detail: `on this disk it is the same file as ${join(folder, 't', 'readme')}; start again without one of them, or in another folder`,
  } };
  assert.deepEqual(await stored(first, content(10, 1), [span(1, 0, 10)]), trouble);
  assert.deepEqual(await stored(first, content(20, 1), [span(0, 0, 10), span(1, 0, 10)]), trouble);
  await first.close();
  const second = disk.open(folder, twins);
  await second.facts();
  assert.deepEqual(await stored(second, content(10, 1), [span(1, 0, 10)]), trouble);
  assert.deepEqual(await checked(second, [span(0, 0, 10)], sha1(content(10))), { type: 'match' });
  unlinkSync(join(folder, 't', 'README'));
  second.letGo();
  await second.facts();
  assert.deepEqual(await stored(second, content(10, 1), [span(1, 0, 10)]), { type: 'stored' });
  await second.close();
});
