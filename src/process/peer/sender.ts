/**
 * Sender: the write half of a connection. Reads blocks, waits for credit, and writes gathered.
 * Hears:  SenderQueue (control, blocks, drop), Files (data, unreadable), Limiter (grant, revoke), the connection (wrote).
 * Tells:  SenderQueue (ready, dropped), Files (read, returned, readerLeft), Limiter (want, leave), Controller (sent, clogged), Status (uploaded).
 * Owns:   the few blocks that are next; their bytes are lent by Files, and returned once the transport has them. It holds no more than
 *         leave within a second, so that a choke or a cancel takes hold at once on a slow link, too. Under a limit a block goes out in parts
 *         as credit comes, so the rate is even at any scale; other messages are held up by the rest of one begun block at most.
 */
import { BLOCK_BYTES, KIB, MIB, SECOND, type Bytes } from '../../base/units.js';
import type { Mailbox } from '../../kernel/mailbox.js';
import { defineProcess, type Self } from '../../kernel/process.js';
import { declare } from '../../kernel/topology.js';
import { createRate, type Rate } from '../../model/rate.js';
import type { Lent } from '../../model/read-ahead.js';
import type { Connection } from '../../ports/net.js';
import { pieceHeader } from '../../protocol/wire-encode.js';
import type { BlockRange } from '../../protocol/wire.js';
import type { FilesMsg } from '../files-state.js';
import type { Credit, LimiterMsg, Mover } from '../limiter.js';
import type { StatusMsg } from '../status.js';
import { chargeOf } from './charge.js';
import type { SenderQueueMsg } from './sender-queue.js';

// MAILBOX ----------------------------------------------------------------------------
export type SenderMsg =
  | Credit
  /** Encoded messages, or the handshake. */
  | { readonly type: 'control'; readonly bytes: Uint8Array }
  /** Read these, and send them in this order. */
  | { readonly type: 'blocks'; readonly blocks: readonly BlockRange[] }
  /** Gives back this block, or all, if not begun. */
  | { readonly type: 'drop'; readonly block?: BlockRange }
  /** Blocks that were read: each is to be returned. */
  | { readonly type: 'data'; readonly lent: readonly Lent[] }
  /** The disk does not give it. */
  | { readonly type: 'unreadable'; readonly block: BlockRange }
  /** The transport has taken a write, with the end of so many blocks. */
  | { readonly type: 'wrote'; readonly bytes: Bytes; readonly payload: Bytes; readonly blocks: number };
/** What the Controller hears of us. */
export type Sent =
  /** Payload that has left; none where a write was made behind another. `drained`: the socket has no more of ours, whatever waits for credit. */
  | { readonly type: 'sent'; readonly bytes: Bytes; readonly drained: boolean }
  /** The peer makes us say more than it reads. */
  | { readonly type: 'clogged' };

const declaration = declare({
  name: 'Sender',
  scope: 'peer',
  doc: 'writes the connection, blocks under credit',
  tells: {
    SenderQueue: ['ready', 'dropped'], Files: ['read', 'returned', 'readerLeft'], Limiter: ['want', 'leave'], Controller: ['sent', 'clogged'],
    Status: ['uploaded'],
  },
});
type Me = Self<typeof declaration, SenderMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface SenderInput {
  readonly mover: Mover;
  readonly connection: Connection;
  readonly senderQueue: Mailbox<SenderQueueMsg, 'SenderQueue'>;
  readonly controller: Mailbox<Sent, 'Controller'>;
  readonly files: Mailbox<FilesMsg, 'Files'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
}
interface Next {
  readonly block: BlockRange;
  /** Absent until it was read. */
  lent: Lent | undefined;
}
interface State extends SenderInput {
  /** In order; only the first may have been begun. */
  readonly queue: Next[];
  /** Payload of the first that has been written. */
  begun: Bytes;
  /** Messages that wait for the end of the begun block. */
  held: Uint8Array[];
  /** Wholly written, in order, and not yet taken by the transport. */
  readonly leaving: Lent[];
  /** Room given away: announced, being read (also for what was dropped meanwhile), or read and not wholly written. */
  charged: Bytes;
  credit: Bytes;
  /** Payload written since the connection began. */
  sent: Bytes;
  /** Credit asked for and not granted. */
  asked: Bytes;
  /** Written, and not yet taken by the transport. */
  inFlight: Bytes;
  /** As the Controller was told last. */
  drained: boolean;
  /** The part of it, and of what is held, that is no payload. */
  messages: Bytes;
  /** Of the transport's taking, and what it makes worth holding ahead. */
  readonly rate: Rate;
  pace: Bytes;
}

