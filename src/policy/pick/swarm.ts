/**
 * Swarm: which peer has which piece, how rare each is, and which peers have something for us.
 * Of all pieces, `lacking` are those we want and do not have; `missing` is the part of them that is not started.
 * Cost: `wantsOf` and `have` are O(1); a whole bitfield is O(pieces), "has everything" O(1); what a piece that starts or is
 * stored costs does not grow with the number of peers (see Overlap). Only a piece that is missing again is looked for in each.
 * Invariant: missing is a subset of lacking; the candidates of `rarity` are the missing pieces; no piece of an exhausted peer is
 * missing.
 */
import type { PeerKey } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { Millis } from '../../base/units.js';
import { Bitfield } from '../../model/bitfield.js';
import { Overlap } from '../../model/overlap.js';
import { RarityOrder } from '../../model/rarity.js';
import type { ActivePiece } from './active-piece.js';
import type { Request } from './requests.js';

/** What the picker knows of one peer. */
export class PickPeer {
  readonly key: PeerKey;
  readonly bits: Bitfield;
  /** It has every piece, and `bits` says nothing. */
  hasAll = false;
  /** A search among its pieces found none that is missing, and none has come since. */
  exhausted = false;
  /** Its requests, in the order of asking: how many are in time, how many late. */
  oldest: Request | null = null;
  newest: Request | null = null;
  live = 0;
  late = 0;
  /** The piece it was last asked for. */
  current: ActivePiece | null = null;
  /** A block came since the last look at the clock, which was at `heardAt`. */
  heard = false;
  heardAt: Millis = 0;

  constructor(key: PeerKey, pieceCount: number) {
    this.key = key;
    this.bits = new Bitfield(pieceCount);
  }

  has(piece: number): boolean {
    return this.hasAll || this.bits.has(piece);
  }
}

export class Swarm {
  readonly lacking: Bitfield;
  readonly missing: Bitfield;
  private readonly peers = new Map<PeerKey, PickPeer>();
  /** Of the peers that have not everything. */
  private readonly useful: Overlap<PickPeer>;
  private readonly random: Random;
  /** Made at first need: a torrent that is complete, and has no peers, needs none. */
  private ranked: RarityOrder | undefined;
  /** No piece below it is missing. */
  private front = 0;
  private seeds = 0;
  private changed = new Set<PeerKey>();

  constructor(lacking: Bitfield, random: Random) {
    this.lacking = lacking.clone();
    this.missing = lacking.clone();
    this.useful = new Overlap(this.lacking);
    this.random = random;
    for (let i = lacking.nextSet(0); i >= 0; i = lacking.nextSet(i + 1)) this.rarity.add(i);
  }

  get rarity(): RarityOrder {
    return (this.ranked ??= new RarityOrder(this.lacking.length, this.random));
  }

  get(key: PeerKey): PickPeer | undefined {
    return this.peers.get(key);
  }

  values(): Iterable<PickPeer> {
    return this.peers.values();
  }

  /** How many missing pieces some connected peer has. */
  get obtainable(): number {
    return this.missing.count - (this.seeds > 0 ? 0 : this.rarity.candidatesWithoutCopy);
  }

  /** The lowest missing piece, or -1. It goes on from where it was last, so that a whole download is one walk. */
  firstMissing(): number {
    const first = this.missing.nextSet(this.front);
    this.front = first < 0 ? this.missing.length : first;
    return first;
  }

  availability(piece: number): number {
    return this.seeds + this.rarity.availability(piece);
  }

  /** It has a piece that we lack. */
  wantsOf(peer: PickPeer): boolean {
    return peer.hasAll ? !this.lacking.isEmpty : this.useful.has(peer);
  }

  /** Peers whose answer to "do we want anything of you?" may have changed since the last call, each once. */
  takeChanged(): PeerKey[] {
    if (this.changed.size === 0) return [];
    const keys = [...this.changed];
    this.changed.clear();
    return keys;
  }

  // PEERS ----------------------------------------------------------------------------
  join(key: PeerKey): void {
    if (!this.peers.has(key)) this.peers.set(key, new PickPeer(key, this.lacking.length));
  }

  leave(peer: PickPeer): void {
    this.forget(peer);
    this.peers.delete(peer.key);
    this.changed.delete(peer.key);
  }

  setBitfield(peer: PickPeer, bits: Bitfield): void {
    if (bits.isFull) return this.setAll(peer);
    const before = this.wantsOf(peer);
    this.forget(peer);
    for (let i = bits.nextSet(0); i >= 0; i = bits.nextSet(i + 1)) {
      peer.bits.set(i);
      this.rarity.have(i);
    }
    this.useful.seek(peer);
    this.compare(peer, before);
  }

  setAll(peer: PickPeer): void {
    if (peer.hasAll) return;
    const before = this.wantsOf(peer);
    this.forget(peer);
    peer.hasAll = true;
    this.seeds++;
    this.compare(peer, before);
  }

  have(peer: PickPeer, piece: number): void {
    if (peer.hasAll || !peer.bits.set(piece)) return;
    this.rarity.have(piece);
    if (this.missing.has(piece)) peer.exhausted = false;
    if (this.useful.gained(peer, piece)) this.changed.add(peer.key);
  }

  // PIECES ---------------------------------------------------------------------------
  /** missing -> started. */
  started(piece: number): void {
    if (this.missing.clear(piece)) this.rarity.remove(piece);
  }

  /** started -> missing. */
  missed(piece: number): void {
    if (!this.missing.set(piece)) return;
    this.front = Math.min(this.front, piece);
    this.rarity.add(piece);
    for (const peer of this.peers.values()) if (peer.has(piece)) peer.exhausted = false;
  }

  /** We have it now, or want it no longer. */
  settled(piece: number): void {
    this.started(piece);
    if (!this.lacking.clear(piece)) return;
    for (const peer of this.useful.left(piece)) this.changed.add(peer.key);
    if (this.lacking.isEmpty) this.seedsChanged();
  }

  /** We want it from now on. */
  wanted(piece: number): void {
    if (!this.lacking.set(piece)) return;
    for (const peer of this.peers.values()) {
      if (!peer.hasAll && peer.bits.has(piece) && this.useful.gained(peer, piece)) this.changed.add(peer.key);
    }
    if (this.lacking.count === 1) this.seedsChanged();
    this.missed(piece);
  }

  private seedsChanged(): void {
    for (const peer of this.peers.values()) if (peer.hasAll) this.changed.add(peer.key);
  }

  /** Takes back all that the peer announced. */
  private forget(peer: PickPeer): void {
    if (peer.hasAll) this.seeds--;
    peer.hasAll = false;
    for (let i = peer.bits.nextSet(0); i >= 0; i = peer.bits.nextSet(i + 1)) {
      this.rarity.lost(i);
      peer.bits.clear(i);
    }
    this.useful.drop(peer);
    peer.exhausted = false;
    peer.current = null;
  }

  private compare(peer: PickPeer, before: boolean): void {
    if (before !== this.wantsOf(peer)) this.changed.add(peer.key);
  }
}
