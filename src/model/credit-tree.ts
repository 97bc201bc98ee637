/**
 * CreditTree: who may move how many bytes in one direction. The root is the client with its limit, below it are torrents with theirs, and
 * below each its peers with their caps; a byte takes a token from each bucket on its way. Torrents that wait have turns (fair-queue.ts),
 * and within the turn of a torrent its peers: what the limits leave is divided max-min fairly among torrents, then among the peers of each.
 * A turn is that of one peer, and is finished before the next begins, unless a limit of its own holds it up.
 * Whom no bucket holds, or who is exempt, has endless credit, and costs nothing. Grants and their end are told to a sink.
 * Cost: O(1) for each call and each turn; with limits below the root, O(those that wait for them) for each `serve` too.
 */
import { BLOCK_BYTES, type Bytes, type BytesPerSec, type Level, type Millis } from '../base/units.js';
import { FairQueue, type Rank } from './fair-queue.js';
import { Meter } from './meter.js';

export interface CreditSink<K> {
  /** Infinity: without end. */
  grant(key: K, bytes: Bytes): void;
  /** Endless credit ends. */
  revoke(key: K): void;
}
/** How a peer stands within its torrent. */
export interface Terms {
  /** null: none. */
  readonly cap: BytesPerSec | null;
  readonly rank: Rank;
}
/** The bucket, if there is a limit, and whom it is for. */
export interface Reading<K> {
  readonly bucket: Level | undefined;
  /** How many wait for credit, here or further down, and the first few of them, with what each wants. */
  readonly waiting: number;
  readonly first: readonly (readonly [key: K, wants: Bytes])[];
  /** How many have it without end. */
  readonly endless: number;
}

interface Peer<T, K> {
  readonly key: K;
  readonly torrent: Torrent<T, K>;
  readonly exempt: boolean;
  readonly cap: Meter;
  rank: Rank;
  wants: Bytes;
  endless: boolean;
}
interface Torrent<T, K> {
  readonly name: T;
  readonly limit: Meter;
  readonly peers: Set<Peer<T, K>>;
  /** The peers that wait, with what their caps leave them. */
  readonly queue: FairQueue<Peer<T, K>>;
  /** Of the peers that wait, those with a cap. */
  readonly capped: Set<Peer<T, K>>;
}

/** Below the root: who has to wait for a turn longer than a block takes at its own limit must not lose by it. */
const LEAST_BURST: Bytes = 2 * BLOCK_BYTES;

export class CreditTree<T, K> {
  private readonly sink: CreditSink<K>;
  private readonly root: Meter;
  private readonly torrents = new Map<T, Torrent<T, K>>();
  private readonly peers = new Map<K, Peer<T, K>>();
  /** The torrents that wait, with what their limits leave them. */
  private readonly queue = new FairQueue<Torrent<T, K>>(BLOCK_BYTES, (torrent) => torrent.queue.turn()?.due ?? 0);
  /** Of the torrents that wait, those with a limit, and those with capped peers. */
  private readonly metered = new Set<Torrent<T, K>>();

  constructor(limit: BytesPerSec | null, sink: CreditSink<K>, now: Millis) {
    this.root = new Meter(limit, now);
    this.sink = sink;
  }

  // WHO IS THERE -----------------------------------------------------------------------

  has(key: K): boolean {
    return this.peers.has(key);
  }

  get limit(): BytesPerSec | null {
    return this.root.limit;
  }

  /** `limit`: that of its torrent, where it is the first of it. */
  join(key: K, to: { readonly torrent: T; readonly limit: BytesPerSec | null; readonly exempt: boolean } & Terms, now: Millis): void {
    const { torrent: name, limit, exempt, cap, rank } = to;
    const torrent = this.torrents.get(name) ?? {
      name, limit: new Meter(limit, now, LEAST_BURST), peers: new Set(), queue: new FairQueue(BLOCK_BYTES), capped: new Set(),
    };
    const peer = { key, torrent, exempt, cap: new Meter(cap, now, LEAST_BURST), rank, wants: 0, endless: false };
    this.torrents.set(name, torrent);
    torrent.peers.add(peer);
    this.peers.set(key, peer);
  }

