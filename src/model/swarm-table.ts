/**
 * SwarmTable: what a tracker remembers. Swarms by info-hash; in each, peers by peer id and family of their address, with where
 * they listen, what they lack and when they last announced: one that announces over IPv4 and over IPv6 is two. Times are ms and
 * come in as arguments, chance likewise.
 *
 * Everything is bounded: swarms, peers in one and in all, peers in an answer. A full table drops what it heard of
 * longest ago. Maps keep insertion order, and an announce moves its peer and swarm to the end, so the stale stand in
 * front and expiry costs only what expires. An announce costs O(peers of its swarm), at most `maxPeers`.
 */
import type { InfoHash, PeerId } from '../base/brand.js';
import type { Endpoint } from '../base/endpoint.js';
import { familyOf, type IpFamily } from '../base/ip.js';
import type { Random } from '../base/random.js';
import type { Bytes, Millis } from '../base/units.js';

export interface SwarmLimits {
  readonly maxSwarms: number;
  readonly maxPeers: number;
  /** In all swarms together. */
  readonly maxTotal: number;
  /** Peers in one answer, whatever was asked for. */
  readonly maxAnswer: number;
  /** A peer that is silent for this long is gone. */
  readonly expireMs: Millis;
}

export interface SwarmAnnounce {
  readonly torrent: InfoHash;
  readonly id: PeerId;
  readonly endpoint: Endpoint;
  /** 0: a seed. */
  readonly left: Bytes;
  readonly event?: 'started' | 'completed' | 'stopped';
  readonly numwant: number;
  /** Only such peers are of use: those that the answer has room for. Absent: all. */
  readonly useful?: (peer: Endpoint) => boolean;
}

export interface SwarmCounts {
  readonly seeds: number;
  readonly leechers: number;
  /** How often `completed` was announced. */
  readonly downloaded: number;
}
export interface SwarmAnswer extends SwarmCounts {
  /** Never the one who asks; and a seed is not told of seeds. */
  readonly peers: readonly Endpoint[];
}

interface Peer {
  readonly id: PeerId;
  readonly endpoint: Endpoint;
  readonly seed: boolean;
  readonly heardAt: Millis;
}
/** A peer id with the family of an address. */
type Key = string;
const keyOf = (id: PeerId, family: IpFamily): Key => `${family} ${id}`;

interface Swarm {
  readonly peers: Map<Key, Peer>;
  seeds: number;
  downloaded: number;
}

export class SwarmTable {
  readonly #limits: SwarmLimits;
  readonly #swarms = new Map<InfoHash, Swarm>();
  #total = 0;

  constructor(limits: SwarmLimits) {
    this.#limits = limits;
  }

  get swarms(): number {
    return this.#swarms.size;
  }

  announce(a: SwarmAnnounce, now: Millis, random: Random): SwarmAnswer {
    const swarm = this.#touch(a.torrent);
    this.#expire(swarm, now);
    // Told twice, a completion counts once: a peer that already was a seed cannot complete.
    const wasSeed = ([4, 6] as const).some((family) => swarm.peers.get(keyOf(a.id, family))?.seed);
    const key = keyOf(a.id, familyOf(a.endpoint.host));
    this.#remove(swarm, key);
    if (a.event === 'completed' && !wasSeed) swarm.downloaded++;
    if (a.event === 'stopped') return { ...this.#counts(swarm), peers: [] };
    const peers = this.#pick(swarm, a, random);
    this.#makeRoom(swarm);
    const seed = a.left === 0;
    swarm.peers.set(key, { id: a.id, endpoint: a.endpoint, seed, heardAt: now });
    this.#total++;
    if (seed) swarm.seeds++;
    return { ...this.#counts(swarm), peers };
  }

  /** Undefined for a torrent nobody has announced. */
  counts(torrent: InfoHash, now: Millis): SwarmCounts | undefined {
    const swarm = this.#swarms.get(torrent);
    if (swarm === undefined) return undefined;
    this.#expire(swarm, now);
    return this.#counts(swarm);
  }

  /** The swarms announced to most recently, at most `most`. */
  torrents(most: number): readonly InfoHash[] {
    return [...this.#swarms.keys()].reverse().slice(0, most);
  }

  #counts({ peers, seeds, downloaded }: Swarm): SwarmCounts {
    return { seeds, leechers: peers.size - seeds, downloaded };
  }

  #touch(torrent: InfoHash): Swarm {
    const swarm = this.#swarms.get(torrent) ?? { peers: new Map(), seeds: 0, downloaded: 0 };
    this.#swarms.delete(torrent);
    if (this.#swarms.size >= this.#limits.maxSwarms) this.#dropStalest();
    this.#swarms.set(torrent, swarm);
    return swarm;
  }

  #makeRoom(swarm: Swarm): void {
    if (swarm.peers.size >= this.#limits.maxPeers) this.#remove(swarm, swarm.peers.keys().next().value!);
    // The swarm itself stands last: with one left, its own bound is what counts.
    while (this.#total >= this.#limits.maxTotal && this.#swarms.size > 1) this.#dropStalest();
  }

  #dropStalest(): void {
    const [torrent, swarm] = this.#swarms.entries().next().value!;
    this.#swarms.delete(torrent);
    this.#total -= swarm.peers.size;
  }

  #remove(swarm: Swarm, key: Key): void {
    const peer = swarm.peers.get(key);
    if (peer === undefined) return;
    if (peer.seed) swarm.seeds--;
    swarm.peers.delete(key);
    this.#total--;
  }

  #expire(swarm: Swarm, now: Millis): void {
    for (const [key, peer] of swarm.peers) {
      if (now - peer.heardAt < this.#limits.expireMs) return;
      this.#remove(swarm, key);
    }
  }

  /** From a random place on, round the swarm: everybody is told of as often as others. */
  #pick(swarm: Swarm, a: SwarmAnnounce, random: Random): readonly Endpoint[] {
    const want = Math.min(a.numwant, this.#limits.maxAnswer);
    const picked: Endpoint[] = [];
    const all = [...swarm.peers.values()].filter(({ id }) => id !== a.id);
    if (want === 0 || all.length === 0) return picked;
    const start = random.below(all.length);
    for (let i = 0; i < all.length && picked.length < want; i++) {
      const peer = all[(start + i) % all.length]!;
      if (!(a.left === 0 && peer.seed) && a.useful?.(peer.endpoint) !== false) picked.push(peer.endpoint);
    }
    return picked;
  }
}
