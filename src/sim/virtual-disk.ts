/**
 * VirtualDisk: files that have a length and no bytes. A good block is all zero, a corrupt one all ones, and both are
 * views of one constant buffer: no content is made, moved or hashed. A piece is right where no block of it is corrupt,
 * so that everything from the wire to the verdict of a hash check is the real way of a block.
 *
 * What a peer has at its start is told by its resume record, as after a restart of the real client.
 */
import type { Bytes, Millis } from '../base/units.js';
import { BLOCK_BYTES, MIB } from '../base/units.js';
import type { CheckOutcome, Disk, FileFacts, ReadOutcome, Storage, StoredFile, StoreOutcome } from '../ports/disk.js';
import type { VirtualClock } from './virtual-clock.js';

/** A job of a fast disk and its hash, whatever its length. */
const JOB_MS: Millis = 2;
const GOOD = 0;
const CORRUPT = 0xff;
/** The longest run that a client reads at once is well below it. */
const LONGEST_READ: Bytes = MIB;

/** Of a whole simulation: its constant content, and piece buffers to use again, of whichever client. */
export class VirtualContent {
  readonly clock: VirtualClock;
  readonly good = new Uint8Array(LONGEST_READ).fill(GOOD);
  readonly corrupt = new Uint8Array(LONGEST_READ).fill(CORRUPT);
  readonly #idle = new Map<Bytes, Uint8Array[]>();

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  buffer(length: Bytes): Uint8Array {
    return this.#idle.get(length)?.pop() ?? new Uint8Array(length);
  }

  release(buffer: Uint8Array): void {
    const idle = this.#idle.get(buffer.length);
    if (idle) idle.push(buffer);
    else this.#idle.set(buffer.length, [buffer]);
  }
}

export interface DiskOptions {
  readonly content: VirtualContent;
  /** The resume record it starts with; absent: an empty folder. */
  readonly record?: Uint8Array;
  /** Everything it reads comes out wrong, though its record says that all is well. */
  readonly corrupt: boolean;
}

export function virtualDisk({ content, record, corrupt }: DiskOptions): Disk {
  const { clock } = content;
  let saved = record;
  return {
    parallel: 1,
    open: (_, files) => storageOf(files, { content, there: record !== undefined, corrupt }),
    readRecord: () => clock.later(0, () => saved),
    writeRecord: (_folder, _name, bytes) => clock.later(0, () => {
      saved = bytes;
      return undefined;
    }),
  };
}

interface StorageOptions {
  readonly content: VirtualContent;
  readonly there: boolean;
  readonly corrupt: boolean;
}

function storageOf(files: readonly StoredFile[], { content, there, corrupt }: StorageOptions): Storage {
  const { clock } = content;
  const source = corrupt ? content.corrupt : content.good;
  const facts = factsOf(files);
  let begun = there;
  return {
    buffer: (length) => content.buffer(length),
    release: (buffer) => content.release(buffer),
    put: (buffer, at, block) => void (buffer[at] = block[0]!),
    store({ bytes }, done) {
      begun = true;
      clock.after(JOB_MS, () => done(verdict(bytes)));
    },
    // Only for a piece that no record vouches for: it never was written.
    check: (_, done) => void clock.after(JOB_MS, () => {
      clock.unsettle();
      done({ type: 'absent' } satisfies CheckOutcome);
    }),
    read(spans, done) {
      const length = spans.reduce((n, span) => n + span.length, 0);
      if (length > LONGEST_READ) throw new Error(`a read of ${length} bytes; the virtual disk gives at most ${LONGEST_READ}`);
      clock.after(JOB_MS, () => done({ type: 'read', bytes: source.subarray(0, length) } satisfies ReadOutcome));
    },
    prepare: () => clock.later(0, () => undefined),
    facts: () => clock.later(0, () => (begun ? facts : files.map(() => undefined))),
    sync: () => clock.later(0, () => undefined),
    close: () => clock.later(0, () => undefined),
  };
}

/** One byte tells for each block, since all of them are alike. */
function verdict(piece: Uint8Array): StoreOutcome {
  for (let at = 0; at < piece.length; at += BLOCK_BYTES) if (piece[at] !== GOOD) return { type: 'mismatch' };
  return { type: 'stored' };
}

/** As a record of the virtual epoch says it. */
export const factsOf = (files: readonly { readonly length: Bytes }[]): FileFacts[] =>
  files.map(({ length }) => ({ length, modifiedAt: 0 }));

