import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes } from '../../src/base/bytes.js';
import { BLOCK_BYTES, MIB, SECOND } from '../../src/base/units.js';
import { MetadataCopies, type Question } from '../../src/model/metadata-copies.js';

const bytesOf = (size: number, salt = 0): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 14) + salt) & 0xff);
const pieceOf = (whole: Uint8Array, piece: number): Uint8Array => whole.subarray(piece * BLOCK_BYTES, (piece + 1) * BLOCK_BYTES);
const shown = (questions: readonly Question<string>[]): string[] => questions.map(({ peer, piece }) => `${peer}${piece}`);

const RIGHT = bytesOf(5 * BLOCK_BYTES + 100);
const start = (right = RIGHT): MetadataCopies<string> => new MetadataCopies((whole) => equalBytes(whole, right));

test('several peers are asked for different pieces, a few at once; the last piece makes it whole', () => {
  const copies = start();
  assert.deepEqual(copies.progress, { have: 0, pieces: 0 });
  copies.join('a', RIGHT.length);
  copies.join('b', RIGHT.length);
  assert.deepEqual(shown(copies.questions(0)), ['a0', 'a1', 'a2', 'a3', 'b4', 'b5', 'b0', 'b1']);
  for (const [peer, piece] of [['a', 0], ['b', 4], ['a', 1], ['a', 3], ['b', 5]] as const) {
    assert.deepEqual(copies.arrived(peer, piece, pieceOf(RIGHT, piece)), { type: 'taken' });
  }
  assert.deepEqual(copies.progress, { have: 5, pieces: 6 });
  assert.deepEqual(copies.arrived('a', 2, pieceOf(RIGHT, 2)), { type: 'whole', bytes: RIGHT });
});

test('an answer to nothing, or of another length, counts for nothing', () => {
  const copies = start();
  copies.join('a', RIGHT.length);
  assert.deepEqual(copies.arrived('a', 0, pieceOf(RIGHT, 0)), { type: 'unasked' });
  copies.questions(0);
  assert.deepEqual(copies.arrived('a', 0, new Uint8Array(3)), { type: 'unasked' });
  assert.deepEqual(copies.arrived('a', 5, pieceOf(RIGHT, 5)), { type: 'unasked' });
  assert.deepEqual(copies.arrived('b', 0, pieceOf(RIGHT, 0)), { type: 'unasked' });
  assert.deepEqual(copies.arrived('a', 0, pieceOf(RIGHT, 0)), { type: 'taken' });
});

test('who refuses is left alone for a while, and its question goes to others; it may be asked again', () => {
  const small = bytesOf(100);
  const copies = start(small);
  copies.join('a', 100);
  copies.questions(0);
  assert.equal(copies.refused('a', 1, 5000), false);
  assert.equal(copies.refused('a', 0, 5000), true);
  assert.deepEqual(shown(copies.questions(4999)), []);
  assert.deepEqual(shown(copies.questions(5000)), ['a0']);
});

test('who does not answer in time is late; who has left is not, and what it was asked for goes to others', () => {
  const copies = start();
  copies.join('a', RIGHT.length);
  copies.questions(0);
  assert.deepEqual([copies.late(15 * SECOND - 1), copies.late(15 * SECOND)], [[], ['a']]);
  copies.leave('a');
  copies.join('b', RIGHT.length);
  assert.deepEqual(copies.late(15 * SECOND), []);
  assert.deepEqual(shown(copies.questions(15 * SECOND)), ['b0', 'b1', 'b2', 'b3']);
});

test('a wrong copy of one giver names the liar', () => {
  const copies = start(bytesOf(100));
  copies.join('liar', 100);
  copies.questions(0);
  assert.deepEqual(copies.arrived('liar', 0, bytesOf(100, 1)), { type: 'wrong', liar: 'liar' });
});

test('a wrong copy of several names nobody yet: each goes on alone with what it gave', () => {
  const whole = bytesOf(2 * BLOCK_BYTES);
  const copies = start(whole);
  copies.join('a', whole.length);
  copies.join('liar', whole.length);
  copies.questions(0);
  copies.arrived('a', 0, pieceOf(whole, 0));
  assert.deepEqual(copies.arrived('liar', 1, bytesOf(BLOCK_BYTES, 9)), { type: 'wrong', liar: undefined });
  assert.deepEqual(shown(copies.questions(0)), ['a1', 'liar0']);
  assert.deepEqual(copies.arrived('liar', 0, pieceOf(whole, 0)), { type: 'wrong', liar: 'liar' });
  assert.deepEqual(copies.arrived('a', 1, pieceOf(whole, 1)), { type: 'whole', bytes: whole });
});

test('who claims another size makes a copy of its own', () => {
  const copies = start(bytesOf(100));
  copies.join('a', 100);
  copies.join('liar', 90);
  assert.deepEqual(shown(copies.questions(0)).sort(), ['a0', 'liar0']);
  assert.deepEqual(copies.arrived('liar', 0, bytesOf(90)), { type: 'wrong', liar: 'liar' });
  assert.deepEqual(copies.arrived('a', 0, bytesOf(100)), { type: 'whole', bytes: bytesOf(100) });
});

test('large claims cannot hold memory without end: small ones go first, and what does not fit is dropped', () => {
  const copies = start(bytesOf(100));
  const sizes = [30, 31, 32].map((mib) => mib * MIB);
  for (const size of sizes) copies.join(`${size / MIB}-`, size);
  assert.deepEqual(new Set(shown(copies.questions(0)).map((q) => q.split('-')[0])), new Set(['30', '31']));
  copies.arrived('31-', 0, new Uint8Array(BLOCK_BYTES));
  copies.join('small', 4 * MIB);
  copies.questions(0);
  assert.deepEqual(copies.progress.have, 0, 'the 31 MiB have to go');
  copies.leave('small');
  copies.leave('30-');
  assert.ok(shown(copies.questions(0)).some((q) => q.startsWith('32-')));
});

/** Every peer answers what it was asked in a random order; the last of all is honest. */
test('whatever the liars give, one honest peer is enough, and nobody honest is ever blamed', () => {
  const peers = fc.array(fc.record({ lies: fc.boolean(), size: fc.constantFrom(0, 0, 1, -BLOCK_BYTES) }), { maxLength: 6 });
  fc.assert(fc.property(peers, fc.integer({ min: 1, max: 6 * BLOCK_BYTES }), fc.infiniteStream(fc.nat()), (others, size, chance) => {
    const right = bytesOf(size);
    const copies = new MetadataCopies<number>((whole) => equalBytes(whole, right));
    const swarm = [...others.map((o) => o.lies ? { ...o, size: Math.max(1, size + o.size) } : { lies: false, size }), { lies: false, size }];
    swarm.forEach((peer, i) => copies.join(i, peer.size));
    const asked: Question<number>[] = [];
    for (let turn = 0; turn < 1000; turn++) {
      asked.push(...copies.questions(0));
      assert.ok(asked.length > 0, 'somebody is always asked');
      const [{ peer, piece }] = asked.splice(chance.next().value! % asked.length, 1) as [Question<number>];
      const { lies, size: claimed } = swarm[peer]!;
      const arrival = copies.arrived(peer, piece, pieceOf(bytesOf(claimed, lies ? 1 + peer : 0), piece));
      if (arrival.type === 'whole') return void assert.deepEqual(arrival.bytes, right);
      if (arrival.type !== 'wrong' || arrival.liar === undefined) continue;
      assert.equal(swarm[arrival.liar]!.lies, true);
      copies.leave(arrival.liar);
    }
    assert.fail('it should be whole by now');
  }), { numRuns: 200 });
});
