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
import { inRows, type Lent, type Stretch } from '../../model/read-ahead.js';
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
  /** Rows of blocks that were read: each is to be returned. */
  | { readonly type: 'data'; readonly lent: readonly Lent[] }
  /** The disk does not give it. */
  | { readonly type: 'unreadable'; readonly stretch: Stretch }
  /** The transport has taken a write. */
  | { readonly type: 'wrote'; readonly bytes: Bytes; readonly payload: Bytes };
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
/** Blocks that are read at once. */
interface Row {
  readonly stretch: Stretch;
  /** Those that are not wholly written, in order. */
  blocks: BlockRange[];
  /** Absent until it was read. */
  lent: Lent | undefined;
  /** All that had been written when the last was of it; 0 where nothing was. */
  upTo: Bytes;
}
interface State extends SenderInput {
  /** In order, none without blocks; only the first block may have been begun. */
  queue: Row[];
  /** Payload of the first block that has been written. */
  begun: Bytes;
  /** Messages that wait for the end of the begun block. */
  held: Uint8Array[];
  /** Rows of which nothing more will be written, and which the transport may still hold. */
  leaving: Row[];
  /** Room given away: announced, being read (also for what was dropped meanwhile), or read and not wholly written. */
  charged: Bytes;
  credit: Bytes;
  /** Payload written since the connection began. */
  sent: Bytes;
  /** Credit asked for and not granted. */
  asked: Bytes;
  /** Given to the transport since the connection began, and taken by it; so much of it is in flight. */
  written: Bytes;
  taken: Bytes;
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
    queue: [], begun: 0, held: [], leaving: [], charged: 0, credit: 0, sent: 0, asked: 0, written: 0, taken: 0, drained: true, messages: 0,
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
    case 'unreadable': return unreadable(s, m.stretch, self);
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
  else write(s, [message], 0, self);
}

function take(s: State, blocks: readonly BlockRange[], self: Me): void {
  const rows = inRows(blocks).map((row): Row => ({ stretch: { ...row[0]!, length: lengthOf(row) }, blocks: row, lent: undefined, upTo: 0 }));
  s.queue.push(...rows);
  self.tell(s.files, { type: 'read', stretches: rows.map(({ stretch }) => stretch), replyTo: self.mailbox });
}

function arrived(s: State, rows: readonly Lent[], self: Me): void {
  const unwanted: Lent[] = [];
  for (const lent of rows) {
    const row = unread(s, lent.stretch);
    s.charged += (row ? chargeOfAll(row.blocks) : 0) - chargeOf(lent.stretch);
    if (row) row.lent = lent;
    else unwanted.push(lent);
  }
  giveBack(s, unwanted, self);
  announce(s, self);
  pump(s, self);
}

function unreadable(s: State, stretch: Stretch, self: Me): void {
  s.charged -= chargeOf(stretch);
  const row = unread(s, stretch);
  if (row) {
    s.queue.splice(s.queue.indexOf(row), 1);
    self.tell(s.senderQueue, { type: 'dropped', blocks: row.blocks });
  }
  announce(s, self);
  pump(s, self);
}

const unread = (s: State, stretch: Stretch): Row | undefined => s.queue.find((row) => !row.lent && same(row.stretch, stretch));

/** What is being read keeps its room until it is there: dropping is no way to have more read. */
function drop(s: State, block: BlockRange | undefined, self: Me): void {
  const dropped: BlockRange[] = [];
  const stays = (b: BlockRange): boolean => (s.begun > 0 && b === s.queue[0]!.blocks[0]) || (block !== undefined && !same(b, block));
  for (const row of s.queue) {
    const gone = row.blocks.filter((b) => !stays(b));
    if (gone.length === 0) continue;
    dropped.push(...gone);
    row.blocks = row.blocks.filter(stays);
    if (!row.lent) continue;
    s.charged -= chargeOfAll(gone);
    if (row.blocks.length === 0) s.leaving.push(row);
  }
  if (dropped.length === 0) return;
  s.queue = s.queue.filter((row) => row.blocks.length > 0);
  self.tell(s.senderQueue, { type: 'dropped', blocks: dropped });
  giveBack(s, left(s), self);
  announce(s, self);
  pump(s, self);
}

