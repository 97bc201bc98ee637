import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadBuffers } from '../../src/edge/read-buffers.js';

const make = () => new ReadBuffers({ size: 100, keep: 250 });

test('any buffer serves any read up to the size, the last one back first', () => {
  const buffers = make();
  const [a, b] = [buffers.take(100), buffers.take(7)];
  assert.deepEqual([a.length, b.length], [100, 7]);
  buffers.release(a);
  buffers.release(b);
  assert.equal(buffers.take(50).buffer, b.buffer);
  assert.equal(buffers.take(100).buffer, a.buffer);
});

test('given back twice it goes out once', () => {
  const buffers = make();
  const a = buffers.take(10);
  buffers.release(a);
  buffers.release(a);
  assert.notEqual(buffers.take(10).buffer, buffers.take(10).buffer);
});

test('a longer read has memory of its own, which is not kept', () => {
  const buffers = make();
  const long = buffers.take(101);
  assert.equal(long.length, 101);
  buffers.release(long);
  assert.notEqual(buffers.take(100).buffer, long.buffer);
});

test('no more than `keep` is kept idle', () => {
  const buffers = make();
  const out = [buffers.take(100), buffers.take(100), buffers.take(100)];
  for (const bytes of out) buffers.release(bytes);
  const again = new Set([buffers.take(100), buffers.take(100), buffers.take(100)].map(({ buffer }) => buffer));
  assert.deepEqual(out.map(({ buffer }) => again.has(buffer)), [true, true, false]);
});
