import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import { encodeMessages, encodeRequests } from '../../../src/protocol/wire-encode.js';
import { PLAIN, type BlockRange } from '../../../src/protocol/wire.js';
import { senderQueue, type SenderQueueMsg } from '../../../src/process/peer/sender-queue.js';
import { Stage, type Told } from '../stage.js';

const start = () => new Stage(senderQueue, (cast) => ({ sender: cast('Sender'), controller: cast('Controller') }));
const block = (begin: number): BlockRange => ({ piece: 1, begin, length: 10 });
const serve = (begin: number, reject = true): SenderQueueMsg => ({ type: 'serve', blocks: [block(begin)], reject });
const cancel = (begin: number, reject = true): SenderQueueMsg => ({ type: 'cancel', block: block(begin), reject });
/** Of usual length; those here are small, and take as much room. */
const ready = (blocks: number): SenderQueueMsg => ({ type: 'ready', bytes: blocks * BLOCK_BYTES });
const allow = (upTo: number): SenderQueueMsg => ({ type: 'allow', upTo });
const control = (bytes: Uint8Array): Told => ['Sender', 'control', { bytes }];
const blocks = (...begins: number[]): Told => ['Sender', 'blocks', { blocks: begins.map(block) }];
const refused = (count: number): Told => ['Controller', 'refused', { bytes: 10 * count }];
const rejects = (...begins: number[]): Told =>
  control(encodeMessages(begins.map((begin) => ({ type: 'reject', ...block(begin) }) as const)));
const CHOKE = control(encodeMessages([PLAIN.choke]));
const DROP: Told = ['Sender', 'drop'];

interface Row {
  readonly what: string;
  readonly before?: readonly SenderQueueMsg[];
  readonly sent: readonly SenderQueueMsg[];
  readonly told: readonly Told[];
}
const rows: readonly Row[] = [
  { what: 'the handshake goes out as it is', sent: [{ type: 'greet', handshake: Uint8Array.of(1, 2) }],
    told: [control(Uint8Array.of(1, 2))] },
  { what: 'messages go out at once, several in one array, whatever blocks wait', before: [serve(0)],
    sent: [{ type: 'send', messages: [PLAIN.unchoke, { type: 'have', piece: 3 }] }],
    told: [control(encodeMessages([PLAIN.unchoke, { type: 'have', piece: 3 }]))] },
  { what: 'our own requests too', sent: [{ type: 'request', blocks: [block(0), block(10)] }],
    told: [control(encodeRequests([block(0), block(10)]))] },
  { what: 'a block waits until the Sender has room', sent: [serve(0)], told: [] },
  { what: 'room is filled in order, and no further', before: [serve(0), serve(10), serve(20)], sent: [ready(2)],
    told: [blocks(0, 10)] },
  { what: 'room that is left is kept', before: [ready(2)], sent: [serve(0), serve(10), serve(20)],
    told: [blocks(0), blocks(10)] },
  { what: 'room adds up', before: [ready(1), ready(1)], sent: [serve(0), serve(10), serve(20), ready(1)],
    told: [blocks(0), blocks(10), blocks(20)] },
  { what: 'a cancel takes one out, and says so with BEP 6', before: [serve(0), serve(10)], sent: [cancel(0), ready(9)],
    told: [refused(1), rejects(0), blocks(10)] },
  { what: 'a cancel says nothing without BEP 6', before: [serve(0, false), serve(10, false)],
    sent: [cancel(0, false), ready(9)],
    told: [refused(1), blocks(10)] },
  { what: 'a cancel of what the Sender has is passed on', before: [ready(9), serve(0)], sent: [cancel(0)],
    told: [['Sender', 'drop', { block: block(0) }]] },
  { what: 'a cancel of another length is of another block', before: [serve(0)],
    sent: [{ type: 'cancel', block: { ...block(0), length: 9 }, reject: true }],
    told: [['Sender', 'drop', { block: { ...block(0), length: 9 } }]] },
  { what: 'a choke: the Sender drops first, then the choke is said, then what waited is rejected, in one message',
    before: [serve(0), serve(10)], sent: [{ type: 'choke', reject: true }], told: [DROP, CHOKE, refused(2), rejects(0, 10)] },
  { what: 'a choke without BEP 6 is enough said', before: [serve(0, false)], sent: [{ type: 'choke', reject: false }],
    told: [DROP, CHOKE, refused(1)] },
  { what: 'after a choke nothing is left', before: [serve(0), { type: 'choke', reject: true }], sent: [ready(5)],
    told: [] },
  { what: 'what the Sender gives back is rejected', before: [ready(2), serve(0), serve(10)],
    sent: [{ type: 'dropped', blocks: [block(0), block(10)] }], told: [refused(2), rejects(0, 10)] },
  { what: 'what the Sender gives back is lost without BEP 6', before: [ready(2), serve(0, false)],
    sent: [{ type: 'dropped', blocks: [block(0)] }], told: [refused(1)] },
  { what: 'no further block begins once more than is allowed has gone', before: [ready(9), allow(20)],
    sent: [serve(0), serve(10), serve(20), serve(30)], told: [blocks(0), blocks(10), blocks(20)] },
  { what: 'what waits goes on as more is allowed, and without end again', before: [ready(9), allow(-1), serve(0), serve(10), serve(20)],
    sent: [allow(0), allow(9), allow(10), allow(Infinity)], told: [blocks(0), blocks(10), blocks(20)] },
  { what: 'what the Sender gives back has not gone', before: [ready(9), allow(0), serve(0), serve(10)],
    sent: [{ type: 'dropped', blocks: [block(0)] }], told: [refused(1), rejects(0), blocks(10)] },
];
for (const { what, before = [], sent, told } of rows) {
  test(what, () => {
    const stage = start().send(...before).forget().send(...sent);
    assert.deepEqual(stage.told(), told);
  });
}

test('a large block takes what room there is, and room is due until it has left', () => {
  const large: BlockRange = { piece: 1, begin: 0, length: 8 * BLOCK_BYTES };
  const stage = start().send(ready(2), { type: 'serve', blocks: [large], reject: true }, serve(0)).forget().send(ready(6));
  assert.deepEqual(stage.told(), []);
  stage.send(ready(1));
  assert.deepEqual(stage.told(), [blocks(0)]);
});

test('a peer that asks without end fills no memory: beyond 4000 that wait, each is rejected', () => {
  const stage = start();
  for (let i = 0; i < 4000; i++) stage.send(serve(i));
  assert.deepEqual(stage.told(), []);
  stage.send({ type: 'serve', blocks: [block(5000), block(5001)], reject: true });
  assert.deepEqual(stage.told(), [refused(2), rejects(5000, 5001)]);
  stage.send(ready(5000));
  assert.deepEqual(stage.all('blocks').map((r) => r.blocks.length), [4000]);
});
