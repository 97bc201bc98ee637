/**
 * A whole download as the picker sees it, without a byte: peers join with bitfields, blocks are asked, delivered and stored, leechers
 * announce pieces of their own in floods, a clock ticks, and the last blocks are asked twice. What the messages of real peers cost by
 * their number (bitfields, haves) is timed apart from what a block costs.
 * A tenth of the peers are seeds; the others begin with half of the pieces and get the rest at our own pace. A fifth are slow, so that
 * the last blocks are theirs.
 */
import { peerKey, type PeerKey } from '../../src/base/brand.js';
import { fromSeed, shuffled } from '../../src/base/random.js';
import { BLOCK_BYTES, MIB, SECOND } from '../../src/base/units.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { Layout } from '../../src/model/layout.js';
import type { BlockRef } from '../../src/policy/pick/blocks.js';
import { Picker } from '../../src/policy/pick/picker.js';

export interface Shape {
  readonly pieces: number;
  readonly peers: number;
}
/** Milliseconds, and how often. */
export interface Part {
  ms: number;
  count: number;
}
export interface DownloadCost {
  readonly blocks: Part;
  readonly haves: Part;
  /** Pieces announced in bitfields. */
  readonly announced: Part;
  /** Blocks that were asked of a second peer too, and came from one of the two: the endgame. */
  readonly cancels: number;
}

const PIECE_BYTES = MIB;
const BLOCKS = PIECE_BYTES / BLOCK_BYTES;
const MEMORY = 256 * MIB;
const WINDOW = 32;
/** What a read brings of one peer. */
const BURST = 8;
/** Haves of one leecher that come together. */
const FLOOD = 64;
/** A slow peer delivers once in so many turns. */
const SLOW = 8;
/** Pieces that are being hashed and written. */
const STORING = 4;
const PATIENCE_MS = 60_000;

interface Peer {
  readonly key: PeerKey;
  /** Pieces it will announce, in this order; none for a seed. */
  readonly coming: Uint32Array;
  told: number;
  readonly slow: boolean;
  /** Blocks asked of it, delivered up to `at`. */
  queue: number[];
  at: number;
}

export class Download {
  readonly cost: DownloadCost;
  private readonly now: () => number;
  private readonly shape: Shape;
  private readonly picker: Picker;
  private readonly peers: readonly Peer[];
  private readonly bitfields: readonly (Bitfield | undefined)[];
  private readonly storing: number[] = [];
  private stored = 0;
  private turns = 0;
  private cancels = 0;

  /** `now`: a fine clock, in ms. */
  constructor(shape: Shape, now: () => number) {
    const totalBytes = shape.pieces * PIECE_BYTES;
    const random = fromSeed(1);
    this.now = now;
    this.shape = shape;
    this.picker = new Picker({
      layout: new Layout({ files: [{ length: totalBytes, padding: false }], pieceLength: PIECE_BYTES, totalBytes }),
      have: new Bitfield(shape.pieces), random, maxActiveBytes: MEMORY,
    });
    this.bitfields = Array.from({ length: shape.peers }, (_, i) => {
      if (i % 10 === 0) return undefined;
      const bits = new Bitfield(shape.pieces);
      for (let piece = 0; piece < shape.pieces; piece++) if (random.below(2) === 0) bits.set(piece);
      return bits;
    });
    this.peers = this.bitfields.map((bits, i) => ({
      key: peerKey(i + 1), coming: Uint32Array.from(bits ? shuffled(lackedBy(bits), random) : []), told: 0,
      slow: i % 5 === 4, queue: [], at: 0,
    }));
    this.cost = { blocks: part(), haves: part(), announced: part(), cancels: 0 };
  }

  run(): DownloadCost {
    const { cost } = this;
    const begun = this.now();
    this.join();
    const joined = this.now();
    cost.announced.ms = joined - begun;
    while (!this.picker.isComplete) this.turn();
    cost.blocks.ms = this.now() - joined - cost.haves.ms;
    cost.blocks.count = this.shape.pieces * BLOCKS;
    return { ...cost, cancels: this.cancels };
  }

  private join(): void {
    this.peers.forEach(({ key }, i) => {
      const bits = this.bitfields[i];
      this.picker.join(key);
      if (!bits) return this.picker.setAll(key);
      this.picker.setBitfield(key, bits);
      this.cost.announced.count += bits.count;
    });
  }

  /** Every peer delivers a burst and is asked for as much; then a second has passed. */
  private turn(): void {
    for (const peer of this.peers) {
      if (peer.slow && this.turns % SLOW !== 0) continue;
      this.ask(peer);
      const end = Math.min(peer.queue.length, peer.at + BURST);
      while (peer.at < end) this.deliver(peer, peer.queue[peer.at++]!);
    }
    while (this.storing.length > 0) this.store();
    this.flood();
    this.turns++;
    this.picker.expire(this.turns * SECOND, () => PATIENCE_MS);
    this.picker.takeChanged();
  }

  private ask(peer: Peer): void {
    const room = WINDOW - (peer.queue.length - peer.at);
    if (room < BURST) return;
    if (peer.at > 0) peer.queue.splice(0, peer.at);
    peer.at = 0;
    const picked: BlockRef[] = [];
    this.picker.pick(peer.key, room, this.turns * SECOND, picked);
    for (const { piece, block } of picked) peer.queue.push(piece * BLOCKS + block);
  }

  private deliver(peer: Peer, which: number): void {
    const piece = Math.floor(which / BLOCKS);
    const block = which % BLOCKS;
    const { pieceComplete, cancel } = this.picker.received(peer.key, piece, block);
    this.cancels += cancel.length;
    for (const key of cancel) {
      const other = this.peers[key - 1]!;
      other.queue.splice(other.queue.indexOf(which, other.at), 1);
    }
    if (pieceComplete) this.storing.push(piece);
    if (this.storing.length > STORING) this.store();
  }

  private store(): void {
    this.picker.stored(this.storing.shift()!);
    this.stored++;
  }

  /** Leechers tell what they got while we got as much. */
  private flood(): void {
    const begun = this.now();
    const share = this.stored / this.shape.pieces;
    for (const peer of this.peers) {
      const due = Math.floor(peer.coming.length * share);
      if (due - peer.told < FLOOD && due < peer.coming.length) continue;
      this.cost.haves.count += due - peer.told;
      for (; peer.told < due; peer.told++) this.picker.have(peer.key, peer.coming[peer.told]!);
    }
    this.cost.haves.ms += this.now() - begun;
  }
}

const part = (): Part => ({ ms: 0, count: 0 });

function lackedBy(bits: Bitfield): number[] {
  const pieces: number[] = [];
  for (let piece = bits.nextMissing(0); piece >= 0; piece = bits.nextMissing(piece + 1)) pieces.push(piece);
  return pieces;
}
