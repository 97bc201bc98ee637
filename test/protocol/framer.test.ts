import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId } from '../../src/base/brand.js';
import { concat, toHex, toUtf8 } from '../../src/base/bytes.js';
import { Framer, type FramerLimits } from '../../src/protocol/framer.js';
import { encodeHandshake, reservedBits } from '../../src/protocol/handshake.js';
import { encodeMessage, encodeMessages, pieceHeader } from '../../src/protocol/wire-encode.js';
import type { WireMessage } from '../../src/protocol/wire.js';
import { ownMessage } from './arbitraries.js';

/** Writes every event down as text. Blocks are read when they come, as a sink must. */
class Recorder {
  readonly events: string[] = [];
  readonly blocks: Uint8Array[] = [];
  onEvent: () => void = () => {};
  handshake(h: object): void { this.#note(`handshake ${JSON.stringify(h)}`); }
  message(m: WireMessage): void {
    this.#note(JSON.stringify(m, (_, v: unknown) => (v instanceof Uint8Array ? toHex(v) : v)));
  }
  block(piece: number, begin: number, data: Uint8Array): void {
    this.blocks.push(data);
    this.#note(`block ${piece} ${begin} ${toHex(data)}`);
  }
  #note(event: string): void {
    this.events.push(event);
    this.onEvent();
  }
}

const setup = (limits: Partial<FramerLimits> = { expectHandshake: false }) => {
  const sink = new Recorder();
  return { sink, framer: new Framer(sink, limits) };
};
const hello = encodeHandshake({
  infoHash: infoHash('aa'.repeat(20)),
  peerId: peerId('bb'.repeat(20)),
  reserved: reservedBits({ fast: true, extensions: true }),
});
const counted = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i * 7);
const block = (piece: number, begin: number, data: Uint8Array): Uint8Array =>
  concat([pieceHeader(piece, begin, data.length), data]);

/** Feeds `stream` cut at `cuts`, each input in an array of its own that is overwritten afterwards, as sockets do. */
function feedCut(stream: Uint8Array, cuts: readonly number[], limits: Partial<FramerLimits> = {}): Recorder {
  const { sink, framer } = setup(limits);
  const edges = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
  for (let i = 1; i < edges.length; i++) {
    const input = Uint8Array.from(stream.subarray(edges[i - 1]!, edges[i]!));
    assert.equal(framer.feed(input, 0, Infinity), input.length);
    assert.equal(framer.flaw, undefined);
    input.fill(0xee);
  }
  assert.equal(framer.payloadPending, 0);
  return sink;
}

const everyKind = concat([
  hello,
  encodeMessages([{ type: 'keepAlive' }, { type: 'bitfield', bits: counted(90) }, { type: 'unchoke' }]),
  block(1, 16_384, counted(40)),
  encodeMessages([{ type: 'have', piece: 5 }, { type: 'extended', id: 3, payload: counted(70) }]),
  encodeMessage({ type: 'keepAlive' }),
  block(2, 0, counted(1)),
  block(3, 9, counted(25)),
  encodeMessages([{ type: 'request', piece: 1, begin: 2, length: 3 }, { type: 'port', port: 6881 }]),
  encodeMessage({ type: 'haveAll' }),
]);

test('a stream cut in two anywhere, or into single bytes, gives the same events', () => {
  const whole = feedCut(everyKind, []).events;
  assert.equal(whole.length, 13);
  for (let cut = 1; cut < everyKind.length; cut++) {
    assert.deepEqual(feedCut(everyKind, [cut]).events, whole, `at ${cut}`);
  }
  assert.deepEqual(feedCut(everyKind, Array.from(everyKind.keys()).slice(1)).events, whole);
});

test('any messages and blocks, cut at any points, come out as they went in', () => {
  const frame = fc.oneof(
    ownMessage.map((m) => encodeMessage(m)),
    fc.tuple(fc.nat(99), fc.nat(99), fc.uint8Array({ minLength: 1, maxLength: 300 })).map((b) => block(...b)),
  );
  fc.assert(fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, raw) => {
    const stream = concat([hello, ...frames]);
    const cuts = raw.map((n) => n % (stream.length + 1));
    const events = feedCut(stream, cuts).events;
    assert.equal(events.length, frames.length + 1);
    assert.deepEqual(events, feedCut(stream, []).events);
  }));
});

