/**
 * Limiter: keeps upload and download within their limits: of the client, of each torrent, of each peer.
 * Hears:  Receiver, Sender (want, leave), Console (setLimit), ChokeMgr (share), Status (weigh), Api (look), Timer (tick).
 * Tells:  Receiver, Sender (grant, revoke), ChokeMgr (linkLimit), Status (levels), Api (bucketsSeen), Timer (register).
 * Owns:   the limits, a tree of token buckets and queues for each direction (model/credit-tree.ts), and the shares of the uplink.
 *
 * Credit is in payload bytes. Whom no limit holds is granted without end at its first `want`, and does not ask again; a limit that
 * comes to hold it revokes that. Torrents are served in turns of a block, and so are the peers of each, by the weights and claims that
 * ChokeMgr tells; a turn is finished before the next begins, so that a peer's other messages wait behind at most one block of its own.
 */
import type { InfoHash, PeerKey } from '../base/brand.js';
import { isLocalNetwork, isLoopback } from '../base/ip.js';
import type { Bytes } from '../base/units.js';
import type { ClientConfig, Direction, Limit, LimitOf } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { CreditTree, type Reading, type Terms } from '../model/credit-tree.js';
import type { Account } from '../model/fair-queue.js';
import { equalShare, type Share } from '../policy/choke/engine.js';
import type { Held, Levels } from '../ports/events.js';
import type { Bucket, BucketTree } from '../ports/picture.js';
import type { ApiMsg } from './api.js';
import type { ChokeMsg } from './choke-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';

// MAILBOX ----------------------------------------------------------------------------
export type Credit =
  /** May move so many more payload bytes; Infinity: no limit holds it. */
  | { readonly type: 'grant'; readonly bytes: Bytes }
  /** Endless credit ends: a limit was set. */
  | { readonly type: 'revoke' };
