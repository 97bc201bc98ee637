/**
 * Picker: which block to ask of whom (BEP 3, BEP 6; Cohen 2003). Bookkeeping only: it holds no bytes and no clock.
 * Invariant: a piece is in exactly one state.
 *   have      verified and stored
 *   active    started: some of its blocks are asked for or received
 *   checking  all blocks are here; hash and write are under way, and end with `stored` or `failed`
 *   missing   wanted, not started
 *   unwanted  neither had nor wanted
 * Invariant: a block is asked of a peer at most once at a time and, before the endgame, of one peer in time at most.
 * Pieces that are active or checking take at most `maxActiveBytes` (but two may always be started). A started piece
 * belongs to every peer that has it, so that a slow or snubbed one holds nothing hostage.
 * Cost: amortised O(1) a block, whatever the number of pieces and peers; only a piece that fails is looked for in each peer.
 * An unknown peer is ignored, for mail about a peer that has just left is legal.
 */
import type { PeerKey, PieceIndex } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { Bytes, Millis } from '../../base/units.js';
import { Bitfield } from '../../model/bitfield.js';
import type { ActivePiece, Pace } from './active-piece.js';
import { ActiveSet } from './active-set.js';
import type { BlockRef, Outcome, PickerConfig, PickRequest, PieceSizes, PieceState, AskedOf } from './blocks.js';
import { grant } from './fair-share.js';
import { Fetching } from './fetching.js';
import { type PickOrder, selectPiece } from './selection.js';
import { type PickPeer, Swarm } from './swarm.js';

const DUPLICATE: Outcome = { kind: 'duplicate', pieceComplete: false, cancel: [] };
const UNREQUESTED: Outcome = { kind: 'unrequested', pieceComplete: false, cancel: [] };

/**
 * Endgame is for peers that run dry: one that owes us more than this is busy, and a copy of what others owe would be waste.
 * Windows are deep (request-window.ts), so without this bound a third of a small torrent would be asked for twice.
 */
const ENDGAME_DEPTH = 4;

/** Of each peer. A suggestion is of what it has just read or got, so older ones are worth little. */
const MOST_SUGGESTED = 16;

export class Picker {
  private readonly layout: PieceSizes;
  private readonly random: Random;
  private readonly order: PickOrder;
  private readonly owned: Bitfield;
  private readonly swarm: Swarm;
  private readonly actives: ActiveSet;
  private readonly fetching: Fetching;
  private leftBytes: Bytes = 0;

  constructor({ layout, have, ranks, random, order = 'rarest', maxActiveBytes }: PickerConfig) {
    this.layout = layout;
    this.random = random;
    this.order = order;
    this.owned = have.clone();
    const wanted = ranks ?? new Uint8Array(layout.pieceCount).fill(1);
    this.swarm = new Swarm({ ranks: wanted, lacking: this.lackingOf(wanted), random });
    this.actives = new ActiveSet(maxActiveBytes, random);
    this.fetching = new Fetching({ layout, swarm: this.swarm, actives: this.actives, order });
  }

  // QUESTIONS ------------------------------------------------------------------------
  /** Bytes of the wanted pieces we do not have. */
  get left(): Bytes {
    return this.leftBytes;
  }

  get isComplete(): boolean {
    return this.swarm.lacking.isEmpty;
  }

  /** All that can be asked for has been: every obtainable piece is started, every block of those asked of somebody. */
  get isEndgame(): boolean {
    return this.actives.size > 0 && this.actives.openCount === 0 && this.swarm.obtainable === 0;
  }

  /** Pieces that are active or checking, and their bytes. */
  get activeCount(): number {
    return this.actives.size;
  }

  get activeBytes(): Bytes {
    return this.actives.bytes;
  }

  stateOf(piece: number): PieceState {
    if (this.owned.has(piece)) return 'have';
    if (this.swarm.isMissing(piece)) return 'missing';
    const active = this.actives.get(piece);
    if (active === undefined) return 'unwanted';
    return active.isComplete ? 'checking' : 'active';
  }

  /** How many connected peers have the piece. */
  availability(piece: number): number {
    return this.swarm.availability(piece);
  }

  /** The peer has a piece that we want and lack. */
  interesting(peer: PeerKey): boolean {
    const known = this.swarm.get(peer);
    return known !== undefined && this.swarm.wantsOf(known);
  }

  /** Peers for whom `interesting` may have changed since the last call, each once. */
  takeChanged(): PeerKey[] {
    return this.swarm.takeChanged();
  }

  /** Pieces given up since the last call, to make room: what was received of them is to be discarded. */
  takeEvicted(): PieceIndex[] {
    return this.fetching.takeEvicted();
  }

  /** Requests forgotten since the last call that their peers have not been told of: each wants a `cancel`. */
  takeWithdrawn(): AskedOf[] {
    return this.fetching.takeWithdrawn();
  }

  /** Blocks the peer owes us and is in time with: what its request window bounds. */
  outstanding(peer: PeerKey): number {
    return this.swarm.get(peer)?.live ?? 0;
  }

