/**
 * From blocks to pieces on disk. Used by the Files process only.
 * A piece is put together in memory, and written once it is whole and right. Blocks of one that is not whole yet are written as they are
 * when the record is saved, so that a restart has them; while that is under way the memory must neither change nor go.
 */
import { BLOCK_BYTES } from '../base/units.js';
import { Bitfield } from '../model/bitfield.js';
import type { KeepOutcome, StoreOutcome } from '../ports/disk.js';
import { pieceHash } from '../protocol/metainfo.js';
import type { FilesState, Me } from './files-state.js';
import { trouble } from './files-trouble.js';
import type { Unfinished } from './piece-mgr.js';
import type { ReceivedBlock } from './peer/receiver.js';

/** Of a block: not here, in memory, and on disk as well. */
const MISSING = 0;
const HERE = 1;
const KEPT = 2;

/** A piece that is being put together, or that waits for the disk. */
export interface Assembly {
  readonly bytes: Uint8Array;
  /** MISSING, HERE or KEPT, of each. */
  readonly blocks: Uint8Array;
  /** Writes of its blocks that are under way. */
  keeping: number;
  /** To be stored when those are through. */
  due: boolean;
  /** Hash and write are under way. */
  storing: boolean;
  /** The disk is in trouble: it stays here until that is mended. */
  stuck: boolean;
}
/** Blocks `from` to `to` of a piece, without `to`. */
export interface BlockRun {
  readonly piece: number;
  readonly from: number;
  readonly to: number;
}

export function newAssembly({ layout, storage }: FilesState, piece: number): Assembly {
  return {
    bytes: storage.buffer(layout.pieceBytes(piece)), blocks: new Uint8Array(layout.blocksIn(piece)),
    keeping: 0, due: false, storing: false, stuck: false,
  };
}

export function assemble(s: FilesState, { piece, begin, data }: ReceivedBlock): void {
  if (s.have.has(piece)) return;
  let a = s.assemblies.get(piece);
  if (!a) {
    a = newAssembly(s, piece);
    s.assemblies.set(piece, a);
  }
  const block = begin / BLOCK_BYTES;
  // A second copy (endgame) must not touch what is being hashed.
  if (a.blocks[block] !== MISSING) return;
  a.blocks[block] = HERE;
  s.storage.put(a.bytes, begin, data);
  s.dirty = true;
}

/** A block that was read back from the disk. */
export function takeUp(s: FilesState, a: Assembly, block: number, data: Uint8Array): void {
  a.blocks[block] = KEPT;
  s.storage.put(a.bytes, block * BLOCK_BYTES, data);
  s.storage.recycle(data);
}

export function store(s: FilesState, piece: number, self: Me): void {
  const a = s.assemblies.get(piece);
  if (!a) throw new Error(`check of piece ${piece}, of which there is no block`);
  a.stuck = s.ailment !== undefined && s.ailment.stage !== 'mending';
  if (a.stuck) return;
  // Two writes to one place could end in any order.
  a.due = a.keeping > 0;
  if (a.due) return;
  a.storing = true;
  s.storage.store({ bytes: a.bytes, expected: pieceHash(s, piece), spans: s.layout.pieceSpans(piece), digests: s.failed.has(piece) },
    (outcome) => self.post({ type: 'stored', piece, outcome }));
}

/** False for a job from before a restart. */
export function stored(s: FilesState, piece: number, outcome: StoreOutcome, self: Me): boolean {
  const a = s.assemblies.get(piece);
  if (!a?.storing) return false;
  a.storing = false;
  if (outcome.type === 'trouble') {
    a.stuck = true;
    trouble(s, outcome.trouble, self);
    return true;
  }
  discard(s, piece);
  const good = outcome.type === 'stored';
  if (!good) s.failed.add(piece);
  else {
    s.failed.delete(piece);
    s.have.set(piece);
    s.dirty = true;
  }
  const { digests } = outcome;
  if (!s.asked) self.tell(s.pieceMgr, { type: 'checked', piece, good, ...(digests && { digests }) });
  return true;
}

export const isEmpty = (a: Assembly): boolean => a.blocks.every((block) => block === MISSING);

/** A whole piece is on its way to the disk. */
export const isStoring = (s: FilesState): boolean => [...s.assemblies.values()].some((a) => a.storing || a.due);

export function discard(s: FilesState, piece: number): void {
  const a = s.assemblies.get(piece);
  if (!a || a.storing) return;
  a.due = false;
  // It goes when the disk is done with it, unless it is begun anew.
  if (a.keeping > 0) return void a.blocks.fill(MISSING);
  s.assemblies.delete(piece);
  s.storage.release(a.bytes);
}

/** Writes the blocks of unfinished pieces that are in memory only. */
export function keepBlocks(s: FilesState, self: Me): void {
  const { layout } = s;
  for (const [piece, a] of s.assemblies) {
    if (a.storing || a.stuck) continue;
    for (const run of runs(piece, a.blocks, HERE)) {
      a.blocks.fill(KEPT, run.from, run.to);
      a.keeping++;
      s.keeping++;
      const [begin, end] = [run.from * BLOCK_BYTES, Math.min(run.to * BLOCK_BYTES, layout.pieceBytes(piece))];
      s.storage.keep({ bytes: a.bytes.subarray(begin, end), spans: layout.spans(piece * layout.pieceLength + begin, end - begin) },
        (outcome) => self.post({ type: 'kept', run, outcome }));
    }
  }
}

export function kept(s: FilesState, { piece, from, to }: BlockRun, outcome: KeepOutcome, self: Me): void {
  const a = s.assemblies.get(piece)!;
  a.keeping--;
  s.keeping--;
  if (outcome.type === 'trouble') {
    s.unkept ??= outcome.trouble;
    for (let block = from; block < to; block++) if (a.blocks[block] === KEPT) a.blocks[block] = HERE;
  }
  if (a.keeping > 0) return;
  if (a.due) store(s, piece, self);
  else if (isEmpty(a)) discard(s, piece);
}

function* runs(piece: number, blocks: Uint8Array, state: number): Generator<BlockRun> {
  for (let from = blocks.indexOf(state); from >= 0; from = blocks.indexOf(state, from)) {
    let to = from;
    while (blocks[to] === state) to++;
    yield { piece, from, to };
    from = to;
  }
}

/** Pieces that are not whole, with their blocks that are in memory. */
export const inMemory = (s: FilesState): Unfinished[] => unfinished(s, HERE);
/** The same, with those that are on disk. */
export const onDisk = (s: FilesState): Unfinished[] => unfinished(s, KEPT);

function unfinished({ assemblies }: FilesState, least: number): Unfinished[] {
  return [...assemblies].map(([piece, a]) => {
    const blocks = new Bitfield(a.blocks.length);
    a.blocks.forEach((state, block) => { if (state >= least) blocks.set(block); });
    return { piece, blocks };
  }).filter(({ blocks }) => !blocks.isEmpty);
}
