/**
 * PieceJob: all that is done to one piece, in one go and synchronously, wherever it runs: in a hash worker, or on the
 * main thread with `--procs 0`. Store: SHA-1 of the bytes, compare, write. Keep: write what is no whole piece
 * yet. Check: SHA-1 of what is on disk, read in runs of 1 MiB.
 */
import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { concat, equalBytes } from '../base/bytes.js';
import { BLOCK_BYTES, KIB, MIB, type Bytes } from '../base/units.js';
import type { CheckOutcome, KeepOutcome, StoreOutcome, Trouble } from '../ports/disk.js';
import { FLAGS, type Access } from './open-files.js';
import { tooShort, troubleOf } from './trouble.js';
import { codeOf } from './words.js';

/** A part of the piece. */
export type Stretch = FileStretch | PaddingStretch;

/** Where it lies. `fd` undefined: the file is opened for this job alone. */
export interface FileStretch {
  readonly path: string;
  readonly fd: number | undefined;
  readonly access: Access;
  readonly offset: Bytes;
  readonly length: Bytes;
  /** The file was so long: where it is shorter now, somebody has cut it, and a write beyond would hide that. */
  readonly least: Bytes;
}

/** Zeros, which lie nowhere (BEP 47). */
export interface PaddingStretch {
  readonly path: undefined;
  readonly length: Bytes;
}

export interface StoreJob {
  readonly type: 'store';
  readonly bytes: Uint8Array;
  readonly expected: Uint8Array;
  readonly stretches: readonly Stretch[];
  /** Of a piece that is right, too. */
  readonly digests: boolean;
}

export interface KeepJob {
  readonly type: 'keep';
  readonly bytes: Uint8Array;
  readonly stretches: readonly Stretch[];
}

export interface CheckJob {
  readonly type: 'check';
  readonly expected: Uint8Array;
  readonly stretches: readonly Stretch[];
}

export type PieceJob = StoreJob | KeepJob | CheckJob;
export type PieceOutcome = StoreOutcome | KeepOutcome | CheckOutcome;
export type OutcomeOf<J extends PieceJob> = J extends StoreJob ? StoreOutcome : J extends KeepJob ? KeepOutcome : CheckOutcome;

/** Does jobs some time soon, and resolves whatever happens. */
export interface PieceRunner {
  run<J extends PieceJob>(job: J): Promise<OutcomeOf<J>>;
}

/** One a thread each, reused: a job runs to its end before the next. Allocated by the first check, and the first store. */
let run: Uint8Array | undefined;
let near: Buffer | undefined;
/** Well within a core's own cache. */
const NEAR_BYTES = 64 * KIB;
const ZEROS = new Uint8Array(NEAR_BYTES);

export function runPieceJob(job: PieceJob): PieceOutcome {
  switch (job.type) {
    case 'store': return store(job);
    case 'keep': {
      const trouble = write(job);
      return trouble ? { type: 'trouble', trouble } : { type: 'kept' };
    }
    case 'check': return check(job);
  }
}

function store({ bytes, expected, stretches, digests }: StoreJob): StoreOutcome {
  blankPadding(bytes, stretches);
  if (!equalBytes(sha1(bytes), expected)) return { type: 'mismatch', digests: digestsOf(bytes) };
  const trouble = write({ bytes, stretches });
  if (trouble) return { type: 'trouble', trouble };
  return { type: 'stored', ...(digests && { digests: digestsOf(bytes) }) };
}

/** What peers have sent as padding is not stored: the hash has to be right without it, as it is when the piece is read back. */
function blankPadding(bytes: Uint8Array, stretches: readonly Stretch[]): void {
  for (const { stretch, part } of partsOf(bytes, stretches)) if (stretch.path === undefined) part.fill(0);
}

function write({ bytes, stretches }: Pick<StoreJob, 'bytes' | 'stretches'>): Trouble | undefined {
  for (const { stretch, part } of partsOf(bytes, stretches)) {
    if (stretch.path === undefined) continue;
    try {
      const written = withFd(stretch, (fd) => {
        if (fstatSync(fd).size < stretch.least) return false;
        writeFully(fd, part, stretch.offset);
        return true;
      });
      if (!written) return tooShort(stretch.path);
    } catch (error) {
      return troubleOf(stretch.path, error);
    }
  }
  return undefined;
}

function* partsOf(bytes: Uint8Array, stretches: readonly Stretch[]): Generator<{ readonly stretch: Stretch; readonly part: Uint8Array }> {
  let at = 0;
  for (const stretch of stretches) {
    yield { stretch, part: bytes.subarray(at, at + stretch.length) };
    at += stretch.length;
  }
}

/**
 * SHA-1 of bytes that another thread wrote. They are first copied near, part by part: SHA-1 itself waits for each line that another
 * core's cache or the memory holds, 0.87 s a GiB; a copy asks for many lines at once, and both together take 0.61 s.
 */
function sha1(bytes: Uint8Array): Uint8Array {
  near ??= Buffer.allocUnsafeSlow(NEAR_BYTES);
  const sum = createHash('sha1');
  for (let at = 0; at < bytes.length; at += NEAR_BYTES) {
    const part = bytes.subarray(at, at + NEAR_BYTES);
    // Not by `set`, which is slow from shared memory: see piece-buffers.ts.
    near.fill(part, 0, part.length);
    sum.update(near.subarray(0, part.length));
  }
  return sum.digest();
}

/** SHA-1 of each block. */
function digestsOf(bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) blocks.push(hash('sha1', bytes.subarray(at, at + BLOCK_BYTES), 'buffer'));
  return concat(blocks);
}

function check({ expected, stretches }: CheckJob): CheckOutcome {
  const sum = createHash('sha1');
  const update = (bytes: Uint8Array): void => { sum.update(bytes); };
  for (const stretch of stretches) {
    if (stretch.path === undefined) {
      zeroRuns(stretch, update);
      continue;
    }
    try {
      const whole = withFd(stretch, (fd) => readRuns(fd, stretch, update));
      if (!whole) return { type: 'absent' };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { type: 'absent' };
      return { type: 'trouble', trouble: troubleOf(stretch.path, error) };
    }
  }
  return { type: equalBytes(sum.digest(), expected) ? 'match' : 'mismatch' };
}

function withFd<T>({ fd, path, access }: FileStretch, use: (fd: number) => T): T {
  if (fd !== undefined) return use(fd);
  const own = openSync(path, FLAGS[access], 0o666);
  try {
    return use(own);
  } finally {
    closeSync(own);
  }
}

/** The system may take less than it is given: at a signal, or before a disk is full. */
function writeFully(fd: number, bytes: Uint8Array, offset: Bytes): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
}

function zeroRuns({ length }: PaddingStretch, onRun: (bytes: Uint8Array) => void): void {
  for (let done = 0; done < length; done += ZEROS.length) onRun(ZEROS.subarray(0, length - done));
}

/** False where the file ends first. */
function readRuns(fd: number, { offset, length }: FileStretch, onRun: (bytes: Uint8Array) => void): boolean {
  run ??= new Uint8Array(MIB);
  for (let done = 0; done < length;) {
    const got = readSync(fd, run, 0, Math.min(run.length, length - done), offset + done);
    if (got === 0) return false;
    onRun(run.subarray(0, got));
    done += got;
  }
  return true;
}