  /** It wants nothing, now or later. */
  leave(key: K): void {
    const peer = this.peers.get(key);
    if (!peer) return;
    const { torrent } = peer;
    this.peers.delete(key);
    this.retire(peer);
    torrent.queue.drop(peer);
    torrent.peers.delete(peer);
    if (torrent.peers.size > 0) return;
    this.queue.drop(torrent);
    this.torrents.delete(torrent.name);
  }

  // WHAT THEY WANT ---------------------------------------------------------------------

  /** In addition to what it waits for. */
  want(key: K, bytes: Bytes, now: Millis): void {
    const peer = this.peers.get(key)!;
    const { torrent, cap, wants } = peer;
    if (this.queue.size === 0 && this.metered.size === 0) this.root.wake(now);
    if (torrent.queue.size === 0 && torrent.capped.size === 0) torrent.limit.wake(now);
    if (wants === 0) cap.wake(now);
    peer.wants += bytes;
    this.review(peer);
  }

  /** Somebody waits for nothing but the root: it is served when that is ripe, whoever comes meanwhile. */
  get isBusy(): boolean {
    return this.queue.size > 0;
  }

  /** Hands out what the buckets hold. */
  serve(now: Millis): void {
    this.root.refill(now);
    for (const torrent of this.metered) {
      torrent.limit.refill(now);
      for (const { cap } of torrent.capped) cap.refill(now);
      this.offer(torrent, torrent.capped);
    }
    const granted = new Map<K, Bytes>();
    for (let left = this.root.ripe(Infinity); left > 0;) {
      const turn = this.queue.turn();
      if (!turn) break;
      left -= this.pay(turn.key, Math.min(turn.due, left), granted);
    }
    for (const [key, bytes] of granted) this.sink.grant(key, bytes);
  }

  /** Up to `most` bytes to the peer of this torrent whose turn it is, and how many they were. */
  private pay(torrent: Torrent<T, K>, most: Bytes, granted: Map<K, Bytes>): Bytes {
    const { key: peer, due } = torrent.queue.turn()!;
    const bytes = Math.min(due, most);
    // Its own turn first: it tells how long the next of its torrent is.
    torrent.queue.pay(bytes);
    this.queue.pay(bytes);
    for (const meter of [this.root, torrent.limit, peer.cap]) meter.take(bytes);
    peer.wants -= bytes;
    if (peer.wants === 0) torrent.capped.delete(peer);
    granted.set(peer.key, (granted.get(peer.key) ?? 0) + bytes);
    return bytes;
  }

  /** How long until there is something to hand out; Infinity: nobody waits, or all that do for a limit of nothing. */
  msUntilServing(now: Millis): Millis {
    if (this.isBusy) return this.root.msUntilRipe(Infinity, now);
    let soonest = Infinity;
    for (const torrent of this.metered) soonest = Math.min(soonest, msUntilOffer(torrent, now));
    return soonest === Infinity ? Infinity : Math.max(soonest, this.root.msUntilRipe(Infinity, now));
  }

  // WHAT HOLDS THEM --------------------------------------------------------------------

  setLimit(limit: BytesPerSec | null, now: Millis): void {
    this.root.setLimit(limit, now);
    for (const peer of this.peers.values()) this.review(peer);
  }

  setTorrentLimits(limitOf: (torrent: T) => BytesPerSec | null, now: Millis): void {
    for (const { name, limit, peers } of this.torrents.values()) {
      limit.setLimit(limitOf(name), now);
      for (const peer of peers) this.review(peer);
    }
  }

