/**
 * ActiveSet: the started pieces, the memory they take, and which of them a peer should help with.
 * A piece counts from its start until it is stored, has failed or is given up: while active (blocks are missing) and
 * while checking (all blocks are here, the hash is not yet known).
 * Cost: lookups are O(1); a choice looks at SCAN pieces at most. With more than that many open ones it looks at a
 * random run of them, so that every piece is found in time.
 * Invariant: `bytes` is the sum over all pieces here, `checking` over those that wait for their hash; `open` holds just the active
 * ones with a free block, `free` such blocks in all.
 */
import type { Random } from '../../base/random.js';
import { BLOCK_BYTES, type Bytes, type Millis } from '../../base/units.js';
import type { ActivePiece, Pace } from './active-piece.js';
import type { PickPeer } from './swarm.js';

/** Far above the number of half-asked pieces of a healthy swarm, and still less than a microsecond of work. */
const SCAN = 64;
/** However small the memory, one piece can be checked while the next is fetched. */
const MIN_STARTED = 2;
/**
 * Of the memory. Where the network is faster than the hash, whole pieces pile up before it; past some 32 MiB they have left the
 * processor's cache by their turn, and SHA-1 takes nearly twice as long. The rest is for requests, which take none until they are answered.
 */
const MAX_CHECKING = 1 / 4;
/** So long after the last request a piece that nobody fetches is taken to have lost its sources. */
const STRANDED_AFTER_MS: Millis = 30_000;

export class ActiveSet {
  private readonly random: Random;
  private readonly maxBytes: Bytes;
  private readonly pieces = new Map<number, ActivePiece>();
  private readonly open: ActivePiece[] = [];
  private total: Bytes = 0;
  private checking: Bytes = 0;
  private free = 0;
  /** Of the open ones, those that are asked of one peer alone. */
  private openAlone = 0;

  constructor(maxBytes: Bytes, random: Random) {
    this.maxBytes = maxBytes;
    this.random = random;
  }

  /** Pieces started and not yet stored, and their bytes. */
  get size(): number {
    return this.pieces.size;
  }

  get bytes(): Bytes {
    return this.total;
  }

  /** Those with free blocks that anybody may be asked for. */
  get openCount(): number {
    return this.open.length - this.openAlone;
  }

  get(piece: number): ActivePiece | undefined {
    return this.pieces.get(piece);
  }

  values(): Iterable<ActivePiece> {
    return this.pieces.values();
  }

  /** Whether another piece of `bytes` may be started. */
  hasRoom(bytes: Bytes): boolean {
    return this.pieces.size < MIN_STARTED || bytes <= this.startable;
  }

  /** Blocks that may be asked for: those free in started pieces, and what could still be started. */
  get room(): number {
    return this.free + Math.floor(this.startable / BLOCK_BYTES);
  }

  private get startable(): Bytes {
    return this.checking < this.maxBytes * MAX_CHECKING ? Math.max(0, this.maxBytes - this.total) : 0;
  }

  add(active: ActivePiece): void {
    this.pieces.set(active.piece, active);
    this.total += active.bytes;
    this.refresh(active);
  }

  remove(active: ActivePiece): void {
    this.pieces.delete(active.piece);
    this.total -= active.bytes;
    this.checking -= active.seen.checking;
    this.free -= active.seen.free;
    this.shut(active);
  }

  /** To be called when the free blocks of `active` may have come or gone, or its last block has come. */
  refresh(active: ActivePiece): void {
    const { free, bytes, isComplete, seen } = active;
    const checking = isComplete ? bytes : 0;
    this.free += free - seen.free;
    this.checking += checking - seen.checking;
    seen.free = free;
    seen.checking = checking;
    if (active.free === 0) this.shut(active);
    else if (active.openAt < 0) {
      active.openAt = this.open.push(active) - 1;
      if (active.alone) this.openAlone++;
    }
  }

  /** A started piece with a block for `peer`: of the first tier, there of its own pace if there is one, then the first in rank. */
  choose(peer: PickPeer, pace: Pace): ActivePiece | null {
    const { open } = this;
    const steps = Math.min(open.length, SCAN);
    const first = open.length > SCAN ? this.random.below(open.length) : 0;
    let best: ActivePiece | null = null;
    for (let k = 0; k < steps; k++) {
      const active = open[(first + k) % open.length]!;
      // The bits of the peer come second: they lie far apart in memory.
      if ((best !== null && !goesBefore(active, best, pace)) || !active.isFor(peer) || !peer.has(active.piece)) continue;
      if (peer.late === 0 || active.nextFree(peer) >= 0) best = active;
    }
    return best;
  }

  /** The least complete piece that nobody has been fetching for long and `peer` cannot help with either. */
  stranded(peer: PickPeer, now: Millis): ActivePiece | null {
    let victim: ActivePiece | null = null;
    for (const active of this.open) {
      if (active.isFetched || now - active.touchedAt < STRANDED_AFTER_MS || peer.has(active.piece)) continue;
      if (victim === null || active.received < victim.received) victim = active;
    }
    return victim;
  }

  private shut(active: ActivePiece): void {
    if (active.openAt < 0) return;
    const last = this.open.pop()!;
    if (last !== active) {
      this.open[active.openAt] = last;
      last.openAt = active.openAt;
    }
    active.openAt = -1;
    if (active.alone) this.openAlone--;
  }
}

function goesBefore(a: ActivePiece, b: ActivePiece, pace: Pace): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier;
  if ((a.pace === pace) !== (b.pace === pace)) return a.pace === pace;
  return a.rank < b.rank;
}