test('with any credit the events are the same, payload is paid byte for byte, and messages pass without', () => {
  const whole = feedCut(everyKind, []).events;
  for (const credit of [1, 2, 7, 39, 40.5, 1000]) {
    const { sink, framer } = setup({});
    let at = 0;
    let spent = 0;
    while (at < everyKind.length) {
      const before = at;
      at = framer.feed(everyKind, at, credit);
      assert.ok(framer.spent <= credit);
      assert.ok(at > before, 'each feed with credit moves on');
      assert.ok(at === everyKind.length || (framer.payloadPending > 0 && framer.spent === Math.floor(credit)));
      spent += framer.spent;
    }
    assert.equal(spent, 40 + 1 + 25);
    assert.deepEqual(sink.events, whole);
  }
});

test('without credit it stops behind a block header, and the messages before it have come', () => {
  const { sink, framer } = setup();
  const plain = (type: 'choke' | 'unchoke'): Uint8Array => encodeMessage({ type });
  const stream = concat([plain('choke'), block(1, 0, counted(30)), plain('unchoke')]);
  const at = framer.feed(stream, 0, 0);
  assert.equal(at, 5 + 13);
  assert.deepEqual([framer.spent, framer.payloadPending, sink.events.length], [0, 30, 1]);
  assert.equal(framer.feed(stream, at, 0), at);
  assert.equal(framer.feed(stream, at, 10), at + 10);
  assert.equal(framer.payloadPending, 20);
  assert.equal(framer.feed(stream, at + 10, 20), stream.length);
  assert.deepEqual([framer.spent, framer.payloadPending, sink.events.length], [20, 0, 3]);
});

test('a block whose payload lies in one input is a view of it, wherever its header came', () => {
  const data = counted(100);
  const oneInput = setup();
  const stream = block(1, 2, data);
  oneInput.framer.feed(stream, 0, Infinity);
  assert.equal(oneInput.sink.blocks[0]!.buffer, stream.buffer);

  const twoInputs = setup();
  twoInputs.framer.feed(stream.slice(0, 13), 0, Infinity);
  const payload = stream.slice(13);
  twoInputs.framer.feed(payload, 0, Infinity);
  assert.equal(twoInputs.sink.blocks[0]!.buffer, payload.buffer);
});

test('a gathered block stays valid while the next one is gathered; buffers are taken in turn', () => {
  const { sink, framer } = setup();
  const blocks = [1, 2, 3, 4].map((n) => new Uint8Array(20).fill(n));
  const stream = concat(blocks.map((data, i) => block(i, 0, data)));
  for (let i = 0; i < stream.length; i += 33) {
    framer.feed(stream.slice(i, i + 23), 0, Infinity);
    const done = sink.blocks.at(-1);
    framer.feed(stream.slice(i + 23, i + 32), 0, Infinity);
    if (done !== undefined) assert.ok(done.every((b) => b === sink.blocks.length), 'the block before is untouched');
    framer.feed(stream.slice(i + 32, i + 33), 0, Infinity);
  }
  assert.deepEqual(sink.blocks.map((b) => b.length), [20, 20, 20, 20]);
  assert.equal(sink.blocks[0]!.buffer, sink.blocks[2]!.buffer);
  assert.equal(sink.blocks[1]!.buffer, sink.blocks[3]!.buffer);
  assert.notEqual(sink.blocks[0]!.buffer, sink.blocks[1]!.buffer);
});

test('stop from the sink returns before the next frame, and feeding on goes on there', () => {
  for (const kind of ['one input', 'bytes']) {
    const { sink, framer } = setup({});
    sink.onEvent = () => framer.stop();
    let at = 0;
    let stops = 0;
    while (at < everyKind.length) {
      const end = kind === 'bytes' ? at + 1 : everyKind.length;
      const before = sink.events.length;
      at = framer.feed(everyKind.subarray(0, end), at, Infinity);
      assert.ok(sink.events.length <= before + 1);
      stops += sink.events.length - before;
    }
    assert.equal(stops, 13);
    assert.deepEqual(sink.events, feedCut(everyKind, []).events);
  }
});