  // PEERS ----------------------------------------------------------------------------
  join(peer: PeerKey): void {
    this.swarm.join(peer);
  }

  /** Replaces whatever the peer announced before; `bits` is copied. */
  setBitfield(peer: PeerKey, bits: Bitfield): void {
    const known = this.swarm.get(peer);
    if (known !== undefined) this.swarm.setBitfield(known, bits);
  }

  /** The peer has everything (BEP 6 "have all", or a full bitfield). O(1). */
  setAll(peer: PeerKey): void {
    const known = this.swarm.get(peer);
    if (known !== undefined) this.swarm.setAll(known);
  }

  /** An index out of range is ignored. */
  have(peer: PeerKey, piece: number): void {
    const known = this.swarm.get(peer);
    if (known !== undefined && piece >= 0 && piece < this.layout.pieceCount) this.swarm.have(known, piece);
  }

  /** It would rather be asked for this piece than for others (BEP 6). An index out of range is ignored, and so are all but the latest. */
  suggest(peer: PeerKey, piece: number): void {
    const known = this.swarm.get(peer);
    if (known === undefined || piece >= this.layout.pieceCount) return;
    known.suggested = [piece, ...known.suggested.filter((other) => other !== piece)].slice(0, MOST_SUGGESTED);
  }

  /** The connection is gone: what it owed may be asked of others. */
  leave(peer: PeerKey): void {
    const known = this.swarm.get(peer);
    if (known === undefined) return;
    this.fetching.forgetAll(known);
    this.swarm.leave(known);
  }

  /** Choked by a peer without BEP 6, which drops our requests silently. With BEP 6 it rejects each (`unrequest`). */
  choked(peer: PeerKey): void {
    const known = this.swarm.get(peer);
    if (known !== undefined) this.fetching.forgetAll(known);
  }

  // PICKING --------------------------------------------------------------------------
  /** Appends up to `count` blocks to ask of an unchoking peer to `out`, no more than its share of the memory; returns how many. */
  pick(peer: PeerKey, count: number, now: Millis, out: BlockRef[]): number {
    const known = this.swarm.get(peer);
    if (known === undefined || count <= 0 || !this.swarm.wantsOf(known)) return 0;
    const before = out.length;
    const granted = grant({ wanted: count, held: known.live, free: this.actives.room });
    if (granted > 0) this.pickFree(known, { count: granted, now, out });
    const again = Math.min(count - (out.length - before), ENDGAME_DEPTH - known.live);
    if (again > 0 && this.isEndgame) this.fetching.askAgain(known, { count: again, now, out });
    return out.length - before;
  }

  private pickFree(peer: PickPeer, { count, now, out }: PickRequest): void {
    const pace = paceOf(peer.live + count);
    let left = count;
    // Its own piece first: the fewer have fed a piece, the easier it is to tell who spoilt it.
    let active = peer.current;
    if (active === null || active.openAt < 0) active = this.pieceFor(peer, pace, now);
    while (active !== null) {
      active.pace = pace;
      left -= this.fetching.askFree(peer, active, { count: left, now, out });
      if (left === 0) break;
      active = this.pieceFor(peer, pace, now);
    }
  }

  /** As `pick`, while the peer chokes us but has granted these pieces (BEP 6 "allowed fast"). */
  pickAllowedFast(peer: PeerKey, allowed: readonly number[], { count, now, out }: PickRequest): number {
    const known = this.swarm.get(peer);
    if (known === undefined) return 0;
    let left = count;
    for (const piece of allowed) {
      if (left <= 0) break;
      if (!known.has(piece)) continue;
      const active: ActivePiece | null = this.actives.get(piece) ?? this.fetching.start(piece, now, known);
      if (active?.isFor(known)) left -= this.fetching.askFree(known, active, { count: left, now, out });
    }
    return count - left;
  }

  /** A block has arrived. `piece` and `block` may be anything: they come from the wire. */
  received(peer: PeerKey, piece: number, block: number): Outcome {
    const known = this.swarm.get(peer);
    if (known === undefined) return UNREQUESTED;
    const active = this.actives.get(piece);
    if (active === undefined) return this.owned.has(piece) ? DUPLICATE : UNREQUESTED;
    const request = active.requestOf(block, known);
    if (request !== null) return this.fetching.answered(request);
    return active.isReceived(block) ? DUPLICATE : UNREQUESTED;
  }

  /** The peer will not send the block: it rejected the request (BEP 6), or we cancelled it. */
  unrequest(peer: PeerKey, piece: number, block: number): void {
    const known = this.swarm.get(peer);
    const active = this.actives.get(piece);
    if (known === undefined || active === undefined) return;
    const request = active.requestOf(block, known);
    if (request !== null) this.fetching.forget(request);
  }

