/**
 * Disk: where a torrent's bytes live, real or virtual. Hashing is part of it, so that a piece crosses to a worker once: hashed,
 * compared and written there. Every job is answered exactly once, also after `close`.
 */
import type { Bytes, Millis } from '../base/units.js';

/** A stretch of one file: `file` is its index in the torrent. */
export interface Span {
  readonly file: number;
  readonly offset: Bytes;
  readonly length: Bytes;
}

export interface StoredFile {
  /** Below the folder, torrent name first; already checked for `..` and the like. */
  readonly path: readonly string[];
  readonly length: Bytes;
  /** Zeros that are on no disk (BEP 47): nothing is written, it reads as zeros, and by `facts` all of it is there. */
  readonly padding?: boolean;
}

/** Something people must mend: which file, and what is wrong with it. */
export interface Trouble {
  readonly file: string;
  readonly cause: 'full' | 'denied' | 'missing' | 'failed' | 'foreign';
  /** For people: `no space left on device`. */
  readonly detail: string;
}

export type StoreOutcome = { readonly type: 'stored'; readonly digests?: Uint8Array }
  | { readonly type: 'mismatch'; readonly digests: Uint8Array }
  | { readonly type: 'trouble'; readonly trouble: Trouble };
export type KeepOutcome = { readonly type: 'kept' } | { readonly type: 'trouble'; readonly trouble: Trouble };
/** `absent`: a file is not there or too short, which is no trouble in a check. */
export type CheckOutcome = { readonly type: 'match' } | { readonly type: 'mismatch' } | { readonly type: 'absent' }
  | { readonly type: 'trouble'; readonly trouble: Trouble };
export type ReadOutcome = { readonly type: 'read'; readonly bytes: Uint8Array } | { readonly type: 'trouble'; readonly trouble: Trouble };

export interface FileFacts {
  readonly length: Bytes;
  readonly modifiedAt: Millis;
}

/** What has been deleted. */
export interface Erased {
  readonly files: number;
  readonly bytes: Bytes;
  /** The first file that could not be, or must not. */
  readonly trouble?: Trouble;
}

/** How room is made for files before their bytes come: their length only, or all their blocks. */
export type Allocation = 'sparse' | 'full';

export interface Storage {
  /** A buffer for one piece, shared with the workers. Give it back with `release`. */
  buffer(length: Bytes): Uint8Array;
  release(buffer: Uint8Array): void;
  /** Copies a block, which is not empty, to its place in such a buffer. */
  put(buffer: Uint8Array, at: Bytes, block: Uint8Array): void;
  /**
   * Hashes `bytes`, in which padding becomes zeros, and where the SHA-1 is `expected`, writes them to `spans`. A file is made where none
   * has been seen since `letGo`; one that was seen, and has vanished, is missing. `digests`, of each block 20 bytes, equal where blocks
   * are, come with a mismatch, and with what was stored where they are asked for.
   */
  store(job: { readonly bytes: Uint8Array; readonly expected: Uint8Array; readonly spans: readonly Span[]; readonly digests?: boolean },
    done: (outcome: StoreOutcome) => void): void;
  /** Writes part of a piece that is not whole yet as it is: nothing vouches for it. `bytes` must not change until then. */
  keep(job: { readonly bytes: Uint8Array; readonly spans: readonly Span[] }, done: (outcome: KeepOutcome) => void): void;
  /** Hashes what is on disk at `spans`. */
  check(job: { readonly expected: Uint8Array; readonly spans: readonly Span[] }, done: (outcome: CheckOutcome) => void): void;
  /** Reads `spans`, one after the other, into a buffer of its own: give it back with `recycle`, or leave it to be collected. */
  read(spans: readonly Span[], done: (outcome: ReadOutcome) => void): void;
  /** What `read` gave is not looked at any more: a later read may overwrite it. */
  recycle(bytes: Uint8Array): void;
  /** Of part of what `read` gave: to be looked at after that is recycled. */
  copy(part: Uint8Array): Uint8Array;
  /** Closes files that are open: what was replaced, deleted or mounted meanwhile is then seen as it is now, and what is not there is made. */
  letGo(): void;
  /** Of these files, by index, or of all: makes the empty ones, and folders for each. Existing files are left as they are. */
  prepare(files?: readonly boolean[]): Promise<Trouble | undefined>;
  /** What is there now; undefined for a file that is not: that one is not read or written any more through a descriptor that is open. */
  facts(): Promise<readonly (FileFacts | undefined)[]>;
  /** Makes these files as long as they should be; none shorter. */
  allocate(files: readonly number[], how: Allocation): Promise<Trouble | undefined>;
  /** The first of these files that holds anything but zeros. */
  inTheWay(files: readonly number[]): Promise<Trouble | undefined>;
  /** Waits for what runs, then forces written data to the device. */
  sync(): Promise<Trouble | undefined>;
  close(): Promise<void>;
  /** Closes, then deletes these files that are there, by index, and the folders that are empty after that; others are not looked at. */
  erase(files: readonly number[]): Promise<Erased>;
}

export interface Disk {
  /** Hash jobs worth running at once: `--procs`, at least 1. */
  readonly parallel: number;
  open(folder: string, files: readonly StoredFile[]): Storage;
  /** Small files of our own, such as the resume record. Writing is atomic: the old or the new, never half. */
  readRecord(folder: string, name: string): Promise<Uint8Array | undefined>;
  writeRecord(folder: string, name: string, bytes: Uint8Array): Promise<Trouble | undefined>;
  /** Also where there is none. */
  removeRecord(folder: string, name: string): Promise<void>;
}