test('input may be a Node Buffer: copies are copies all the same', () => {
  const { sink, framer } = setup();
  const kept: WireMessage[] = [];
  sink.message = (m) => kept.push(m);
  const input = Buffer.from(encodeMessage({ type: 'bitfield', bits: counted(8) }));
  framer.feed(input, 0, Infinity);
  input.fill(0);
  assert.deepEqual(kept, [{ type: 'bitfield', bits: counted(8) }]);
});

test('blocks longer than 16 KiB are gathered too, whatever sizes come in turn', () => {
  const blocks = [16_384, 20_000, 40_000, 10, 131_072, 50_000, 16_385, 1].map((n, i) => block(i, 0, counted(n)));
  const stream = concat(blocks);
  const { sink, framer } = setup();
  for (let at = 0; at < stream.length; at += 1460) framer.feed(stream.slice(at, at + 1460), 0, Infinity);
  assert.deepEqual(sink.events, feedCut(concat([hello, stream]), []).events.slice(1));
});

const frame = (length: number, id: number): Uint8Array => Uint8Array.of(0, length >> 16, length >> 8, length, id);
const violations: readonly (readonly [what: string, bytes: Uint8Array, field: string])[] = [
  ['choke with a payload', frame(2, 0), 'message 0'],
  ['have too short', frame(4, 4), 'message 4'],
  ['request too long', frame(14, 6), 'message 6'],
  ['have all with a payload', frame(5, 14), 'message 14'],
  ['reject too short', frame(12, 16), 'message 16'],
  ['port too long', frame(5, 9), 'message 9'],
  ['extended without an id', frame(1, 20), 'message 20'],
  ['an empty block', frame(9, 7), 'message 7'],
  ['a block without a header', frame(3, 7), 'message 7'],
  ['a block longer than allowed', frame(9 + 131_073, 7), 'message 7'],
  ['a bitfield longer than allowed', frame(0xffffff, 5), 'message 5'],
  ['an unknown message longer than allowed', Uint8Array.of(255, 255, 255, 255, 99), 'message 99'],
];
for (const [what, bytes, field] of violations) {
  test(`a flaw: ${what}`, () => {
    for (const cut of [0, 1, 4]) {
      const { sink, framer } = setup();
      framer.feed(bytes.subarray(0, cut), 0, Infinity);
      framer.feed(concat([bytes.subarray(cut), new Uint8Array(40)]), 0, Infinity);
      assert.equal(framer.flaw?.field, field);
      assert.equal(framer.feed(encodeMessage({ type: 'choke' }), 0, Infinity), 0, 'nothing is consumed after a flaw');
      assert.deepEqual(sink.events, []);
    }
  });
}

test('a wrong protocol string is a flaw at its first wrong byte', () => {
  const { framer } = setup({});
  const flawAfter = (text: string): string | undefined => {
    framer.feed(toUtf8(text), 0, Infinity);
    return framer.flaw?.field;
  };
  assert.equal(flawAfter('\x13BitTorrent'), undefined);
  assert.equal(flawAfter('!'), 'handshake');
});

test('the largest block and message the limits allow are taken', () => {
  const { sink, framer } = setup({ expectHandshake: false, maxBlockBytes: 50, maxMessageBytes: 5001 });
  const bits = counted(5000);
  const stream = concat([block(0, 0, counted(50)), encodeMessage({ type: 'bitfield', bits })]);
  for (let at = 0; at < stream.length; at += 1000) framer.feed(stream.slice(at, at + 1000), 0, Infinity);
  assert.deepEqual([framer.flaw, sink.events.length], [undefined, 2]);
  framer.feed(block(0, 0, counted(51)), 0, Infinity);
  assert.equal(framer.flaw?.field, 'message 7');
});

test('random bytes never throw, and every feed ends at the end or with a flaw', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), fc.boolean(), (inputs, sized) => {
    const { framer } = setup();
    for (const bytes of inputs) {
      // With small lengths most frames are well formed enough to reach the bodies.
      const input = sized ? bytes.map((b, i) => (i % 9 < 3 ? 0 : b)) : bytes;
      const at = framer.feed(input, 0, Infinity);
      assert.ok(at === input.length || framer.flaw !== undefined);
    }
  }));
});
