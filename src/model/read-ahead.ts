/**
 * ReadAhead: which stretch of a piece to read when a peer asks for a block, who waits for it, and who has been lent part of it. Peers ask
 * for the blocks of a piece one after the other, so a run of many blocks is read at once and kept for a while, the least recently used
 * going first. A block is lent as a view of its run, which is kept until the last of it is returned: memory is reused, never copied.
 * Bounded whatever the borrowers do: `keep` runs of RUN_BYTES, and `atOnce` being read. Where all of `keep` are lent, blocks are copied.
 * `W` is whoever waits.
 */
import { KIB, type Bytes } from '../base/units.js';

/** Each read is a trip to another thread: half as long ones cost a tenth more processor time in all. */
export const RUN_BYTES: Bytes = 512 * KIB;

export interface Stretch {
  readonly piece: number;
  readonly begin: Bytes;
  readonly length: Bytes;
}
/** To be returned by this very object. */
export class Lent {
  readonly block: Stretch;
  readonly bytes: Uint8Array;

  constructor(block: Stretch, bytes: Uint8Array) {
    this.block = block;
    this.bytes = bytes;
  }
}
export interface Served<W> {
  readonly who: W;
  readonly block: Stretch;
  /** Undefined: it could not be read. */
  readonly lent: Lent | undefined;
}
interface Run<W> {
  readonly key: Key;
  readonly stretch: Stretch;
  bytes: Uint8Array | undefined;
  waiting: { readonly block: Stretch; readonly who: W }[];
  /** Blocks that are out. */
  lent: number;
  /** Since the last `age`. */
  used: boolean;
}
export interface ReadAheadOptions {
  readonly keep: number;
  readonly atOnce: number;
  /** Told of bytes that nobody looks at any more. */
  readonly recycle: (bytes: Uint8Array) => void;
  /** Of a view of bytes, to outlive their recycling. */
  readonly copy: (view: Uint8Array) => Uint8Array;
}

export class ReadAhead<W> {
  private readonly o: ReadAheadOptions;
  /** To be read, being read, and kept; the least recently used first. */
  private readonly runs = new Map<Key, Run<W>>();
  private readonly loans = new Map<Lent, { readonly run: Run<W>; readonly who: W }>();
  private readonly toRead: Run<W>[] = [];
  private reading = 0;
  private kept = 0;

  constructor(o: ReadAheadOptions) {
    this.o = o;
  }

  /** Lends `who` the block if it is here. */
  find(block: Stretch, pieceBytes: Bytes, who: W): Lent | undefined {
    const run = this.runs.get(keyOf(runOf(block, pieceBytes)));
    if (!run?.bytes) return undefined;
    this.runs.delete(run.key);
    this.runs.set(run.key, run);
    return this.lend(run, { block, who });
  }

  /** Puts `who` in line for the block. */
  wait(block: Stretch, pieceBytes: Bytes, who: W): void {
    const stretch = runOf(block, pieceBytes);
    const key = keyOf(stretch);
    let run = this.runs.get(key);
    if (!run) {
      run = { key, stretch, bytes: undefined, waiting: [], lent: 0, used: true };
      this.runs.set(key, run);
      this.toRead.push(run);
    }
    run.waiting.push({ block, who });
  }

  /** What to read now, in the order it was asked for; undefined: nothing, or enough is being read. */
  next(): Stretch | undefined {
    if (this.reading >= this.o.atOnce) return undefined;
    const run = this.toRead.shift();
    if (run) this.reading++;
    return run?.stretch;
  }

  /** The stretch was read (or not: then it is forgotten). Those who waited, in order. */
  arrived(stretch: Stretch, bytes: Uint8Array | undefined): readonly Served<W>[] {
    const run = this.runs.get(keyOf(stretch));
    if (!run || run.bytes) return [];
    this.reading--;
    this.runs.delete(run.key);
    const { waiting } = run;
    run.waiting = [];
    if (!bytes) return waiting.map(({ who, block }) => ({ who, block, lent: undefined }));
    if (this.makeRoom()) {
      run.bytes = bytes;
      this.runs.set(run.key, run);
      this.kept++;
      return waiting.map(({ who, block }) => ({ who, block, lent: this.lend(run, { block, who }) }));
    }
    const copies = waiting.map(({ who, block }) =>
      ({ who, block, lent: new Lent(block, this.o.copy(within(bytes, stretch, block))) }));
    this.o.recycle(bytes);
    return copies;
  }

  /** Of no consequence for a copy, or where it was returned before. */
  returned(lent: Lent): void {
    const loan = this.loans.get(lent);
    if (!loan) return;
    this.loans.delete(lent);
    loan.run.lent--;
  }

  /** Waits for nothing more, and has returned everything. Costs as much as is lent to all. */
  leave(who: W): void {
    for (const [lent, loan] of this.loans) if (loan.who === who) this.returned(lent);
    for (const run of this.runs.values()) run.waiting = run.waiting.filter((waiter) => waiter.who !== who);
  }

  /** Lets go of what was not used since the last time. */
  age(): void {
    for (const run of this.runs.values()) {
      if (!run.used) this.forget(run);
      run.used = false;
    }
  }

  private lend(run: Run<W>, { block, who }: { readonly block: Stretch; readonly who: W }): Lent {
    const lent = new Lent(block, within(run.bytes!, run.stretch, block));
    this.loans.set(lent, { run, who });
    run.lent++;
    run.used = true;
    return lent;
  }

  /** For one more run: false where all are lent. */
  private makeRoom(): boolean {
    if (this.kept < this.o.keep) return true;
    for (const run of this.runs.values()) if (this.forget(run)) return true;
    return false;
  }

  /** Unless it is lent, or being read. */
  private forget({ key, bytes, lent }: Run<W>): boolean {
    if (!bytes || lent > 0) return false;
    this.runs.delete(key);
    this.kept--;
    this.o.recycle(bytes);
    return true;
  }
}

/** The block's part of the bytes of a stretch. */
function within(bytes: Uint8Array, stretch: Stretch, block: Stretch): Uint8Array {
  const from = block.begin - stretch.begin;
  return bytes.subarray(from, from + block.length);
}

/** The run a block lies in; a block that crosses the border of two, which is legal but nobody's habit, is a run of its own. */
function runOf({ piece, begin, length }: Stretch, pieceBytes: Bytes): Stretch {
  const start = Math.floor(begin / RUN_BYTES) * RUN_BYTES;
  const run = Math.min(RUN_BYTES, pieceBytes - start);
  return begin + length <= start + run ? { piece, begin: start, length: run } : { piece, begin, length };
}

type Key = number | string;

/** Of a run at its place a number, which is made and found quicker than text; the length adds nothing, since the place says it. */
const keyOf = ({ piece, begin, length }: Stretch): Key =>
  begin % RUN_BYTES === 0 && length <= RUN_BYTES ? piece * MOST_RUNS + begin / RUN_BYTES : `${piece}/${begin}+${length}`;

/** In a piece: with 2^32 pieces, keys are still exact. */
const MOST_RUNS = 2 ** 20;
