/** Where measured files go: in memory where there is room, so that no disk is measured; with as much again to spare for the programs. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { MIB, type Bytes } from '../../src/base/units.js';

const SHARED_MEMORY = '/dev/shm';

export function roomyFolder(bytes: Bytes): { readonly folder: string; readonly notes: readonly string[] } {
  const room = freeBytes(SHARED_MEMORY);
  if (room > 2 * bytes) return { folder: SHARED_MEMORY, notes: [] };
  return {
    folder: tmpdir(),
    notes: [`files were in ${tmpdir()}: ${SHARED_MEMORY} has ${Math.floor(room / MIB)} MiB, ${Math.ceil(2 * bytes / MIB)} are wanted`],
  };
}

function freeBytes(folder: string): Bytes {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0; // not on this system
  }
}