/**
 * What to hold ahead, and as much again in the socket: what leaves in a second, for more only delays what comes next; but enough to
 * measure by, and no more than keeps the fastest link busy. Under a limit the next block and the one after it.
 */
const AHEAD_MS = SECOND;
const AHEAD_LEAST = 4 * BLOCK_BYTES;
const AHEAD_MOST = 64 * BLOCK_BYTES;
const AHEAD_LIMITED = 2 * BLOCK_BYTES;
/** All that leaves in its first second counts at once: so it doubles with each round, and a fast link is busy within milliseconds. */
const RATE = { kind: 'decaying', maxMs: AHEAD_MS, fudgeMs: AHEAD_MS } as const;
/** Blocks to have credit for, or to wait for it with. */
const AHEAD_ASKED = 2;
/** One write gathers up to this much payload. */
const GATHER = 512 * KIB;
/** Messages that may wait for a peer to read them: a bitfield of four million pieces, and as much again for all others. */
const MOST_MESSAGES = MIB;

// CORE -------------------------------------------------------------------------------
function init(input: SenderInput, self: Me): State {
  const s: State = {
    queue: [], begun: 0, held: [], leaving: [], charged: 0, credit: 0, sent: 0, asked: 0, inFlight: 0, drained: true, messages: 0,
    rate: createRate(RATE, self.now()), pace: AHEAD_LEAST, ...input,
  };
  announce(s, self);
  return s;
}

function step(s: State, m: SenderMsg, self: Me): void {
  switch (m.type) {
    case 'control': return say(s, m.bytes, self);
    case 'blocks': return take(s, m.blocks, self);
    case 'drop': return drop(s, m.block, self);
    case 'data': return arrived(s, m.lent, self);
    case 'unreadable': return unreadable(s, m.block, self);
    case 'grant':
      s.credit += m.bytes;
      s.asked = Math.max(0, s.asked - m.bytes);
      announce(s, self);
      return pump(s, self);
    case 'revoke':
      s.credit = 0;
      return;
    case 'wrote': return wrote(s, m, self);
  }
}

/** Blocks wait in the SenderQueue and are few here; what the peer makes us say (a reject for each request, say) is bounded only here. */
function say(s: State, message: Uint8Array, self: Me): void {
  s.messages += message.length;
  if (s.messages > MOST_MESSAGES) self.tell(s.controller, { type: 'clogged' });
  else if (s.begun > 0) s.held.push(message);
  else write(s, { parts: [message], payload: 0, blocks: 0 }, self);
}

function take(s: State, blocks: readonly BlockRange[], self: Me): void {
  for (const block of blocks) s.queue.push({ block, lent: undefined });
  self.tell(s.files, { type: 'read', blocks, replyTo: self.mailbox });
}

function arrived(s: State, blocks: readonly Lent[], self: Me): void {
  const dropped = blocks.filter((lent) => {
    const next = unread(s, lent.block);
    if (next) next.lent = lent;
    return !next;
  });
  giveBack(s, dropped, self);
  pump(s, self);
}

function unreadable(s: State, block: BlockRange, self: Me): void {
  s.charged -= chargeOf(block);
  const next = unread(s, block);
  if (next) {
    s.queue.splice(s.queue.indexOf(next), 1);
    self.tell(s.senderQueue, { type: 'dropped', blocks: [block] });
  }
  announce(s, self);
  pump(s, self);
}

const unread = (s: State, block: BlockRange): Next | undefined => s.queue.find((n) => !n.lent && same(n.block, block));

/** What is being read keeps its room until it is there: dropping is no way to have more read. */
function drop(s: State, block: BlockRange | undefined, self: Me): void {
  const kept = s.queue.filter((n, i) => (i === 0 && s.begun > 0) || (block !== undefined && !same(n.block, block)));
  const dropped = s.queue.filter((n) => !kept.includes(n));
  if (dropped.length === 0) return;
  s.queue.splice(0, s.queue.length, ...kept);
  self.tell(s.senderQueue, { type: 'dropped', blocks: dropped.map((n) => n.block) });
  giveBack(s, dropped.flatMap((n) => n.lent ?? []), self);
  pump(s, self);
}

/** Unwritten. */
function giveBack(s: State, lent: readonly Lent[], self: Me): void {
  if (lent.length === 0) return;
  for (const { block } of lent) s.charged -= chargeOf(block);
  self.tell(s.files, { type: 'returned', lent });
  announce(s, self);
}