export type CreditClient = Mailbox<Credit, 'Receiver' | 'Sender'>;
/** Whose bytes they are. */
export interface Mover {
  readonly peer: PeerKey;
  readonly torrent: InfoHash;
  /** Its address. */
  readonly host: string;
}
export type LimiterMsg =
  /** In addition to what it waits for. `sent`: what the peer has had so far. */
  | { readonly type: 'want'; readonly direction: Direction; readonly bytes: Bytes; readonly replyTo: CreditClient;
      readonly mover: Mover; readonly sent?: Bytes }
  /** Gone: it wants nothing, now or later. */
  | { readonly type: 'leave'; readonly direction: Direction; readonly peer: PeerKey }
  /** From now on the peer has this of the uplink. */
  | (Share & { readonly type: 'share' })
  /** A new limit; null: none. */
  | { readonly type: 'setLimit'; readonly direction: Direction; readonly limit: Limit; readonly of: LimitOf }
  /** Status wants to know what holds its torrent. */
  | { readonly type: 'weigh'; readonly torrent: InfoHash; readonly replyTo: Mailbox<StatusMsg, 'Status'> }
  /** Somebody looks at the limits. */
  | { readonly type: 'look'; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;

const declaration = declare({
  name: 'Limiter',
  scope: 'client',
  doc: 'token buckets for upload and download',
  tells: {
    Receiver: ['grant', 'revoke'], Sender: ['grant', 'revoke'], ChokeMgr: ['linkLimit'], Status: ['levels'], Api: ['bucketsSeen'],
    Timer: ['register'],
  },
});
type Me = Self<typeof declaration, LimiterMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface LimiterInput extends Pick<ClientConfig, 'limits' | 'torrentLimits' | 'peerLimits' | 'unlimitedLocal'> {
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
}
type Pair = Record<Direction, Limit>;
/** What we were told, and hold to after a crash. */
interface Orders {
  readonly all: Pair;
  readonly eachTorrent: Pair;
  readonly eachPeer: Pair;
  /** Of those that have a limit of their own, or none where the others have one. */
  readonly torrents: Map<InfoHash, Partial<Pair>>;
}
interface State extends LimiterInput {
  readonly orders: Orders;
  readonly trees: Readonly<Record<Direction, CreditTree<InfoHash, PeerKey>>>;
  readonly clients: Readonly<Record<Direction, Map<PeerKey, CreditClient>>>;
  /** Other than equal ones. */
  readonly shares: Map<PeerKey, UplinkShare>;
}
interface UplinkShare {
  readonly cap: Limit;
  readonly weight: number;
  readonly account: Account | undefined;
}

/** A tick can come no sooner than the clock can tell. */
const LEAST_WAIT_MS = 5;
const BOTH: readonly Direction[] = ['up', 'down'];
const NONE: Readonly<Pair> = { up: null, down: null };

// CORE -------------------------------------------------------------------------------
function init(input: LimiterInput, self: Me): State {
  const { limits, torrentLimits = NONE, peerLimits = NONE } = input;
  const orders = self.kept as Orders | undefined
    ?? { all: { ...limits }, eachTorrent: { ...torrentLimits }, eachPeer: { ...peerLimits }, torrents: new Map() };
  self.keep(orders);
  const clients = { up: new Map<PeerKey, CreditClient>(), down: new Map<PeerKey, CreditClient>() };
  const tree = (direction: Direction): CreditTree<InfoHash, PeerKey> => new CreditTree(orders.all[direction], {
    grant: (peer, bytes) => self.tell(clients[direction].get(peer)!, { type: 'grant', bytes }),
    revoke: (peer) => self.tell(clients[direction].get(peer)!, { type: 'revoke' }),
  }, self.now());
  tellUplink(input.chokeMgr, orders, self);
  return { orders, trees: { up: tree('up'), down: tree('down') }, clients, shares: new Map(), ...input };
}

function step(s: State, m: LimiterMsg, self: Me): void {
  switch (m.type) {
    case 'want': return want(s, m, self);
    case 'leave':
      s.trees[m.direction].leave(m.peer);
      return void s.clients[m.direction].delete(m.peer);
    case 'share': return share(s, m, self);
    case 'setLimit': return setLimit(s, m, self);
    case 'weigh': return self.tell(m.replyTo, { type: 'levels', levels: levelsOf(s, m.torrent, self) });
    case 'look': return self.tell(m.replyTo, { type: 'bucketsSeen', buckets: { up: treeOf(s, 'up', self), down: treeOf(s, 'down', self) } });
    case 'tick': return serve(s, m.tag === 'up' ? 'up' : 'down', self);
  }
}

function want(s: State, { direction, bytes, replyTo, mover, sent }: LimiterMsg & { type: 'want' }, self: Me): void {
  const { peer, torrent } = mover;
  const tree = s.trees[direction];
  const account = s.shares.get(peer)?.account;
  if (account && sent !== undefined) account.had = sent;
  if (!tree.has(peer)) {
    s.clients[direction].set(peer, replyTo);
    const limit = limitOfTorrent(s, torrent, direction);
    tree.join(peer, { torrent, limit, exempt: isExempt(s, mover), ...termsOf(s, peer, direction) }, self.now());
  }
  const { isBusy } = tree;
  tree.want(peer, bytes, self.now());
  if (!isBusy) serve(s, direction, self);
}

const isExempt = ({ unlimitedLocal = false }: State, { host }: Mover): boolean => unlimitedLocal && (isLocalNetwork(host) || isLoopback(host));

/** Hands out what there is, and comes back when there is more. */
function serve(s: State, direction: Direction, self: Me): void {
  const tree = s.trees[direction];
  tree.serve(self.now());
  const after = tree.msUntilServing(self.now());
  if (after < Infinity) self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: Math.max(LEAST_WAIT_MS, after), tag: direction });
}

// SHARES OF THE UPLINK

function share(s: State, { peer, cap, weight, claim }: Share, self: Me): void {
  if (cap === undefined && weight === 1 && claim === undefined) s.shares.delete(peer);
  else s.shares.set(peer, { cap: cap ?? null, weight, account: claim === undefined ? undefined : accountOf(s, peer, claim) });
  s.trees.up.setTerms(peer, termsOf(s, peer, 'up'), self.now());
  serve(s, 'up', self);
}

/** What it had is known from its next want on; and while it waits, its queue knows the account as it is. */
function accountOf({ shares }: State, peer: PeerKey, claim: Bytes): Account {
  const account = shares.get(peer)?.account ?? { claim, had: 0 };
  account.claim = claim;
  return account;
}