  /**
   * Requests that turned late since the last call: their blocks may be asked of others now, yet the peer may still
   * deliver. To be called about once a second, for a peer's silence is measured from the call after its last block.
   */
  expire(now: Millis, timeoutMs: (peer: PeerKey) => Millis): AskedOf[] {
    const timedOut: AskedOf[] = [];
    for (const peer of this.swarm.values()) {
      if (peer.heard) peer.heardAt = now;
      peer.heard = false;
      if (peer.oldest !== null) this.fetching.expire(peer, { now, timeoutMs: timeoutMs(peer.key), timedOut });
    }
    this.fetching.giveUpAlone(now);
    return timedOut;
  }

  // PIECES ---------------------------------------------------------------------------
  /** Verified and written, or found whole on disk. */
  stored(piece: number): void {
    const active = this.actives.get(piece);
    if (this.owned.has(piece) || active?.isComplete === false) {
      throw new Error(`piece ${piece} was stored while ${this.stateOf(piece)}`);
    }
    this.owned.set(piece);
    if (active !== undefined) this.fetching.end(active);
    this.fetching.cleared(piece);
    if (this.swarm.lacking.has(piece)) this.leftBytes -= this.layout.pieceBytes(piece);
    this.swarm.settled(piece);
  }

  /** The hash did not match: the piece is missing again. Returns who sent each block, or NOBODY. */
  failed(piece: number): readonly number[] {
    const active = this.actives.get(piece);
    if (!active?.isComplete) throw new Error(`piece ${piece} failed its check while ${this.stateOf(piece)}`);
    const senders = active.senders();
    this.fetching.suspect(active);
    return senders;
  }

  /** Takes up a piece that a resume record says was begun. Refused: it is not missing, does not fit, or has no room. */
  restore(piece: number, blocks: Bitfield, now: Millis): 'active' | 'checking' | 'refused' {
    if (!this.swarm.isMissing(piece) || blocks.isEmpty) return 'refused';
    if (blocks.length !== this.layout.blocksIn(piece)) return 'refused';
    const active = this.fetching.start(piece, now, null);
    if (active === null) return 'refused';
    active.restore(blocks);
    this.actives.refresh(active);
    return active.isComplete ? 'checking' : 'active';
  }

  /**
   * Other files are wanted, or others first; `ranks` as at the start. A piece that is not wanted any more is given up where it is, unless
   * all of it is here.
   */
  rank(ranks: Uint8Array): void {
    const { swarm, actives, fetching } = this;
    for (const active of [...actives.values()]) if (ranks[active.piece] === 0 && !active.isComplete) fetching.evict(active);
    const lacking = this.lackingOf(ranks);
    const missing = lacking.clone();
    for (const { piece } of actives.values()) missing.clear(piece);
    swarm.rank(ranks, { lacking, missing });
    for (const active of actives.values()) active.tier = swarm.tiers.of(active.piece).index;
  }

  /** What is wanted and we do not have; `left` is told of it. */
  private lackingOf(ranks: Uint8Array): Bitfield {
    const lacking = new Bitfield(this.layout.pieceCount);
    this.leftBytes = 0;
    ranks.forEach((rank, piece) => {
      if (rank === 0 || this.owned.has(piece)) return;
      lacking.set(piece);
      this.leftBytes += this.layout.pieceBytes(piece);
    });
    return lacking;
  }

  /** A started piece if one can use the peer, unless one that comes before it can be started; else a new one. */
  private pieceFor(peer: PickPeer, pace: Pace, now: Millis): ActivePiece | null {
    const { swarm, random, order } = this;
    const suspect = this.fetching.suspectFor(peer);
    if (suspect >= 0) {
      const alone = this.fetching.start(suspect, now, peer);
      if (alone !== null) return alone;
    }
    const started = this.actives.choose(peer, pace);
    // At best it has one in its tier that nobody else has.
    if (started !== null && !this.comesBefore(started, peer.level, 0)) return started;
    const piece = selectPiece({ swarm, random, order, first: this.owned.isEmpty }, peer);
    if (piece < 0 || (started !== null && !this.comesBefore(started, peer.level, swarm.availability(piece)))) return started;
    if (!this.actives.hasRoom(this.layout.pieceBytes(0)) && (started !== null || !this.fetching.evictFor(peer, now))) return started;
    return this.fetching.start(piece, now, peer);
  }

  /**
   * Whether a piece of this tier, in so many copies, is started rather than `started` gone on with. Where windows are smaller than pieces
   * something is always open, and a seed can help with all of it: if it did, it would send what others have too, and bring nothing new.
   * But our first piece must be whole soon. And as many open pieces as there are peers give each one of its own: more would only wait.
   */
  private comesBefore(started: ActivePiece, tier: number, copies: number): boolean {
    if (started.tier !== tier) return tier < started.tier;
    if (this.order !== 'rarest' || this.owned.isEmpty || this.actives.openCount >= this.swarm.size) return false;
    return copies < this.swarm.availability(started.piece);
  }
}

/** In blocks asked at once: a peer of the first class answers a few a second, one of the last dozens. */
function paceOf(depth: number): Pace {
  if (depth <= 4) return 0;
  return depth <= 32 ? 1 : 2;
}
