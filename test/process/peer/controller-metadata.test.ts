import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, SECOND } from '../../../src/base/units.js';
import { encodeExtendedHandshake } from '../../../src/protocol/extended.js';
import { UT_METADATA, type MetadataMessage } from '../../../src/protocol/metadata.js';
import type { OwnMessage } from '../../../src/protocol/wire-encode.js';
import { hello, INFO, start, welcome, wire, type ControllerStage } from './controller-stage.js';

const THEIRS = 7;

/** A peer that takes ut_metadata under its own id. */
function open(info = INFO): ControllerStage {
  const stage = start({ infoBytes: info }).send({ type: 'handshake', handshake: hello({ extensions: true }) }, welcome());
  const payload = encodeExtendedHandshake({ m: new Map([['ut_metadata', THEIRS]]) });
  return stage.send(wire({ type: 'extended', id: 0, payload })).forget();
}
const says = (m: MetadataMessage) => wire({ type: 'extended', id: UT_METADATA.id, payload: UT_METADATA.encode(m) });
const asks = (...pieces: number[]) => pieces.map((piece) => says({ type: 'request', piece }));

/** What the peer is told under its id. */
function answers(stage: ControllerStage): MetadataMessage[] {
  const said = stage.all<{ messages: OwnMessage[] }>('send').flatMap(({ messages }) => messages);
  return said.flatMap((m) => {
    if (m.type !== 'extended' || m.id !== THEIRS) return [];
    const parsed = UT_METADATA.parse(m.payload);
    assert.ok(parsed.ok);
    return [parsed.value];
  });
}

test('the info dictionary is given piece by piece, to a choked peer too', () => {
  const stage = open().send(...asks(2, 0));
  assert.deepEqual(answers(stage), [
    { type: 'data', piece: 2, totalBytes: INFO.length, bytes: INFO.subarray(2 * BLOCK_BYTES) },
    { type: 'data', piece: 0, totalBytes: INFO.length, bytes: INFO.subarray(0, BLOCK_BYTES) },
  ]);
});

test('a later handshake that does not name it leaves it as it is, and one that says 0 turns it off', () => {
  const later = (m: ReadonlyMap<string, number>) => wire({ type: 'extended', id: 0, payload: encodeExtendedHandshake({ m, uploadOnly: true }) });
  const stage = open().send(later(new Map()), ...asks(0));
  assert.equal(answers(stage).length, 1);
  assert.deepEqual(answers(stage.send(later(new Map([['ut_metadata', 0]])), ...asks(1))), []);
});

test('a piece that there is not is rejected', () => {
  assert.deepEqual(answers(open().send(...asks(3))), [{ type: 'reject', piece: 3 }]);
});

test('it goes out at a pace: half a MiB at once, then 128 KiB a second; what waits is not given twice', () => {
  const stage = open(new Uint8Array(100 * BLOCK_BYTES));
  const all = Array.from({ length: 100 }, (_, i) => i);
  const waiting = all.slice(32);
  stage.send(...asks(...all, ...waiting));
  assert.equal(answers(stage).length, 32);
  stage.advance(SECOND);
  assert.equal(answers(stage).length, 8);
  stage.advance(20 * SECOND);
  assert.deepEqual(answers(stage).map((m) => m.type === 'data' && m.piece), waiting.slice(8));
  stage.advance(20 * SECOND);
  assert.deepEqual(answers(stage), []);
});

test('answers to nothing, types of later and ids that are not ours are passed over; a broken message ends the peer', () => {
  const stage = open();
  stage.send(says({ type: 'reject', piece: 0 }), says({ type: 'data', piece: 0, totalBytes: 1, bytes: new Uint8Array(1) }));
  stage.send(wire({ type: 'extended', id: 99, payload: new Uint8Array(3) }));
  assert.deepEqual(stage.kinds(), []);
  stage.send(wire({ type: 'extended', id: UT_METADATA.id, payload: new Uint8Array(3) }));
  assert.deepEqual(stage.kinds(), ['PeerMgr: ended']);
});

test('who has not said under which id it takes ut_metadata is told nothing', () => {
  const stage = start().send({ type: 'handshake', handshake: hello({ extensions: true }) }, welcome()).forget();
  assert.deepEqual(stage.send(...asks(0)).kinds(), []);
});
