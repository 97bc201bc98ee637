/**
 * Receiver: the read half of a connection. Cuts the stream into messages and blocks.
 * Hears:  the connection (data, ended), Limiter (grant, revoke).
 * Tells:  Controller (handshake, wire, blocks, requests, haves, held, violation, disconnected), Limiter (want, leave).
 * Owns:   the framer and the payload credit. Without credit it stops reading in the middle of a block, so that the sender is slowed;
 *         all other messages pass without credit.
 */
import type { Flaw } from '../../base/result.js';
import { KIB, type Bytes } from '../../base/units.js';
import type { Mailbox } from '../../kernel/mailbox.js';
import { defineProcess, type Self } from '../../kernel/process.js';
import { declare } from '../../kernel/topology.js';
import type { Connection } from '../../ports/net.js';
import { Framer } from '../../protocol/framer.js';
import type { Handshake } from '../../protocol/handshake.js';
import type { BlockRange, WireMessage } from '../../protocol/wire.js';
import type { Credit, LimiterMsg, Mover } from '../limiter.js';

// MAILBOX ----------------------------------------------------------------------------
export type ReceiverMsg =
  | Credit
  /** From the connection; a view that is valid until everything it causes is done. */
  | { readonly type: 'data'; readonly data: Uint8Array }
  /** The connection is closed. */
  | { readonly type: 'ended'; readonly reason: string };
export interface ReceivedBlock {
  readonly piece: number;
  readonly begin: Bytes;
  /** Valid until the mail it causes is delivered: whoever keeps it copies it. */
  readonly data: Uint8Array;
}
/** All that is told one by one. */
export type SingleMessage = Exclude<WireMessage, { readonly type: 'request' | 'have' }>;
/** What the Controller hears of us. */
export type Received =
  /** The peer has said who it is. */
  | { readonly type: 'handshake'; readonly handshake: Handshake }
  /** A message, but for what comes in rows. */
  | { readonly type: 'wire'; readonly message: SingleMessage }
  /** What one read brought, in order: one message, for at full speed a read holds a dozen. Never empty. */
  | { readonly type: 'blocks'; readonly blocks: readonly ReceivedBlock[] }
  /** Likewise: a peer asks for many blocks at once. */
  | { readonly type: 'requests'; readonly blocks: readonly BlockRange[] }
  /** Likewise: a peer may tell of several pieces at once. */
  | { readonly type: 'haves'; readonly pieces: readonly number[] }
  /** From now on nothing is read for want of credit, and the peer cannot be heard; or it is again. */
  | { readonly type: 'held'; readonly held: boolean }
  /** It broke the protocol: nothing more is read. */
  | { readonly type: 'violation'; readonly flaw: Flaw }
  /** Closed, by the peer or by the net. */
  | { readonly type: 'disconnected'; readonly reason: string };

const declaration = declare({
  name: 'Receiver',
  scope: 'peer',
  doc: 'reads the connection, frames messages and blocks',
  tells: { Controller: ['handshake', 'wire', 'blocks', 'requests', 'haves', 'held', 'violation', 'disconnected'], Limiter: ['want', 'leave'] },
});
type Me = Self<typeof declaration, ReceiverMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ReceiverInput {
  readonly mover: Mover;
  readonly connection: Connection;
  /** Where the Listener has read the handshake already: what came after it. */
  readonly afterHandshake?: Uint8Array;
  readonly controller: Mailbox<Received, 'Controller'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
}
interface State extends ReceiverInput {
  readonly framer: Framer;
  /** Not told yet. */
  row: Row | undefined;
  credit: Bytes;
  /** Credit asked for and not granted. */
  asked: Bytes;
  /** Nothing is read until some comes. */
  waiting: boolean;
  /** What was read but not consumed for want of credit. */
  rest: Uint8Array | undefined;
}

/** One kind at a time, so that all is told in the order of the stream. */
type Row =
  | { readonly type: 'blocks'; readonly blocks: ReceivedBlock[] }
  | { readonly type: 'requests'; readonly blocks: BlockRange[] }
  | { readonly type: 'haves'; readonly pieces: number[] };

/** Without a limit few large reads are cheapest; under one, small reads keep little in memory and the sender close. */
const READ_FREE = 256 * KIB;
const READ_LIMITED = 16 * KIB;

