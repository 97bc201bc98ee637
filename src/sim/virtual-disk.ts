/**
 * VirtualDisk: files that have a length and no bytes. A good block is all zero, a corrupt one all ones, and both are
 * views of one constant buffer: no content is made, moved or hashed. A piece is right where no block of it is corrupt,
 * so that everything from the wire to the verdict of a hash check is the real way of a block.
 *
 * What a peer has at its start is told by its resume record, as after a restart of the real client. The disk outlives the Files process,
 * and knows what was written, for one that starts again.
 */
import { concat } from '../base/bytes.js';
import type { Bytes, Millis } from '../base/units.js';
import { BLOCK_BYTES, MIB } from '../base/units.js';
import { Bitfield } from '../model/bitfield.js';
import { DIGEST_BYTES } from '../model/blame.js';
import type { CheckOutcome, Disk, FileFacts, ReadOutcome, Span, Storage, StoredFile, StoreOutcome } from '../ports/disk.js';
import type { Period } from './scenarios/scenario.js';
import type { VirtualClock } from './virtual-clock.js';

/** A job of a fast disk and its hash, whatever its length. */
const JOB_MS: Millis = 2;
const GOOD = 0;
const CORRUPT = 0xff;
/** The longest run that a client reads at once is well below it. */
const LONGEST_READ: Bytes = MIB;

/** The content of a whole simulation, at every client. */
const SOURCE = { good: new Uint8Array(LONGEST_READ).fill(GOOD), corrupt: new Uint8Array(LONGEST_READ).fill(CORRUPT) } as const;

export interface DiskOptions {
  readonly clock: VirtualClock;
  /** What it holds. */
  readonly torrent: { readonly pieceLength: Bytes; readonly pieceCount: number };
  /** What it starts with; absent: an empty folder. */
  readonly had?: Had;
  /** Everything it reads comes out wrong, though its record says that all is well. */
  readonly corrupt: boolean;
  /** What is asked for in this time is read after it. */
  readonly stalls?: Period | undefined;
}

/** Pieces, and a resume record that says so. */
export interface Had {
  readonly pieces: Bitfield;
  readonly record: Uint8Array;
}

export interface VirtualDisk extends Disk {
  /** The pieces on it. */
  readonly written: Bitfield;
}

export function virtualDisk({ clock, torrent: { pieceLength, pieceCount }, had, corrupt, stalls }: DiskOptions): VirtualDisk {
  const written = had?.pieces.clone() ?? new Bitfield(pieceCount);
  const contents: Contents = { pieceLength, written, begun: had !== undefined, modifiedAt: 0 };
  let saved = had?.record;
  return {
    written,
    parallel: 1,
    open: (_, files) => storageOf(files, { clock, contents, corrupt, stalls }),
    readRecord: () => clock.later(0, () => saved),
    writeRecord: (_folder, _name, bytes) => clock.later(0, () => {
      saved = bytes;
      return undefined;
    }),
    removeRecord: () => clock.later(0, () => { saved = undefined; }),
  };
}

interface Contents {
  readonly pieceLength: Bytes;
  readonly written: Bitfield;
  begun: boolean;
  modifiedAt: Millis;
}
interface StorageOptions {
  readonly clock: VirtualClock;
  readonly contents: Contents;
  readonly corrupt: boolean;
  readonly stalls: Period | undefined;
}

function storageOf(files: readonly StoredFile[], { clock, contents, corrupt, stalls }: StorageOptions): Storage {
  const source = corrupt ? SOURCE.corrupt : SOURCE.good;
  const pieceAt = ([span]: readonly Span[]): number => span!.offset / contents.pieceLength;
  return {
    // One byte stands for each block, since all of a block are alike.
    buffer: (length) => new Uint8Array(Math.ceil(length / BLOCK_BYTES)),
    release: () => undefined,
    put(buffer, at, block) {
      buffer[at / BLOCK_BYTES] = block[0]!;
    },
    store({ bytes, spans, digests }, done) {
      contents.begun = true;
      clock.after(JOB_MS, () => {
        const outcome = verdict(bytes, digests === true);
        if (outcome.type === 'stored') {
          contents.written.set(pieceAt(spans));
          contents.modifiedAt = clock.now();
        }
        done(outcome);
      });
    },
    // Read back it is good, whatever it was.
    keep: (_, done) => void clock.after(JOB_MS, () => done({ type: 'kept' })),
    check: ({ spans }, done) => void clock.after(JOB_MS, () => {
      clock.unsettle();
      done({ type: contents.written.has(pieceAt(spans)) ? 'match' : 'absent' } satisfies CheckOutcome);
    }),
    read(spans, done) {
      const length = spans.reduce((n, span) => n + span.length, 0);
      if (length > LONGEST_READ) throw new Error(`a read of ${length} bytes; the virtual disk gives at most ${LONGEST_READ}`);
      clock.after(stallOf(stalls, clock.now()) + JOB_MS, () => done({ type: 'read', bytes: source.subarray(0, length) } satisfies ReadOutcome));
    },
    recycle: () => undefined,
    // What is read is never overwritten.
    copy: (part) => part,
    letGo: () => undefined,
    prepare: () => clock.later(0, () => undefined),
    facts: () => clock.later(0, () => (contents.begun ? factsOf(files, contents.modifiedAt) : files.map(() => undefined))),
    allocate: () => clock.later(0, () => undefined),
    inTheWay: () => clock.later(0, () => undefined),
    sync: () => clock.later(0, () => undefined),
    close: () => clock.later(0, () => undefined),
    erase: (gone) => clock.later(0, () => {
      contents.begun = false;
      for (let piece = 0; piece < contents.written.length; piece++) contents.written.clear(piece);
      return { files: gone.length, bytes: gone.reduce((sum, file) => sum + files[file]!.length, 0) };
    }),
  };
}

const stallOf = (stalls: Period | undefined, now: Millis): Millis => (stalls && stalls.from <= now && now < stalls.to ? stalls.to - now : 0);

function verdict(piece: Uint8Array, wanted: boolean): StoreOutcome {
  const digests = (): Uint8Array => concat([...piece].map((block) => new Uint8Array(DIGEST_BYTES).fill(block)));
  if (!piece.every((block) => block === GOOD)) return { type: 'mismatch', digests: digests() };
  return { type: 'stored', ...(wanted && { digests: digests() }) };
}

/** As a record of the virtual epoch says it. */
export const factsOf = (files: readonly { readonly length: Bytes }[], modifiedAt: Millis = 0): FileFacts[] =>
  files.map(({ length }) => ({ length, modifiedAt }));

