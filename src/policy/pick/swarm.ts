/**
 * Swarm: which peer has which piece, how rare each is, and which peers have something for us.
 * Of all pieces, `lacking` are those we want and do not have; missing is the part of them that is not started (see Tiers).
 * Cost: `wantsOf` and `have` are O(1); a whole bitfield is O(pieces), "has everything" O(1); what a piece that starts or is
 * stored costs does not grow with the number of peers (see Overlap). Only a piece that is missing again is looked for in each.
 * Invariant: missing is a subset of lacking; a peer has no missing piece in a tier below its `level`.
 */
import type { PeerKey } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { Millis } from '../../base/units.js';
import { Bitfield } from '../../model/bitfield.js';
import { Overlap } from '../../model/overlap.js';
import type { ActivePiece } from './active-piece.js';
import type { Request } from './requests.js';
import { Tiers } from './tiers.js';

/** What the picker knows of one peer. */
export class PickPeer {
  readonly key: PeerKey;
  readonly bits: Bitfield;
  /** It has every piece, and `bits` says nothing. */
  hasAll = false;
  /** Pieces that it would rather be asked for (BEP 6), the last it named first. */
  suggested: readonly number[] = [];
  /** Searches among its pieces found none that is missing in the tiers before this one, and none has come since. */
  level = 0;
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
  private ranked: Tiers;
  private readonly peers = new Map<PeerKey, PickPeer>();
  /** Of the peers that have not everything. */
  private readonly useful: Overlap<PickPeer>;
  private seeds = 0;
  private changed = new Set<PeerKey>();

  /** `ranks`: see Tiers. */
  constructor({ ranks, lacking, random }: { readonly ranks: Uint8Array; readonly lacking: Bitfield; readonly random: Random }) {
    this.lacking = lacking.clone();
    this.useful = new Overlap(this.lacking);
    this.ranked = new Tiers({ ranks, missing: lacking, random });
  }

  get tiers(): Tiers {
    return this.ranked;
  }

  /** How many peers there are. */
  get size(): number {
    return this.peers.size;
  }

  get(key: PeerKey): PickPeer | undefined {
    return this.peers.get(key);
  }

  values(): Iterable<PickPeer> {
    return this.peers.values();
  }

  isMissing(piece: number): boolean {
    return this.tiers.of(piece).missing.has(piece);
  }

  /** How many missing pieces some connected peer has. */
  get obtainable(): number {
    return this.tiers.inOrder.reduce((n, tier) => n + (this.seeds > 0 ? tier.missing.count : tier.copied), 0);
  }

  availability(piece: number): number {
    return this.seeds + this.tiers.copies(piece);
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
      this.tiers.of(i).rarity.have(i);
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
    const tier = this.tiers.of(piece);
    tier.rarity.have(piece);
    if (tier.missing.has(piece)) peer.level = Math.min(peer.level, tier.index);
    if (this.useful.gained(peer, piece)) this.changed.add(peer.key);
  }

  // PIECES ---------------------------------------------------------------------------
  /** missing -> started. */
  started(piece: number): void {
    this.tiers.of(piece).remove(piece);
  }

  /** started -> missing, unless it is not wanted any more. */
  missed(piece: number): void {
    const tier = this.tiers.of(piece);
    if (!this.lacking.has(piece) || !tier.add(piece)) return;
    for (const peer of this.peers.values()) if (peer.has(piece)) peer.level = Math.min(peer.level, tier.index);
  }

  /** We have it now. */
  settled(piece: number): void {
    this.started(piece);
    if (!this.lacking.clear(piece)) return;
    for (const peer of this.useful.left(piece)) this.changed.add(peer.key);
    if (this.lacking.isEmpty) this.seedsChanged();
  }

  /** Other pieces are wanted, or others first. */
  rank(ranks: Uint8Array, { lacking, missing }: { readonly lacking: Bitfield; readonly missing: Bitfield }): void {
    const before = new Map([...this.peers.values()].map((peer) => [peer, this.wantsOf(peer)]));
    for (let piece = 0; piece < lacking.length; piece++) {
      if (lacking.has(piece)) this.lacking.set(piece);
      else this.lacking.clear(piece);
    }
    this.ranked = this.tiers.ranked(ranks, missing);
    for (const [peer, wanted] of before) {
      peer.level = 0;
      this.useful.seek(peer);
      this.compare(peer, wanted);
    }
  }

  private seedsChanged(): void {
    for (const peer of this.peers.values()) if (peer.hasAll) this.changed.add(peer.key);
  }

  /** Takes back all that the peer announced. */
  private forget(peer: PickPeer): void {
    if (peer.hasAll) this.seeds--;
    peer.hasAll = false;
    for (let i = peer.bits.nextSet(0); i >= 0; i = peer.bits.nextSet(i + 1)) {
      this.tiers.of(i).rarity.lost(i);
      peer.bits.clear(i);
    }
    this.useful.drop(peer);
    peer.level = 0;
    peer.current = null;
  }

  private compare(peer: PickPeer, before: boolean): void {
    if (before !== this.wantsOf(peer)) this.changed.add(peer.key);
  }
}
