/**
 * Limiter: keeps upload and download within their limits, for the client as a whole, fairly among peers.
 * Hears:  Receiver, Sender (want, leave), Console (setLimit), ChokeMgr (share), Api (look), Timer (tick).
 * Tells:  Receiver, Sender (grant, revoke), ChokeMgr (linkLimit), Api (bucketsSeen), Timer (register).
 * Owns:   a token bucket and a queue of waiters for each direction; a token bucket for each peer whose upload has a cap.
 *
 * Credit is in payload bytes. Without a limit the first `want` is granted without end and nobody asks again; setting a limit revokes
 * that. Waiters are served in turns of a block, and a turn is finished before the next begins, so that a peer's other messages
 * wait behind at most one block of its own. Turns follow the weights and claims that ChokeMgr tells. What a capped peer wants comes
 * into the queue only as fast as its cap allows, and it is never granted without end.
 */
import type { PeerKey } from '../base/brand.js';
import { BLOCK_BYTES, type Bytes, type BytesPerSec, type Millis } from '../base/units.js';
import type { Direction, Limit } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { FairQueue, type Account } from '../model/fair-queue.js';
import { TokenBucket } from '../model/token-bucket.js';
import { equalShare, type Share } from '../policy/choke/engine.js';
import type { Bucket } from '../ports/picture.js';
import type { ApiMsg } from './api.js';
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
  /**
   * `peer`: whose share of the uplink it is; then it wants this in addition to what it waits for, and else instead.
   * `sent`: what the peer has had so far.
   */
  | { readonly type: 'want'; readonly direction: Direction; readonly bytes: Bytes; readonly replyTo: CreditClient;
      readonly peer?: PeerKey; readonly sent?: Bytes }
  /** Gone: it wants nothing, now or later. */
  | { readonly type: 'leave'; readonly direction: Direction; readonly replyTo: CreditClient; readonly peer?: PeerKey }
  /** From now on the peer has this of the uplink. */
  | (Share & { readonly type: 'share' })
  /** A new limit for all; null: none. */
  | { readonly type: 'setLimit'; readonly direction: Direction; readonly limit: Limit }
  /** Somebody looks at the limits. */
  | { readonly type: 'look'; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;

const declaration = declare({
  name: 'Limiter',
  scope: 'client',
  doc: 'token buckets for upload and download',
  tells: {
    Receiver: ['grant', 'revoke'], Sender: ['grant', 'revoke'], ChokeMgr: ['linkLimit'], Api: ['bucketsSeen'], Timer: ['register'],
  },
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
interface Gate {
  readonly bucket: TokenBucket;
  cap: BytesPerSec;
  /** Wanted, and not let into the queue yet. */
  waits: Bytes;
}
interface State {
  readonly input: LimiterInput;
  readonly ways: Readonly<Record<Direction, Way>>;
  /** Other than 1. */
  readonly weights: Map<PeerKey, number>;
  /** Of peers with a claim. */
  readonly accounts: Map<PeerKey, Account>;
  /** Of capped peers. */
  readonly gates: Map<PeerKey, Gate>;
  /** Who has asked on behalf of a peer. */
  readonly senders: Map<PeerKey, CreditClient>;
}

/** Smaller grants than this much of a second are not worth their messages; larger ones would show as bursts. */
const GRANT_MS = 40;
/** A tick can come no sooner than the clock can tell. */
const LEAST_WAIT_MS = 5;

// CORE -------------------------------------------------------------------------------
function init(input: LimiterInput, self: Me): State {
  const limits = self.kept as LimiterInput['limits'] | undefined ?? input.limits;
  const way = (limit: Limit): Way =>
    ({ bucket: new TokenBucket({ rate: limit }, self.now()), queue: new FairQueue(), free: new Set(), limit });
  self.tell(input.chokeMgr, { type: 'linkLimit', limit: limits.up });
  return {
    input, ways: { up: way(limits.up), down: way(limits.down) }, weights: new Map(), accounts: new Map(), gates: new Map(),
    senders: new Map(),
  };
}

function step(s: State, m: LimiterMsg, self: Me): void {
  switch (m.type) {
    case 'want': return want(s, m, self);
    case 'leave': return leave(s, m);
    case 'share': return share(s, m, self);
    case 'setLimit': return setLimit(s, m.direction, m.limit, self);
    case 'look': {
      const buckets = { up: bucketOf(s.ways.up, self.now()), down: bucketOf(s.ways.down, self.now()) };
      return self.tell(m.replyTo, { type: 'bucketsSeen', buckets });
    }
    case 'tick': return m.tag === 'up' || m.tag === 'down' ? serve(s, m.tag, self) : letIn(s, Number(m.tag) as PeerKey, self);
  }
}

type Want = LimiterMsg & { type: 'want' };

function want(s: State, m: Want, self: Me): void {
  if (m.peer === undefined) return enqueue(s, m, self);
  s.senders.set(m.peer, m.replyTo);
  const account = s.accounts.get(m.peer);
  if (account && m.sent !== undefined) account.had = m.sent;
  const gate = s.gates.get(m.peer);
  if (!gate) return enqueue(s, m, self);
  gate.waits += m.bytes;
  letIn(s, m.peer, self);
}

function enqueue(s: State, { direction, peer, bytes, replyTo }: Want, self: Me): void {
  const { limit, queue, free } = s.ways[direction];
  if (limit === null) {
    const capped = peer !== undefined && s.gates.has(peer);
    if (!capped) free.add(replyTo);
    self.tell(replyTo, { type: 'grant', bytes: capped ? bytes : Infinity });
    return;
  }
  const first = queue.size === 0;
  if (peer === undefined) queue.want(replyTo, bytes);
  else queue.wantMore(replyTo, bytes, { weight: s.weights.get(peer), account: s.accounts.get(peer) });
  if (first) serve(s, direction, self);
}

function leave(s: State, { direction, replyTo, peer }: LimiterMsg & { type: 'leave' }): void {
  const { free, queue } = s.ways[direction];
  free.delete(replyTo);
  queue.drop(replyTo);
  if (peer !== undefined) s.senders.delete(peer);
}

/** Hands out what the bucket holds, and comes back when a grant's worth has gathered again. */
function serve(s: State, direction: Direction, self: Me): void {
  const { bucket, queue, limit } = s.ways[direction];
  if (limit === null) return;
  const now = self.now();
  const least = leastGrant(limit);
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

const leastGrant = (rate: BytesPerSec): Bytes => Math.max(1, Math.min(BLOCK_BYTES, Math.floor(rate * GRANT_MS / 1000)));

// SHARES OF THE UPLINK

function share(s: State, { peer, cap, weight, claim }: Share, self: Me): void {
  if (weight === 1) s.weights.delete(peer);
  else s.weights.set(peer, weight);
  if (claim === undefined) s.accounts.delete(peer);
  else hold(s, peer, claim);
  const gate = s.gates.get(peer);
  if (cap === undefined) {
    s.gates.delete(peer);
    const client = s.senders.get(peer);
    if (client && gate && gate.waits > 0) enqueue(s, { type: 'want', direction: 'up', peer, bytes: gate.waits, replyTo: client }, self);
  } else if (gate) {
    gate.cap = cap;
    gate.bucket.setRate(cap, self.now());
    letIn(s, peer, self);
  } else {
    s.gates.set(peer, { bucket: new TokenBucket({ rate: cap }, self.now()), cap, waits: 0 });
    const client = s.senders.get(peer);
    if (client && s.ways.up.free.delete(client)) self.tell(client, { type: 'revoke' });
  }
}

/** What it had is known from its next want on, and so is the account to the queue. */
function hold(s: State, peer: PeerKey, claim: Bytes): void {
  const account = s.accounts.get(peer);
  if (account) account.claim = claim;
  else s.accounts.set(peer, { claim, had: 0 });
}

/** As much of what a capped peer wants as its cap allows now, and the rest as time goes by. */
function letIn(s: State, peer: PeerKey, self: Me): void {
  const [gate, client] = [s.gates.get(peer), s.senders.get(peer)];
  if (!gate || !client) return;
  const now = self.now();
  const least = Math.min(gate.waits, leastGrant(gate.cap), gate.bucket.burst);
  gate.bucket.refill(now);
  if (gate.bucket.level >= least) {
    const bytes = gate.bucket.take(gate.waits);
    gate.waits -= bytes;
    if (bytes > 0) enqueue(s, { type: 'want', direction: 'up', peer, bytes, replyTo: client }, self);
  }
  if (gate.waits === 0) return;
  const after = Math.max(LEAST_WAIT_MS, gate.bucket.msUntil(leastGrant(gate.cap), now));
  // A cap of nothing: until there is another.
  if (after < Infinity) self.tell(s.input.timer, { type: 'register', replyTo: self.mailbox, after, tag: String(peer) });
}

/** Whose shares they were has started again, and thinks that all are equal. */
function chokeMgrIsNew(s: State, self: Me): void {
  for (const peer of new Set([...s.weights.keys(), ...s.accounts.keys(), ...s.gates.keys()])) share(s, equalShare(peer), self);
  self.tell(s.input.chokeMgr, { type: 'linkLimit', limit: s.ways.up.limit });
}

function timerIsNew(s: State, self: Me): void {
  serve(s, 'up', self);
  serve(s, 'down', self);
  for (const peer of s.gates.keys()) letIn(s, peer, self);
}

// LIMITS

function setLimit(s: State, direction: Direction, limit: Limit, self: Me): void {
  const way = s.ways[direction];
  way.limit = limit;
  self.keep({ up: s.ways.up.limit, down: s.ways.down.limit });
  way.bucket.setRate(limit, self.now());
  if (direction === 'up') self.tell(s.input.chokeMgr, { type: 'linkLimit', limit });
  if (limit === null) {
    const capped = new Set([...s.gates.keys()].map((peer) => s.senders.get(peer)));
    for (const [client, bytes] of way.queue.share(Infinity, Infinity)) {
      const endless = direction === 'down' || !capped.has(client);
      if (endless) way.free.add(client);
      self.tell(client, { type: 'grant', bytes: endless ? Infinity : bytes });
    }
  } else {
    for (const client of way.free) self.tell(client, { type: 'revoke' });
    way.free.clear();
    if (way.queue.size > 0) serve(s, direction, self);
  }
}

// FOR PEOPLE

/** Of those that wait, so many are named. */
const NAMED = 12;

function bucketOf({ bucket, queue, free, limit }: Way, now: Millis): Bucket {
  bucket.refill(now);
  const first = queue.first(NAMED).map(([client, wants]) => ({ who: client.id, wants }));
  const [level, burst] = limit === null ? [0, 0] : [bucket.level, bucket.burst];
  return { limit, level, burst, waiting: queue.size, first, free: free.size };
}

// ACTOR ------------------------------------------------------------------------------
export const limiter = defineProcess({ declaration, init, step, reminds: { Timer: timerIsNew, ChokeMgr: chokeMgrIsNew } });
