/**
 * SenderQueue: what waits to be sent to one peer. It holds requests for blocks, never their bytes.
 * Hears:  Controller (greet, send, request, serve, cancel, choke, allow), Sender (ready, dropped).
 * Tells:  Sender (control, blocks, drop), Controller (refused).
 * Owns:   the queue. A choke empties it, a cancel takes one out; a peer with the fast extension is told of each (BEP 6 reject).
 *         Messages other than blocks go to the Sender at once; blocks only as it has room for them.
 */
import type { Bytes } from '../../base/units.js';
import type { Mailbox } from '../../kernel/mailbox.js';
import { defineProcess, type Self } from '../../kernel/process.js';
import { declare } from '../../kernel/topology.js';
import { encodeMessages, encodeRequests, type OwnMessage } from '../../protocol/wire-encode.js';
import { PLAIN, type BlockRange } from '../../protocol/wire.js';
import { chargeOf } from './charge.js';
import type { SenderMsg } from './sender.js';

// MAILBOX ----------------------------------------------------------------------------
export type SenderQueueMsg =
  /** The handshake, which is no message: already encoded. */
  | { readonly type: 'greet'; readonly handshake: Uint8Array }
  /** What else we say, in this order. */
  | { readonly type: 'send'; readonly messages: readonly OwnMessage[] }
  /** Blocks we ask the peer for: the most frequent message of a download. */
  | { readonly type: 'request'; readonly blocks: readonly BlockRange[] }
  /** The peer asks for blocks. `reject`: it speaks BEP 6, and is told of every block that it will not get. */
  | { readonly type: 'serve'; readonly blocks: readonly BlockRange[]; readonly reject: boolean }
  /** The peer does not want this block any more. */
  | { readonly type: 'cancel'; readonly block: BlockRange; readonly reject: boolean }
  /** We choke the peer: what it asked for is dropped. */
  | { readonly type: 'choke'; readonly reject: boolean }
  /** Blocks may begin until this much payload has gone out since the connection began. */
  | { readonly type: 'allow'; readonly upTo: Bytes }
  /** The Sender has so much more room, reckoned as `chargeOf` does. */
  | { readonly type: 'ready'; readonly bytes: Bytes }
  /** The Sender gives back what it had not begun. */
  | { readonly type: 'dropped'; readonly blocks: readonly BlockRange[] };
/** What the Controller hears of us: payload that was asked for and will not be sent. Each block that is served is sent or refused, once. */
export type Refused = { readonly type: 'refused'; readonly bytes: Bytes };

const declaration = declare({
  name: 'SenderQueue',
  scope: 'peer',
  doc: 'what waits to be sent; choke and cancel prune it',
  tells: { Sender: ['control', 'blocks', 'drop'], Controller: ['refused'] },
});
type Me = Self<typeof declaration, SenderQueueMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface SenderQueueInput {
  readonly sender: Mailbox<SenderMsg, 'Sender'>;
  readonly controller: Mailbox<Refused, 'Controller'>;
}
interface State extends SenderQueueInput {
  queue: BlockRange[];
  /** What the Sender can still take; below zero where the last block was larger than the room. */
  room: Bytes;
  /** Payload given to the Sender, less what it gave back. */
  passed: Bytes;
  allowed: Bytes;
  /** As was last said. */
  reject: boolean;
}

/** Twice what our BEP 10 handshake says we take: more is a peer that does not listen, and is not to fill our memory. */
const MOST_WAITING = 4000;

// CORE -------------------------------------------------------------------------------
function step(s: State, m: SenderQueueMsg, self: Me): void {
  switch (m.type) {
    case 'greet': return self.tell(s.sender, { type: 'control', bytes: m.handshake });
    case 'send': return send(s, m.messages, self);
    case 'request': return self.tell(s.sender, { type: 'control', bytes: encodeRequests(m.blocks) });
    case 'serve': return serve(s, m.blocks, m.reject, self);
    case 'cancel': return cancel(s, m.block, m.reject, self);
    case 'choke': return choke(s, m.reject, self);
    case 'ready':
      s.room += m.bytes;
      return fill(s, self);
    case 'allow':
      s.allowed = m.upTo;
      return fill(s, self);
    case 'dropped':
      s.passed -= payloadOf(m.blocks);
      refuse(s, m.blocks, self);
      return fill(s, self);
  }
}

function send(s: State, messages: readonly OwnMessage[], self: Me): void {
  self.tell(s.sender, { type: 'control', bytes: encodeMessages(messages) });
}

function serve(s: State, blocks: readonly BlockRange[], reject: boolean, self: Me): void {
  s.reject = reject;
  s.queue.push(...blocks);
  fill(s, self);
  refuse(s, s.queue.splice(MOST_WAITING), self);
}

function fill(s: State, self: Me): void {
  let count = 0;
  while (s.room > 0 && s.passed <= s.allowed && count < s.queue.length) {
    const block = s.queue[count++]!;
    s.room -= chargeOf(block);
    s.passed += block.length;
  }
  if (count === 0) return;
  const blocks = s.queue.splice(0, count);
  self.tell(s.sender, { type: 'blocks', blocks });
}

function cancel(s: State, block: BlockRange, reject: boolean, self: Me): void {
  s.reject = reject;
  const at = s.queue.findIndex((b) => b.piece === block.piece && b.begin === block.begin && b.length === block.length);
  if (at >= 0) refuse(s, s.queue.splice(at, 1), self);
  else self.tell(s.sender, { type: 'drop', block });
}

/** The Sender drops before it sends the choke, so that no block begins after it. */
function choke(s: State, reject: boolean, self: Me): void {
  s.reject = reject;
  const dropped = s.queue;
  s.queue = [];
  self.tell(s.sender, { type: 'drop' });
  send(s, [PLAIN.choke], self);
  refuse(s, dropped, self);
}

function refuse(s: State, blocks: readonly BlockRange[], self: Me): void {
  if (blocks.length === 0) return;
  self.tell(s.controller, { type: 'refused', bytes: payloadOf(blocks) });
  if (s.reject) send(s, blocks.map((b) => ({ type: 'reject', ...b })), self);
}

const payloadOf = (blocks: readonly BlockRange[]): Bytes => blocks.reduce((n, b) => n + b.length, 0);

// ACTOR ------------------------------------------------------------------------------
export const senderQueue = defineProcess({
  declaration,
  init: (input: SenderQueueInput): State => ({ queue: [], room: 0, passed: 0, allowed: Infinity, reject: false, ...input }),
  step,
});
