/**
 * Limiter: keeps upload and download within their limits, for the client as a whole, fairly among peers.
 * Hears:  Receiver, Sender (want, leave), Console (setLimit), Timer (tick).
 * Tells:  Receiver, Sender (grant, revoke), ChokeMgr (linkLimit), Timer (register).
 * Owns:   a token bucket and a queue of waiters for each direction.
 *
 * Credit is in payload bytes. Without a limit the first `want` is granted without end and nobody asks again; setting a limit revokes
 * that. Waiters are served in turns of a block, and a turn is finished before the next begins, so that a peer's other messages
 * wait behind at most one block of its own.
 */
import { BLOCK_BYTES, type Bytes } from '../base/units.js';
import type { Direction, Limit } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { FairQueue } from '../model/fair-queue.js';
import { TokenBucket } from '../model/token-bucket.js';
import type { ChokeMsg } from './choke-mgr.js';
import type { Tick, TimerMsg } from './timer.js';

// MAILBOX ----------------------------------------------------------------------------
export type Credit =
  /** May move so many more payload bytes; Infinity: no limit is set. */
  | { readonly type: 'grant'; readonly bytes: Bytes }
  /** Endless credit ends: a limit was set. */
  | { readonly type: 'revoke' };
export type CreditClient = Mailbox<Credit, 'Receiver' | 'Sender'>;
export type LimiterMsg =
  | { readonly type: 'want'; readonly direction: Direction; readonly bytes: Bytes; readonly replyTo: CreditClient }
  /** Gone: it wants nothing, now or later. */
  | { readonly type: 'leave'; readonly direction: Direction; readonly replyTo: CreditClient }
  | { readonly type: 'setLimit'; readonly direction: Direction; readonly limit: Limit }
  | Tick;

const declaration = declare({
  name: 'Limiter',
  scope: 'client',
  doc: 'token buckets for upload and download',
  tells: { Receiver: ['grant', 'revoke'], Sender: ['grant', 'revoke'], ChokeMgr: ['linkLimit'], Timer: ['register'] },
});
type Me = Self<typeof declaration, LimiterMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface LimiterInput {
  readonly limits: Readonly<Record<Direction, Limit>>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
}
interface Way {
  readonly bucket: TokenBucket;
  readonly queue: FairQueue<CreditClient>;
  /** Who has endless credit. */
  readonly free: Set<CreditClient>;
  limit: Limit;
}
interface State {
  readonly input: LimiterInput;
  readonly ways: Readonly<Record<Direction, Way>>;
}

/** Smaller grants than this much of a second are not worth their messages; larger ones would show as bursts. */
const GRANT_MS = 40;
/** A tick can come no sooner than the clock can tell. */
const LEAST_WAIT_MS = 5;

// CORE -------------------------------------------------------------------------------
function init(input: LimiterInput, self: Me): State {
  const way = (limit: Limit): Way =>
    ({ bucket: new TokenBucket({ rate: limit }, self.now()), queue: new FairQueue(), free: new Set(), limit });
  self.tell(input.chokeMgr, { type: 'linkLimit', limit: input.limits.up });
  return { input, ways: { up: way(input.limits.up), down: way(input.limits.down) } };
}

function step(s: State, m: LimiterMsg, self: Me): void {
  switch (m.type) {
    case 'want': return want(s, m, self);
    case 'leave': return leave(s.ways[m.direction], m.replyTo);
    case 'setLimit': return setLimit(s, m.direction, m.limit, self);
    case 'tick': return serve(s, m.tag as Direction, self);
  }
}

function want(s: State, m: LimiterMsg & { type: 'want' }, self: Me): void {
  const way = s.ways[m.direction];
  if (way.limit === null) {
    way.free.add(m.replyTo);
    self.tell(m.replyTo, { type: 'grant', bytes: Infinity });
    return;
  }
  const first = way.queue.size === 0;
  way.queue.want(m.replyTo, m.bytes);
  if (first) serve(s, m.direction, self);
}

function leave(way: Way, client: CreditClient): void {
  way.free.delete(client);
  way.queue.drop(client);
}

/** Hands out what the bucket holds, and comes back when a grant's worth has gathered again. */
function serve(s: State, direction: Direction, self: Me): void {
  const { bucket, queue, limit } = s.ways[direction];
  if (limit === null) return;
  const now = self.now();
  const least = Math.max(1, Math.min(BLOCK_BYTES, Math.floor(limit * GRANT_MS / 1000)));
  bucket.refill(now);
  if (bucket.level >= Math.min(least, bucket.burst)) {
    for (const [client, bytes] of queue.share(bucket.level, BLOCK_BYTES)) {
      bucket.take(bytes);
      self.tell(client, { type: 'grant', bytes });
    }
  }
  if (queue.size === 0) return;
  const after = Math.max(LEAST_WAIT_MS, bucket.msUntil(least, now));
  self.tell(s.input.timer, { type: 'register', replyTo: self.mailbox, after, tag: direction });
}

function setLimit(s: State, direction: Direction, limit: Limit, self: Me): void {
  const way = s.ways[direction];
  way.limit = limit;
  way.bucket.setRate(limit, self.now());
  if (direction === 'up') self.tell(s.input.chokeMgr, { type: 'linkLimit', limit });
  if (limit === null) {
    for (const [client] of way.queue.share(Infinity, Infinity)) {
      way.free.add(client);
      self.tell(client, { type: 'grant', bytes: Infinity });
    }
  } else {
    for (const client of way.free) self.tell(client, { type: 'revoke' });
    way.free.clear();
    if (way.queue.size > 0) serve(s, direction, self);
  }
}

// ACTOR ------------------------------------------------------------------------------
export const limiter = defineProcess({ declaration, init, step });
