/** The disk of this machine. All torrents opened on it share its descriptors, hash workers and buffers. */
import { availableParallelism } from 'node:os';
import { KIB, MIB, type Bytes } from '../base/units.js';
import type { Disk } from '../ports/disk.js';
import { HashPool } from './hash-pool.js';
import { InlineRunner } from './inline-runner.js';
import { OpenFiles } from './open-files.js';
import { PieceBuffers } from './piece-buffers.js';
import { ReadBuffers } from './read-buffers.js';
import { readRecord, removeRecord, writeRecord } from './record.js';
import { FolderStorage, type Shared } from './storage.js';

const OPEN_FILES = 128;
/** Idle piece buffers kept for the next pieces: 16 of the largest usual length, 4 MiB. */
const IDLE_BUFFERS: Bytes = 64 * MIB;

/** The longest read that is usual, and the memory of idle ones. */
const READ_BYTES: Bytes = 512 * KIB;
const IDLE_READS: Bytes = 8 * MIB;

/** Hash workers: one core is left for all else. */
export const USUAL_PROCS = Math.max(1, availableParallelism() - 1);

export interface DiskOptions {
  /** Hash workers; 0 hashes on the main thread. */
  readonly procs: number;
  readonly openFiles?: number;
}

export interface NodeDisk extends Disk {
  /** Ends the threads that have nothing to do: all, once every storage is closed. They keep no process alive, but memory. */
  close(): void;
}

export function nodeDisk({ procs, openFiles = OPEN_FILES }: DiskOptions): NodeDisk {
  const pool = procs === 0 ? undefined : new HashPool({ procs });
  const shared: Shared = {
    files: new OpenFiles(openFiles),
    runner: pool ?? new InlineRunner(),
    buffers: new PieceBuffers(IDLE_BUFFERS),
    reads: new ReadBuffers({ size: READ_BYTES, keep: IDLE_READS }),
  };
  return {
    parallel: Math.max(1, procs),
    open: (folder, files) => new FolderStorage({ folder, files }, shared),
    readRecord,
    writeRecord,
    removeRecord,
    close: () => pool?.close(),
  };
}