function termsOf({ orders: { eachPeer }, shares }: State, peer: PeerKey, direction: Direction): Terms {
  const limit = eachPeer[direction];
  const { cap = null, weight, account } = (direction === 'up' ? shares.get(peer) : undefined) ?? {};
  return { cap: limit === null || cap === null ? limit ?? cap : Math.min(limit, cap), rank: { weight, account } };
}

/** Whose shares they were has started again, and thinks that all are equal. */
function chokeMgrIsNew(s: State, self: Me): void {
  for (const peer of [...s.shares.keys()]) share(s, equalShare(peer), self);
  tellUplink(s.chokeMgr, s.orders, self);
}

function timerIsNew(s: State, self: Me): void {
  for (const direction of BOTH) serve(s, direction, self);
}

// LIMITS

function setLimit(s: State, { direction, limit, of }: LimiterMsg & { type: 'setLimit' }, self: Me): void {
  const { orders, trees, clients } = s;
  const tree = trees[direction];
  const now = self.now();
  if (of === 'all') {
    orders.all[direction] = limit;
    tree.setLimit(limit, now);
  } else if (of === 'each peer') {
    orders.eachPeer[direction] = limit;
    for (const peer of clients[direction].keys()) tree.setTerms(peer, termsOf(s, peer, direction), now);
  } else {
    if (of === 'each torrent') orders.eachTorrent[direction] = limit;
    else orders.torrents.set(of.torrent, { ...orders.torrents.get(of.torrent), [direction]: limit });
    tree.setTorrentLimits((torrent) => limitOfTorrent(s, torrent, direction), now);
  }
  if (direction === 'up' && of !== 'each peer') tellUplink(s.chokeMgr, orders, self);
  serve(s, direction, self);
}

function tellUplink(chokeMgr: LimiterInput['chokeMgr'], { all, eachTorrent, torrents }: Orders, self: Me): void {
  const own = [...torrents].flatMap(([torrent, { up }]) => (up === undefined ? [] : [[torrent, up] as const]));
  self.tell(chokeMgr, { type: 'linkLimit', limits: { all: all.up, eachTorrent: eachTorrent.up, torrents: new Map(own) } });
}

function limitOfTorrent({ orders: { torrents, eachTorrent } }: State, torrent: InfoHash, direction: Direction): Limit {
  const own = torrents.get(torrent)?.[direction];
  return own === undefined ? eachTorrent[direction] : own;
}

// FOR PEOPLE

/** Of those that wait, and of torrents with a limit, so many are named. */
const NAMED = 12;

function treeOf(s: State, direction: Direction, self: Me): BucketTree {
  const tree = s.trees[direction];
  const bucketOf = ({ bucket, first, ...counts }: Reading<PeerKey>): Bucket =>
    ({ ...counts, ...(bucket && { bucket }), first: first.map(([peer, wants]) => ({ who: s.clients[direction].get(peer)!.id, wants })) });
  const torrents = tree.limitedTorrents().slice(0, NAMED)
    .map((torrent) => ({ torrent, ...bucketOf(tree.readTorrent(torrent, NAMED, self.now())!) }));
  return { ...bucketOf(tree.read(NAMED, self.now())), eachPeer: s.orders.eachPeer[direction], torrents };
}

/** Undefined where nothing holds it. */
function levelsOf(s: State, torrent: InfoHash, self: Me): Levels | undefined {
  const levels = Object.fromEntries(BOTH.flatMap((direction) => {
    const held = heldOf(s, torrent, direction, self);
    return held ? [[direction, held]] : [];
  }));
  return Object.keys(levels).length > 0 ? levels : undefined;
}

function heldOf(s: State, torrent: InfoHash, direction: Direction, self: Me): Held | undefined {
  const tree = s.trees[direction];
  const now = self.now();
  const client = tree.level(now);
  const own = tree.levelOf(torrent, limitOfTorrent(s, torrent, direction), now);
  const eachPeer = s.orders.eachPeer[direction];
  if (!client && !own && eachPeer === null) return undefined;
  const waiting = tree.readTorrent(torrent, 0, now)?.waiting ?? 0;
  return { waiting, ...(client && { client }), ...(own && { torrent: own }), ...(eachPeer !== null && { eachPeer }) };
}

// ACTOR ------------------------------------------------------------------------------
export const limiter = defineProcess({ declaration, init, step, reminds: { Timer: timerIsNew, ChokeMgr: chokeMgrIsNew } });