/** Writes as much as is read, granted and sensible to have under way. */
function pump(s: State, self: Me): void {
  while (s.queue[0]?.lent && s.inFlight < s.pace) {
    const parts: Uint8Array[] = [];
    const before = s.leaving.length;
    const most = Math.min(GATHER, s.pace - s.inFlight);
    let payload = 0;
    while (payload < most) {
      const lent = s.queue[0]?.lent;
      if (!lent || s.credit === 0) break;
      const { bytes, block } = lent;
      if (s.begun === 0) parts.push(header(s, block));
      const n = Math.min(s.credit, bytes.length - s.begun);
      parts.push(n === bytes.length ? bytes : bytes.subarray(s.begun, s.begun + n));
      payload += n;
      s.credit -= n;
      s.sent += n;
      s.begun += n;
      if (s.begun === bytes.length) endBlock(s, lent, parts);
    }
    if (payload > 0) write(s, { parts, payload, blocks: s.leaving.length - before }, self);
    if (s.credit === 0) return ask(s, self);
  }
}

function header(s: State, { piece, begin, length }: BlockRange): Uint8Array {
  const bytes = pieceHeader(piece, begin, length);
  s.messages += bytes.length;
  return bytes;
}

function endBlock(s: State, lent: Lent, parts: Uint8Array[]): void {
  s.queue.shift();
  s.leaving.push(lent);
  s.charged -= chargeOf(lent.block);
  s.begun = 0;
  parts.push(...s.held);
  s.held = [];
}

/** For two blocks: one that has its turn waits on with the other, and so keeps the turns that its share of the uplink is worth. */
function ask(s: State, self: Me): void {
  const bytes = s.queue.slice(0, AHEAD_ASKED).reduce((sum, { block }) => sum + block.length, 0) - s.begun - s.asked;
  if (bytes <= 0) return;
  s.asked += bytes;
  self.tell(s.limiter, { type: 'want', direction: 'up', bytes, replyTo: self.mailbox, mover: s.mover, sent: s.sent });
}

interface Write {
  readonly parts: readonly Uint8Array[];
  readonly payload: Bytes;
  /** Blocks that end in it. */
  readonly blocks: number;
}

function write(s: State, { parts, payload, blocks }: Write, self: Me): void {
  const bytes = parts.reduce((n, p) => n + p.length, 0);
  if (payload > 0 && s.inFlight > 0 && s.drained) tellSent(s, 0, self);
  s.inFlight += bytes;
  s.connection.writer.write(parts, () => self.post({ type: 'wrote', bytes, payload, blocks }));
}

function wrote(s: State, { bytes, payload, blocks }: SenderMsg & { type: 'wrote' }, self: Me): void {
  s.inFlight -= bytes;
  s.messages -= bytes - payload;
  if (payload === 0) {
    // A message went behind the last block.
    if (!s.drained && s.inFlight === 0) tellSent(s, 0, self);
    return pump(s, self);
  }
  const now = self.now();
  s.rate.add(now, payload);
  s.pace = Math.min(AHEAD_MOST, Math.max(AHEAD_LEAST, Math.floor(s.rate.at(now) * AHEAD_MS / SECOND)));
  if (blocks > 0) self.tell(s.files, { type: 'returned', lent: s.leaving.splice(0, blocks) });
  self.tell(s.status, { type: 'uploaded', bytes: payload });
  tellSent(s, payload, self);
  announce(s, self);
  pump(s, self);
}

function tellSent(s: State, bytes: Bytes, self: Me): void {
  s.drained = s.inFlight === 0;
  self.tell(s.controller, { type: 'sent', bytes, drained: s.drained });
}

/** Tells how much more fits, in batches: a message for each block would be too many. */
function announce(s: State, self: Me): void {
  const ahead = s.credit === Infinity ? s.pace : AHEAD_LIMITED;
  const room = ahead - s.charged;
  if (room <= 0 || (room < ahead / 4 && s.queue.length > 0)) return;
  s.charged += room;
  self.tell(s.senderQueue, { type: 'ready', bytes: room });
}

const same = (a: BlockRange, b: BlockRange): boolean => a.piece === b.piece && a.begin === b.begin && a.length === b.length;

/** What credit there is was of an earlier one, and so was what was asked for. */
function limiterIsNew(s: State, self: Me): void {
  s.credit = 0;
  s.asked = 0;
  pump(s, self);
}

function leave(s: State, self: Me): void {
  s.connection.close();
  self.tell(s.files, { type: 'readerLeft', reader: self.mailbox });
  self.tell(s.limiter, { type: 'leave', direction: 'up', peer: s.mover.peer });
}

// ACTOR ------------------------------------------------------------------------------
export const sender = defineProcess({ declaration, init, step, end: leave, reminds: { Limiter: limiterIsNew } });
