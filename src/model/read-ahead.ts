/**
 * ReadAhead: which stretch of a piece to read when a peer asks for a block, and who waits for it. Peers ask for the blocks of a piece
 * one after the other, so a run of many blocks is read at once and kept for a while, the least recently used going first.
 * `W` is whoever waits. Bounded: `keep` runs of RUN_BYTES, besides those being read.
 */
import { KIB, type Bytes } from '../base/units.js';

export const RUN_BYTES: Bytes = 256 * KIB;

export interface Stretch {
  readonly piece: number;
  readonly begin: Bytes;
  readonly length: Bytes;
}
interface Run<W> {
  readonly stretch: Stretch;
  bytes: Uint8Array | undefined;
  waiting: W[];
}

export class ReadAhead<W> {
  private readonly runs = new Map<string, Run<W>>();
  private readonly keep: number;

  constructor(keep: number) {
    this.keep = keep;
  }

  /** The block's bytes if they are here. */
  find(block: Stretch, pieceBytes: Bytes): Uint8Array | undefined {
    const key = keyOf(runOf(block, pieceBytes));
    const run = this.runs.get(key);
    if (!run?.bytes) return undefined;
    this.runs.delete(key);
    this.runs.set(key, run);
    return within(run.bytes, run.stretch, block);
  }

  /** Puts `who` in line for the block. The stretch to read, unless it is being read already. */
  wait(block: Stretch, pieceBytes: Bytes, who: W): Stretch | undefined {
    const stretch = runOf(block, pieceBytes);
    const run = this.runs.get(keyOf(stretch));
    if (run) {
      run.waiting.push(who);
      return undefined;
    }
    this.runs.set(keyOf(stretch), { stretch, bytes: undefined, waiting: [who] });
    return stretch;
  }

  /** The stretch was read (or not: then it is forgotten). Those who waited, in order. */
  arrived(stretch: Stretch, bytes: Uint8Array | undefined): readonly W[] {
    const key = keyOf(stretch);
    const run = this.runs.get(key);
    if (!run) return [];
    const { waiting } = run;
    run.waiting = [];
    this.runs.delete(key);
    if (bytes) {
      run.bytes = bytes;
      this.runs.set(key, run);
      this.evict();
    }
    return waiting;
  }

  private evict(): void {
    for (const [key, run] of this.runs) {
      if (this.runs.size <= this.keep) return;
      if (run.bytes) this.runs.delete(key);
    }
  }
}

/** The block's part of the bytes of a stretch. */
export function within(bytes: Uint8Array, stretch: Stretch, block: Stretch): Uint8Array {
  const from = block.begin - stretch.begin;
  return bytes.subarray(from, from + block.length);
}

/** The run a block lies in; a block that crosses the border of two, which is legal but nobody's habit, is a run of its own. */
function runOf({ piece, begin, length }: Stretch, pieceBytes: Bytes): Stretch {
  const start = Math.floor(begin / RUN_BYTES) * RUN_BYTES;
  const run = Math.min(RUN_BYTES, pieceBytes - start);
  return begin + length <= start + run ? { piece, begin: start, length: run } : { piece, begin, length };
}

const keyOf = ({ piece, begin, length }: Stretch): string => `${piece}/${begin}+${length}`;
