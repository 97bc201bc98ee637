/** When a session is over, and how it went. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { after, hopes, type Outcome, type Until } from '../../src/cli/outcome.js';
import type { ClientEvent } from '../../src/ports/events.js';

const [a, b] = [infoHash('a'.repeat(40)), infoHash('b'.repeat(40))];
const done = (torrent: typeof a): ClientEvent =>
  ({ event: 'done', torrent, name: 'n', downloaded: 1, uploaded: 0, elapsedMs: 1 });
const seeded = (torrent: typeof a): ClientEvent => ({ event: 'seeded', torrent, name: 'n', uploaded: 1, ratio: 1 });
const fold = (until: Until, ...events: readonly ClientEvent[]): Outcome =>
  events.reduce((o, e) => after(o, e, until), hopes([a, b]));

test('it is over when every torrent is', () => {
  assert.equal(fold('done', done(a)).over, false);
  assert.equal(fold('done', done(a), done(a)).over, false);
  assert.equal(fold('done', done(a), done(b)).over, true);
  assert.equal(fold('seeded', done(a), done(b)).over, false);
  assert.equal(fold('seeded', seeded(a), seeded(b)).over, true);
  assert.equal(fold('stopped', done(a), done(b), seeded(a), seeded(b)).over, false);
});

test('a torrent that fails is waited for no longer; the first reason counts', () => {
  const failed: ClientEvent = { event: 'error', torrent: a, name: 'one', reason: 'no space' };
  const expected = { waitingFor: new Set([b]), failure: 'one: no space', over: false, stopped: false };
  assert.deepEqual(fold('done', failed), expected);
  const both = fold('done', failed, { event: 'error', torrent: b, name: 'two', reason: 'other' });
  assert.deepEqual([both.over, both.failure], [true, 'one: no space']);
});

test('a torrent that is removed is waited for no longer', () => {
  const { over, failure } = fold('stopped', { event: 'removed', torrent: a, name: 'one' }, { event: 'removed', torrent: b, name: 'two' });
  assert.deepEqual([over, failure], [true, undefined]);
});

test('a torrent that comes while it runs is waited for, too', () => {
  const c = infoHash('c'.repeat(40));
  const started: ClientEvent = { event: 'started', torrent: c, name: 'n', bytes: 1, pieces: 1, folder: '.' };
  assert.equal(fold('done', done(a), started, done(b)).over, false);
  assert.equal(fold('done', done(a), started, done(b), done(c)).over, true);
});

test('where more may come it is not over when all are removed, or have failed; it is when the client fails', () => {
  const removed: ClientEvent = { event: 'removed', torrent: a, name: 'one' };
  const failed: ClientEvent = { event: 'error', torrent: b, name: 'two', reason: 'no space' };
  const o = fold('never', done(a), removed, failed);
  assert.deepEqual([o.over, o.failure, o.waitingFor.size], [false, 'two: no space', 0]);
  assert.equal(fold('never', removed, failed, { event: 'error', reason: 'port 6881 is in use' }).over, true);
});

test('an error of the client ends all', () => {
  const o = fold('stopped', { event: 'error', reason: 'port 6881 is in use' });
  assert.deepEqual([o.over, o.failure], [true, 'port 6881 is in use']);
});

test('stopped is the end', () => {
  const o = fold('stopped', { event: 'stopped' });
  assert.deepEqual([o.over, o.stopped, o.failure], [true, true, undefined]);
});
