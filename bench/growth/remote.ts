/**
 * Remote: the other end of a virtual connection, and the connection. It is a peer of few wants: it shakes hands, tells what it has,
 * unchokes at once, answers each request with zeros a round trip later, and says that it is interested, so that choking has somebody
 * to choose. It costs as little as possible, for what is measured is the client.
 */
import type { InfoHash, PeerId } from '../../src/base/brand.js';
import type { Endpoint } from '../../src/base/endpoint.js';
import { BLOCK_BYTES, type Bytes, type Millis } from '../../src/base/units.js';
import type { Bitfield } from '../../src/model/bitfield.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Connection, ReadHalf, ReadHandler, WriteHalf } from '../../src/ports/net.js';
import { Framer } from '../../src/protocol/framer.js';
import { encodeHandshake, reservedBits } from '../../src/protocol/handshake.js';
import { encodeMessages, pieceHeader, type OwnMessage } from '../../src/protocol/wire-encode.js';
import { PIECE_HEADER_BYTES, PLAIN, type BlockRange, type WireMessage } from '../../src/protocol/wire.js';

export const ROUND_TRIP: Millis = 20;
/** A block on the wire, of whichever remote: who is sent it may look at it until the call returns. */
const FRAME = new Uint8Array(PIECE_HEADER_BYTES + BLOCK_BYTES);

export interface RemoteOptions {
  readonly clock: Clock;
  readonly endpoint: Endpoint;
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** What it has at first, and what it announces, one piece a second, after that. */
  readonly has: Bitfield;
  readonly coming: readonly number[];
}

export class Remote implements Connection, ReadHalf, WriteHalf {
  readonly remote: Endpoint;
  readonly incoming = false;
  readonly reader: ReadHalf = this;
  readonly writer: WriteHalf = this;
  private readonly o: RemoteOptions;
  private readonly framer: Framer;
  private handler: ReadHandler | undefined;
  private flowing = false;
  private closed = false;
  private sending = false;
  /** To be sent, oldest first; blocks come after all else. */
  private said: Uint8Array[] = [];
  private asked: BlockRange[] = [];

  constructor(o: RemoteOptions) {
    this.o = o;
    this.remote = o.endpoint;
    this.framer = new Framer({
      handshake: () => this.greet(),
      message: (m) => this.hear(m),
      block: () => { throw new Error('a remote that asks for nothing was sent a block'); },
    });
  }

  // THE CONNECTION, AS THE CLIENT SEES IT ---------------------------------------------

  read(handler: ReadHandler): void {
    this.handler = handler;
    this.resume();
  }

  pause(): void {
    this.flowing = false;
  }

  resume(): void {
    this.flowing = true;
    this.send();
  }

  readAtMost(_bytes: Bytes): void {
    // It sends block by block.
  }

  write(parts: readonly Uint8Array[], done: () => void): void {
    for (const part of parts) this.framer.feed(part, 0, Infinity);
    this.o.clock.after(0, done);
  }

  close(): void {
    this.closed = true;
  }

  // THE PEER --------------------------------------------------------------------------

  private greet(): void {
    const { infoHash, peerId, has, coming, clock } = this.o;
    this.said.push(encodeHandshake({ infoHash, peerId, reserved: reservedBits({}) }));
    this.say({ type: 'bitfield', bits: has.bytes() }, PLAIN.unchoke, PLAIN.interested);
    coming.forEach((piece, i) => clock.after((i + 1) * 1000, () => this.say({ type: 'have', piece })));
  }

  private hear(m: WireMessage): void {
    if (m.type === 'cancel') this.asked = this.asked.filter(({ piece, begin }) => piece !== m.piece || begin !== m.begin);
    if (m.type !== 'request') return;
    this.asked.push(m);
    this.send();
  }

  private say(...messages: readonly OwnMessage[]): void {
    this.said.push(encodeMessages(messages));
    this.send();
  }

  /** What waits arrives a round trip from now, as far as the client reads. */
  private send(): void {
    if (this.sending || this.said.length + this.asked.length === 0) return;
    this.sending = true;
    this.o.clock.after(ROUND_TRIP, () => {
      this.sending = false;
      const [said, asked] = [this.said, this.asked];
      [this.said, this.asked] = [[], []];
      while (said.length > 0 && this.reading) this.handler!.data(said.shift()!);
      while (asked.length > 0 && this.reading) this.handler!.data(framed(asked.shift()!));
      this.said.unshift(...said);
      this.asked.unshift(...asked);
      if (this.reading) this.send();
    });
  }

  private get reading(): boolean {
    return this.flowing && !this.closed;
  }
}

function framed({ piece, begin, length }: BlockRange): Uint8Array {
  FRAME.set(pieceHeader(piece, begin, length));
  return FRAME.subarray(0, PIECE_HEADER_BYTES + length);
}
