/** Framing: the stream of a peer, cut as a socket without a limit delivers it, to blocks and messages. */
import { concat } from '../../src/base/bytes.js';
import { BLOCK_BYTES, KIB } from '../../src/base/units.js';
import { Framer } from '../../src/protocol/framer.js';
import { encodeMessages, pieceHeader, type OwnMessage } from '../../src/protocol/wire-encode.js';
import type { Batch, Case } from './measure.js';

const READ = 256 * KIB;
const BLOCKS = 256;
const MESSAGES = 20_000;

const payload = new Uint8Array(BLOCK_BYTES);
const blocks = concat(Array.from({ length: BLOCKS }, (_, i) => [pieceHeader(i, 0, BLOCK_BYTES), payload]).flat());
/** As a leecher's stream is: it announces, and it asks. */
const messages = encodeMessages(Array.from({ length: MESSAGES }, (_, i): OwnMessage => i % 2 === 0
  ? { type: 'have', piece: i } : { type: 'request', piece: i, begin: 0, length: BLOCK_BYTES }));

const framing = (stream: Uint8Array, operations: number) => (): Batch => ({
  operations,
  run() {
    let seen = 0;
    const framer = new Framer({
      handshake: () => undefined,
      message: ({ type }) => { seen += type.length; },
      block: (piece, begin, data) => { seen += piece + begin + data.length; },
    }, { expectHandshake: false });
    for (let at = 0; at < stream.length; at += READ) framer.feed(stream.subarray(at, at + READ), 0, Infinity);
    return seen;
  },
});

export const FRAMING: readonly Case[] = [
  { name: 'framing: blocks of 16 KiB in reads of 256 KiB', unit: 'block', bytes: BLOCK_BYTES, prepare: framing(blocks, BLOCKS) },
  { name: 'framing: haves and requests', unit: 'message', prepare: framing(messages, MESSAGES) },
];
