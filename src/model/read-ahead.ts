/**
 * ReadAhead: what to read when a peer asks for part of a piece, who waits for it, and who has been lent some of it. Peers ask for the blocks
 * of a piece one after the other, so a run of many blocks is read at once, and as much of it lent as was asked for in a row. What is lent is
 * a view of the run, which is kept until the last of it is returned: memory is reused, never copied. After that it stays for a while, for
 * who asks for more of it, but only `idle` of such runs, for the next reads are cheapest into memory that the processor's caches still
 * hold; the system has the file in memory anyway. Bounded whatever the borrowers do: `keep` runs of RUN_BYTES in all, and `atOnce` being
 * read. Where all of `keep` are lent, copies are. `W` is whoever waits.
 */
import { BLOCK_BYTES, KIB, type Bytes } from '../base/units.js';

/** Each read is a trip to another thread: half as long ones cost a tenth more processor time in all. */
export const RUN_BYTES: Bytes = 512 * KIB;

export interface Stretch {
  readonly piece: number;
  readonly begin: Bytes;
  readonly length: Bytes;
}
/** To be returned by this very object. */
export class Lent {
  readonly stretch: Stretch;
  readonly bytes: Uint8Array;

  constructor(stretch: Stretch, bytes: Uint8Array) {
    this.stretch = stretch;
    this.bytes = bytes;
  }
}
export interface Served<W> {
  readonly who: W;
  readonly wanted: Stretch;
  /** Undefined: it could not be read. */
  readonly lent: Lent | undefined;
}
interface Run<W> {
  readonly key: Key;
  readonly stretch: Stretch;
  bytes: Uint8Array | undefined;
  waiting: { readonly wanted: Stretch; readonly who: W }[];
  /** How many parts are out. */
  lent: number;
  /** Not there for a whole time of aging yet. */
  fresh: boolean;
}
export interface ReadAheadOptions {
  /** At least 1. */
  readonly keep: number;
  /** Of these, lent to nobody. */
  readonly idle: number;
  readonly atOnce: number;
  /** Told of bytes that nobody looks at any more. */
  readonly recycle: (bytes: Uint8Array) => void;
  /** Of a view of bytes, to outlive their recycling. */
  readonly copy: (view: Uint8Array) => Uint8Array;
}

export class ReadAhead<W> {
  private readonly o: ReadAheadOptions;
  /** To be read, being read, and kept. */
  private readonly runs = new Map<Key, Run<W>>();
  /** Kept, and lent to nobody; the one for the longest time first. */
  private readonly idle = new Set<Run<W>>();
  private readonly loans = new Map<Lent, { readonly run: Run<W>; readonly who: W }>();
  private readonly toRead: Run<W>[] = [];
  private reading = 0;
  private kept = 0;

  constructor(o: ReadAheadOptions) {
    this.o = o;
  }

  /** Lends `who` what it wants if it is here. */
  find(wanted: Stretch, pieceBytes: Bytes, who: W): Lent | undefined {
    const run = this.runs.get(keyOf(runOf(wanted, pieceBytes)));
    return run?.bytes && this.lend(run, run.bytes, { wanted, who });
  }

  /** Puts `who` in line for it. */
  wait(wanted: Stretch, pieceBytes: Bytes, who: W): void {
    const stretch = runOf(wanted, pieceBytes);
    const key = keyOf(stretch);
    let run = this.runs.get(key);
    if (!run) {
      run = { key, stretch, bytes: undefined, waiting: [], lent: 0, fresh: true };
      this.runs.set(key, run);
      this.toRead.push(run);
    }
    run.waiting.push({ wanted, who });
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
    const { waiting } = run;
    run.waiting = [];
    if (bytes && this.makeRoom()) {
      run.bytes = bytes;
      this.kept++;
      if (waiting.length === 0) this.rest(run);
      return waiting.map(({ who, wanted }) => ({ who, wanted, lent: this.lend(run, bytes, { wanted, who }) }));
    }
    this.runs.delete(run.key);
    if (!bytes) return waiting.map(({ who, wanted }) => ({ who, wanted, lent: undefined }));
    const copies = waiting.map(({ who, wanted }) =>
      ({ who, wanted, lent: new Lent(wanted, this.o.copy(within(bytes, stretch, wanted))) }));
    this.o.recycle(bytes);
    return copies;
  }

  /** Of no consequence for a copy, or where it was returned before. */
  returned(lent: Lent): void {
    const loan = this.loans.get(lent);
    if (!loan) return;
    this.loans.delete(lent);
    if (--loan.run.lent === 0) this.rest(loan.run);
  }

  /** Waits for nothing more, and has returned everything. Costs as much as is lent to all. */
  leave(who: W): void {
    for (const [lent, loan] of this.loans) if (loan.who === who) this.returned(lent);
    for (const run of this.runs.values()) run.waiting = run.waiting.filter((waiter) => waiter.who !== who);
  }

  /** Lets go of what has not been lent since the last time. */
  age(): void {
    for (const run of this.idle) {
      if (!run.fresh) this.forget(run);
      run.fresh = false;
    }
  }

  private lend(run: Run<W>, bytes: Uint8Array, { wanted, who }: { readonly wanted: Stretch; readonly who: W }): Lent {
    const lent = new Lent(wanted, within(bytes, run.stretch, wanted));
    this.loans.set(lent, { run, who });
    if (run.lent++ === 0) this.idle.delete(run);
    return lent;
  }

  private rest(run: Run<W>): void {
    run.fresh = true;
    this.idle.add(run);
    if (this.idle.size > this.o.idle) this.forgetFirst();
  }

  /** For one more run: false where all are lent. */
  private makeRoom(): boolean {
    if (this.kept >= this.o.keep) this.forgetFirst();
    return this.kept < this.o.keep;
  }

  private forgetFirst(): void {
    for (const run of this.idle) return this.forget(run);
  }

  /** One that is idle. */
  private forget(run: Run<W>): void {
    this.idle.delete(run);
    this.runs.delete(run.key);
    this.kept--;
    this.o.recycle(run.bytes!);
  }
}

/** The part of the bytes of a stretch that is another one. */
function within(bytes: Uint8Array, stretch: Stretch, part: Stretch): Uint8Array {
  const from = part.begin - stretch.begin;
  return bytes.subarray(from, from + part.length);
}

/**
 * Blocks as they are best asked for here, in the same order: those of usual length that follow each other in a run are one row, for which
 * one reading and one lending do. All others are rows of their own.
 */
export function inRows<B extends Stretch>(blocks: readonly B[]): B[][] {
  const rows: B[][] = [];
  for (const [i, block] of blocks.entries()) {
    if (i > 0 && follows(block, blocks[i - 1]!)) rows.at(-1)!.push(block);
    else rows.push([block]);
  }
  return rows;
}

function follows(block: Stretch, before: Stretch): boolean {
  const inRun = block.begin % RUN_BYTES;
  return block.piece === before.piece && block.begin === before.begin + BLOCK_BYTES && inRun >= BLOCK_BYTES && inRun + BLOCK_BYTES <= RUN_BYTES
    && block.length === BLOCK_BYTES && before.length === BLOCK_BYTES;
}

/** The run that all of it lies in; what crosses the border of two, which is legal but nobody's habit, is a run of its own. */
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
