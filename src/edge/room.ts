/** Room on disk for a file that is still to come, as of `--preallocate`: zeros, by which it is also told from what somebody has put there. */
import { createReadStream } from 'node:fs';
import { open, stat, unlink } from 'node:fs/promises';
import { KIB, type Bytes } from '../base/units.js';
import type { Allocation, Trouble } from '../ports/disk.js';
import { FLAGS } from './open-files.js';
import { codeOf } from './words.js';

const ZEROS = new Uint8Array(256 * KIB);

export interface Room {
  readonly length: Bytes;
  readonly how: Allocation;
  /** Whether its folder is another than before: also looked at once the file is open, as a drive may have gone meanwhile. */
  readonly misplaced: () => Promise<Trouble | undefined>;
}

/** Makes the file as long as it should be, where it is shorter. `full`: by zeros that are written, since Node cannot ask for blocks. */
export async function reserve(path: string, { length, how, misplaced }: Room): Promise<Trouble | undefined> {
  const moved = await misplaced();
  if (moved) return moved;
  const file = await open(path, FLAGS.make);
  try {
    const movedSince = await misplaced();
    if (movedSince) {
      await removeEmpty(path);
      return movedSince;
    }
    const { size } = await file.stat();
    if (size >= length) return undefined;
    if (how === 'sparse') await file.truncate(length);
    else for (let at = size; at < length;) at += (await file.write(ZEROS, 0, Math.min(ZEROS.length, length - at), at)).bytesWritten;
    return undefined;
  } finally {
    await file.close();
  }
}

/** Takes back a file that was made where it should not be. One that something has been written to stays, as does one that cannot go. */
export async function removeEmpty(path: string): Promise<void> {
  try {
    if ((await stat(path)).size === 0) await unlink(path);
  } catch {
    // Nobody misses it.
  }
}

/** Anything but zeros; also where that cannot be found out. */
export async function hasContent(path: string): Promise<boolean> {
  try {
    for await (const part of createReadStream(path, { highWaterMark: ZEROS.length })) {
      const bytes = part as Buffer;
      if (!bytes.equals(ZEROS.subarray(0, bytes.length))) return true;
    }
    return false;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