/** What the transport has taken all of that was written of it. */
function left(s: State): Lent[] {
  const gone = s.leaving.filter(({ upTo }) => upTo <= s.taken);
  if (gone.length > 0) s.leaving = s.leaving.filter(({ upTo }) => upTo > s.taken);
  return gone.map(({ lent }) => lent!);
}

function giveBack(s: State, lent: readonly Lent[], self: Me): void {
  if (lent.length > 0) self.tell(s.files, { type: 'returned', lent });
}

/** Writes as much as is read, granted and sensible to have under way. */
function pump(s: State, self: Me): void {
  while (s.queue[0]?.lent && inFlight(s) < s.pace) {
    const parts: Uint8Array[] = [];
    const rows: Row[] = [];
    const most = Math.min(GATHER, s.pace - inFlight(s));
    let payload = 0;
    while (payload < most && s.credit > 0) {
      const row = s.queue[0];
      if (!row?.lent) break;
      if (rows.at(-1) !== row) rows.push(row);
      const block = row.blocks[0]!;
      if (s.begun === 0) parts.push(header(s, block));
      const from = block.begin - row.stretch.begin + s.begun;
      const n = Math.min(s.credit, block.length - s.begun);
      parts.push(row.lent.bytes.subarray(from, from + n));
      payload += n;
      s.credit -= n;
      s.sent += n;
      s.begun += n;
      if (s.begun === block.length) endBlock(s, row, parts);
    }
    if (payload > 0) write(s, parts, payload, self);
    for (const row of rows) row.upTo = s.written;
    if (s.credit === 0) return ask(s, self);
  }
}

const inFlight = (s: State): Bytes => s.written - s.taken;

function header(s: State, { piece, begin, length }: BlockRange): Uint8Array {
  const bytes = pieceHeader(piece, begin, length);
  s.messages += bytes.length;
  return bytes;
}

function endBlock(s: State, row: Row, parts: Uint8Array[]): void {
  s.charged -= chargeOf(row.blocks.shift()!);
  if (row.blocks.length === 0) s.leaving.push(s.queue.shift()!);
  s.begun = 0;
  parts.push(...s.held);
  s.held = [];
}

/** For two blocks: one that has its turn waits on with the other, and so keeps the turns that its share of the uplink is worth. */
function ask(s: State, self: Me): void {
  const next = s.queue.slice(0, AHEAD_ASKED).flatMap((row) => row.blocks.slice(0, AHEAD_ASKED)).slice(0, AHEAD_ASKED);
  const bytes = lengthOf(next) - s.begun - s.asked;
  if (bytes <= 0) return;
  s.asked += bytes;
  self.tell(s.limiter, { type: 'want', direction: 'up', bytes, replyTo: self.mailbox, mover: s.mover, sent: s.sent });
}

function write(s: State, parts: readonly Uint8Array[], payload: Bytes, self: Me): void {
  const bytes = lengthOf(parts);
  if (payload > 0 && inFlight(s) > 0 && s.drained) tellSent(s, 0, self);
  s.written += bytes;
  s.connection.writer.write(parts, () => self.post({ type: 'wrote', bytes, payload }));
}

function wrote(s: State, { bytes, payload }: SenderMsg & { type: 'wrote' }, self: Me): void {
  s.taken += bytes;
  s.messages -= bytes - payload;
  giveBack(s, left(s), self);
  if (payload === 0) {
    // A message went behind the last block.
    if (!s.drained && inFlight(s) === 0) tellSent(s, 0, self);
    return pump(s, self);
  }
  const now = self.now();
  s.rate.add(now, payload);
  s.pace = Math.min(AHEAD_MOST, Math.max(AHEAD_LEAST, Math.floor(s.rate.at(now) * AHEAD_MS / SECOND)));
  self.tell(s.status, { type: 'uploaded', bytes: payload });
  tellSent(s, payload, self);
  announce(s, self);
  pump(s, self);
}

function tellSent(s: State, bytes: Bytes, self: Me): void {
  s.drained = inFlight(s) === 0;
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

const lengthOf = (parts: readonly { readonly length: Bytes }[]): Bytes => parts.reduce((n, { length }) => n + length, 0);
const chargeOfAll = (blocks: readonly BlockRange[]): Bytes => blocks.reduce((n, block) => n + chargeOf(block), 0);
const same = (a: Stretch, b: Stretch): boolean => a.piece === b.piece && a.begin === b.begin && a.length === b.length;

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