  setTerms(key: K, { cap, rank }: Terms, now: Millis): void {
    const peer = this.peers.get(key);
    if (!peer) return;
    peer.cap.setLimit(cap, now);
    peer.rank = rank;
    this.review(peer);
  }

  /** After anything that may hold it, or hold it no more. */
  private review(peer: Peer<T, K>): void {
    const { torrent, cap, exempt } = peer;
    const endless = exempt || [this.root, torrent.limit, cap].every(({ limit }) => limit === null);
    if (!endless) {
      if (peer.endless) this.sink.revoke(peer.key);
      peer.endless = false;
      return this.offer(torrent, [peer]);
    }
    if (peer.wants === 0) return;
    this.retire(peer);
    peer.endless = true;
    this.sink.grant(peer.key, Infinity);
  }

  private retire(peer: Peer<T, K>): void {
    peer.wants = 0;
    this.offer(peer.torrent, [peer]);
  }

  /** Puts into the queues what these peers of the torrent wait for, as far as its limit and their caps leave it. */
  private offer(torrent: Torrent<T, K>, peers: Iterable<Peer<T, K>>): void {
    const { queue, capped, limit } = torrent;
    for (const peer of peers) {
      queue.want(peer, peer.cap.ripe(peer.wants), peer.rank);
      if (peer.wants > 0 && peer.cap.limit !== null) capped.add(peer);
      else capped.delete(peer);
    }
    this.queue.want(torrent, limit.ripe(queue.total));
    if (capped.size > 0 || (queue.total > 0 && limit.limit !== null)) this.metered.add(torrent);
    else this.metered.delete(torrent);
  }

  // HOW THINGS STAND -------------------------------------------------------------------

  /** `most`: so many of those that wait are named. */
  read(most: number, now: Millis): Reading<K> {
    const queues = this.queue.first(most).map(([torrent]) => torrent.queue);
    return { bucket: this.root.read(now), ...countsOf([...this.peers.values()]), first: firstOf(queues, most) };
  }

  readTorrent(name: T, most: number, now: Millis): Reading<K> | undefined {
    const torrent = this.torrents.get(name);
    if (!torrent) return undefined;
    const { limit, peers, queue } = torrent;
    return { bucket: limit.read(now), ...countsOf([...peers]), first: firstOf([queue], most) };
  }

  /** The bucket of all; undefined where nothing limits them. */
  level(now: Millis): Level | undefined {
    return this.root.read(now);
  }

  /** The bucket of a torrent with this limit: empty, where none of its peers has come yet. */
  levelOf(name: T, limit: BytesPerSec | null, now: Millis): Level | undefined {
    return (this.torrents.get(name)?.limit ?? new Meter(limit, now, LEAST_BURST)).read(now);
  }

  /** Those that have a limit. */
  limitedTorrents(): readonly T[] {
    return [...this.torrents.values()].filter(({ limit }) => limit.limit !== null).map(({ name }) => name);
  }
}

/** Where it waits for its own limit or for the caps of its peers. */
function msUntilOffer<T, K>({ queue, capped, limit }: Torrent<T, K>, now: Millis): Millis {
  let firstPeer = queue.size > 0 ? 0 : Infinity;
  for (const { cap, wants } of capped) firstPeer = Math.min(firstPeer, cap.msUntilRipe(wants, now));
  return Math.max(firstPeer, limit.msUntilRipe(queue.total, now));
}

const countsOf = <T, K>(peers: readonly Peer<T, K>[]): Pick<Reading<K>, 'waiting' | 'endless'> => ({
  waiting: peers.filter(({ wants }) => wants > 0).length, endless: peers.filter(({ endless }) => endless).length,
});

const firstOf = <T, K>(queues: readonly FairQueue<Peer<T, K>>[], most: number): Reading<K>['first'] =>
  queues.flatMap((queue) => queue.first(most)).slice(0, most).map(([{ key, wants }]) => [key, wants] as const);
