/** Whatever a peer sends, in whatever order, its Controller does not throw or harm its neighbours: it ends the peer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import { PLAIN, type BlockRange } from '../../../src/protocol/wire.js';
import type { ControllerMsg } from '../../../src/process/peer/controller.js';
import type { SingleMessage } from '../../../src/process/peer/receiver.js';
import {
  arrives, asks, block, choke, everything, hello, interest, LAYOUT, PIECES, plain, start, theyHave, unchoke, welcome,
} from './controller-stage.js';

const edge = [0, 1, PIECES - 1, PIECES, 2 ** 28, 2 ** 31, 2 ** 32 - 1];
const u32 = fc.oneof(fc.constantFrom(...edge), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const begins = fc.oneof(fc.nat(5).map((n) => n * BLOCK_BYTES), u32);
const lengths = fc.oneof(fc.constant(BLOCK_BYTES), fc.nat(200_000), u32);
const soundBits = fc.uint8Array({ minLength: 3, maxLength: 3 }).map((b) => b.with(2, b[2]! & 0xf0));
const bits = fc.oneof(soundBits, fc.uint8Array({ maxLength: 5 }));
const pieces = fc.oneof(fc.nat(PIECES), u32);

const range = fc.record({ piece: pieces, begin: begins, length: lengths });

const wireMessage: fc.Arbitrary<SingleMessage> = fc.oneof(
  fc.constantFrom(...Object.values(PLAIN)),
  fc.tuple(fc.constantFrom('cancel', 'reject'), range).map(([type, r]) => ({ type, ...r }) as SingleMessage),
  fc.record({ type: fc.constantFrom('suggest', 'allowedFast'), piece: pieces }),
  bits.map((b) => ({ type: 'bitfield', bits: b }) as const),
  fc.record({ type: fc.constant('extended'), id: fc.nat(255), payload: fc.uint8Array({ maxLength: 30 }) }),
  fc.nat(65_535).map((port) => ({ type: 'port', port }) as const),
  fc.nat(255).map((id) => ({ type: 'unknown', id }) as const),
);
const asked = fc.record({ piece: fc.nat(PIECES - 1), n: fc.nat(3) }).map(({ piece, n }): BlockRange =>
  ({ piece, begin: n * BLOCK_BYTES, length: BLOCK_BYTES }));

/** From the peer, from PieceMgr, ChokeMgr, PeerMgr and Sender; some time that passes; or the peer sends what it was asked for. */
const event: fc.Arbitrary<ControllerMsg | number | 'answer'> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('answer' as const) },
  { weight: 6, arbitrary: wireMessage.map((message) => ({ type: 'wire', message }) as const) },
  { weight: 1, arbitrary: fc.array(range, { minLength: 1, maxLength: 4 }).map((blocks) => ({ type: 'requests', blocks }) as const) },
  { weight: 2, arbitrary: fc.array(pieces, { minLength: 1, maxLength: 4 }).map((row) => theyHave(...row)) },
  { weight: 2, arbitrary: fc.tuple(range, fc.constantFrom(0, 1, 100, BLOCK_BYTES)).map(([{ piece, begin }, length]) =>
    arrives({ piece, begin, length })) },
  { weight: 2, arbitrary: fc.array(asked, { minLength: 1, maxLength: 4 }).map((blocks) => arrives(...blocks)) },
  { weight: 3, arbitrary: fc.record({
    type: fc.constant('request'), blocks: fc.array(asked, { minLength: 1, maxLength: 5 }),
  }) },
  fc.boolean().map(interest),
  asked.map((block) => ({ type: 'cancel', block }) as const),
  fc.constantFrom<ControllerMsg>(choke, unchoke, { type: 'finish' }, { type: 'sent', bytes: 500, drained: true }, { type: 'refused', bytes: 500 }),
  fc.array(fc.nat(PIECES - 1), { minLength: 1, maxLength: 3 }).map((row) => ({ type: 'have', pieces: row }) as const),
  fc.constantFrom(500, 1000, 61_000),
);
const greeting = fc.record({
  fast: fc.boolean(), extensions: fc.boolean(), have: fc.constantFrom<number[]>([], [0, 5], everything),
  shaken: fc.constantFrom(0, 0, 0, 3),
});

test('a peer can end itself, and nobody else', () => {
  let given = 0;
  fc.assert(fc.property(greeting, fc.array(event, { maxLength: 60 }), ({ fast, extensions, have, shaken }, events) => {
    const stage = start();
    const told: (readonly any[])[] = [];
    const owed = new Map<string, BlockRange>();
    const nameOf = ({ piece, begin }: { piece: number; begin: number }): string => `${piece}/${begin}`;
    events.forEach((e, i) => {
      // The handshake and the welcome may come late.
      if (i === shaken) stage.send({ type: 'handshake', handshake: hello({ fast, extensions }) }, welcome(...have), plain('unchoke'), asks(block(0, 0), block(0, 1)));
      // It throws where the Controller has crashed.
      if (typeof e === 'number') stage.advance(e);
      else if (e !== 'answer') stage.send(e);
      else if (owed.size > 0) stage.send(arrives(...[...owed.values()].slice(0, 2)));
      for (const line of stage.told() as (readonly any[])[]) {
        told.push(line);
        const [to, kind, rest] = line;
        if (to === 'SenderQueue' && kind === 'request') for (const b of rest.blocks) owed.set(nameOf(b), b);
        if (to !== 'Files') continue;
        for (const b of rest.blocks) {
          assert.ok(owed.delete(nameOf(b)), `Files was given ${nameOf(b)}, which was not asked for`);
          assert.equal(b.data.length, BLOCK_BYTES);
          given++;
        }
      }
    });
    const ends = told.filter(([, kind]) => kind === 'ended').length;
    assert.ok(ends <= 1);
    if (ends === 1) assert.equal(told.at(-1)![1], 'ended', 'after its end nothing is told');
    const ours = new Set(have);
    for (const e of events) if (typeof e === 'object' && e.type === 'have') for (const piece of e.pieces) ours.add(piece);
    for (const [, kind, rest] of told) {
      if (kind !== 'serve') continue;
      for (const { piece, begin, length } of rest.blocks) {
        assert.ok(ours.has(piece) && length > 0 && begin + length <= LAYOUT.pieceBytes(piece));
      }
    }
  }), { numRuns: 400 });
  assert.ok(given > 0, 'no block got as far as Files: the property says nothing of blocks');
});