// CORE -------------------------------------------------------------------------------
function init(input: ReceiverInput, self: Me): State {
  const { controller } = input;
  const framer = new Framer({
    handshake: (handshake) => self.tell(controller, { type: 'handshake', handshake }),
    message: (message) => {
      if (message.type === 'request') {
        const { piece, begin, length } = message;
        rowOf('requests', s, self).blocks.push({ piece, begin, length });
      } else if (message.type === 'have') {
        rowOf('haves', s, self).pieces.push(message.piece);
      } else {
        tellRow(s, self);
        self.tell(controller, { type: 'wire', message });
      }
    },
    block: (piece, begin, data) => rowOf('blocks', s, self).blocks.push({ piece, begin, data }),
  }, { expectHandshake: input.afterHandshake === undefined });
  const s: State = { framer, row: undefined, credit: 0, asked: 0, waiting: false, rest: undefined, ...input };
  const { reader } = input.connection;
  reader.readAtMost(READ_LIMITED);
  reader.read({
    data: (data) => self.post({ type: 'data', data }),
    end: (reason) => self.post({ type: 'ended', reason }),
  });
  if (input.afterHandshake) {
    take(s, input.afterHandshake, self);
    if (!s.waiting) reader.resume();
  }
  return s;
}

function step(s: State, m: ReceiverMsg, self: Me): void {
  switch (m.type) {
    case 'data': return take(s, m.data, self);
    case 'ended': return self.tell(s.controller, { type: 'disconnected', reason: m.reason });
    case 'grant': return granted(s, m.bytes, self);
    case 'revoke':
      s.credit = 0;
      s.connection.reader.readAtMost(READ_LIMITED);
  }
}

function take(s: State, data: Uint8Array, self: Me): void {
  if (s.rest) {
    // Data that was under way when reading was paused.
    const joined = new Uint8Array(s.rest.length + data.length);
    joined.set(s.rest);
    joined.set(data, s.rest.length);
    s.rest = joined;
    return;
  }
  const { framer } = s;
  const end = framer.feed(data, 0, s.credit);
  s.credit -= framer.spent;
  tellRow(s, self);
  if (framer.flaw) {
    s.connection.reader.pause();
    self.tell(s.controller, { type: 'violation', flaw: framer.flaw });
  } else if (framer.payloadPending > 0 && s.credit === 0) {
    // A copy: the buffer belongs to the next read.
    if (end < data.length) s.rest = data.slice(end);
    s.connection.reader.pause();
    ask(s, self);
  }
}

/** The row to add to; one of another kind is told first. */
function rowOf<T extends Row['type']>(type: T, s: State, self: Me): Extract<Row, { readonly type: T }> {
  if (s.row?.type !== type) {
    tellRow(s, self);
    s.row = type === 'haves' ? { type, pieces: [] } : { type, blocks: [] };
  }
  return s.row as Extract<Row, { readonly type: T }>;
}

function tellRow(s: State, self: Me): void {
  const { row } = s;
  if (!row) return;
  s.row = undefined;
  self.tell(s.controller, row);
}

function wait(s: State, waiting: boolean, self: Me): void {
  if (s.waiting === waiting) return;
  s.waiting = waiting;
  self.tell(s.controller, { type: 'held', held: waiting });
}

function ask(s: State, self: Me): void {
  wait(s, true, self);
  const bytes = s.framer.payloadPending - s.asked;
  if (bytes <= 0) return;
  s.asked += bytes;
  self.tell(s.limiter, { type: 'want', direction: 'down', bytes, replyTo: self.mailbox, mover: s.mover });
}

function granted(s: State, bytes: Bytes, self: Me): void {
  s.credit += bytes;
  s.asked = Math.max(0, s.asked - bytes);
  wait(s, false, self);
  if (bytes === Infinity) s.connection.reader.readAtMost(READ_FREE);
  const { rest } = s;
  s.rest = undefined;
  if (rest) take(s, rest, self);
  if (!s.waiting && !s.framer.flaw) s.connection.reader.resume();
}

/** What credit there is was of an earlier one, and so was what was asked for. */
function limiterIsNew(s: State, self: Me): void {
  s.credit = 0;
  s.asked = 0;
  s.connection.reader.readAtMost(READ_LIMITED);
  if (s.waiting) ask(s, self);
}

function leave(s: State, self: Me): void {
  s.connection.close();
  self.tell(s.limiter, { type: 'leave', direction: 'down', peer: s.mover.peer });
}

// ACTOR ------------------------------------------------------------------------------
export const receiver = defineProcess({ declaration, init, step, end: leave, reminds: { Limiter: limiterIsNew } });
