/** What Files is given and keeps. Its parts (files-pieces, files-check and others) share this state; no other process sees it. */
import type { InfoHash } from '../base/brand.js';
import type { FilePriority, FileWishes } from '../base/file-priority.js';
import { SECOND, type Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import type { Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { Bitfield } from '../model/bitfield.js';
import type { Layout } from '../model/layout.js';
import { ReadAhead, type Lent, type Stretch } from '../model/read-ahead.js';
import type { Allocation, CheckOutcome, Disk, KeepOutcome, ReadOutcome, Storage, StoredFile, StoreOutcome, Trouble } from '../ports/disk.js';
import type { ApiMsg } from './api.js';
import type { Facts } from './files-foreign.js';
import type { Erasure } from './files-leaving.js';
import type { Assembly, BlockRun } from './files-pieces.js';
import type { MadeRoom, Recalled, Remembered } from './files-recovery.js';
import type { Ailment } from './files-trouble.js';
import type { PieceMgrMsg, Unfinished } from './piece-mgr.js';
import type { ReceivedBlock } from './peer/receiver.js';
import type { SenderMsg } from './peer/sender.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type FilesMsg =
  /** Asked for, of the right lengths; their `data` is only valid now. */
  | { readonly type: 'blocks'; readonly blocks: readonly ReceivedBlock[] }
  /** All blocks are in: hash, and store if it is right. */
  | { readonly type: 'check'; readonly piece: number }
  /** Given up: what was received of it is of no use. */
  | { readonly type: 'discard'; readonly piece: number }
  /** PieceMgr starts, or starts again, and wants to know what is there. */
  | { readonly type: 'recover' }
  /** These files, by index, are wanted so from now on: people are told of them, a place is made, then `wanted` to PieceMgr. */
  | { readonly type: 'prioritize'; readonly files: readonly number[]; readonly priority: FilePriority }
  /** The user wants to see all files. */
  | { readonly type: 'listFiles' }
  /** Somebody looks at those that match `find`, from the one with this number among them on. */
  | { readonly type: 'look'; readonly find: string; readonly from: number; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  /** For a peer, as `data` or `unreadable` to `replyTo`. */
  | { readonly type: 'read'; readonly stretches: readonly Stretch[]; readonly replyTo: Reader }
  /** Nobody looks at these any more. */
  | { readonly type: 'returned'; readonly lent: readonly Lent[] }
  /** It is gone, with all it has been lent and will be. */
  | { readonly type: 'readerLeft'; readonly reader: Reader }
  /** The user says that the trouble is mended, and takes the loss of what has vanished. */
  | { readonly type: 'retry' }
  /** Finishes what is under way, saves the record, or deletes it and the files but those to `spare`, then `closed` to TorrentMgr. */
  | { readonly type: 'stop'; readonly withData: boolean; readonly spare?: readonly number[] }
  | Tick
  // From the disk:
  /** What the resume record says. */
  | { readonly type: 'recalled'; readonly recalled: Recalled }
  /** A piece of a full check is hashed. */
  | { readonly type: 'pieceChecked'; readonly piece: number; readonly outcome: CheckOutcome }
  /** What of others is where our files go, if anything is. */
  | ({ readonly type: 'examined' } & MadeRoom)
  /** Pieces that were begun are in memory again. */
  | { readonly type: 'takenUp'; readonly pieces: ReadonlyMap<number, Assembly> }
  /** A piece is hashed and written, or not. */
  | { readonly type: 'stored'; readonly piece: number; readonly outcome: StoreOutcome }
  /** Blocks of an unfinished piece are written, or not. */
  | { readonly type: 'kept'; readonly run: BlockRun; readonly outcome: KeepOutcome }
  /** A stretch was read for peers. */
  | { readonly type: 'readBack'; readonly stretch: Stretch; readonly outcome: ReadOutcome }
  /** The resume record is saved, or not. */
  | { readonly type: 'remembered'; readonly remembered: Remembered }
  /** The record and the files are deleted, as far as they could be. */
  | { readonly type: 'erased'; readonly erased: Erasure }
  /** Folders and empty files are there, or not. */
  | { readonly type: 'made'; readonly trouble: Trouble | undefined }
  /** All is there again that we have, or not. */
  | ({ readonly type: 'looked'; readonly insisted: boolean } & MadeRoom);
export type Reader = Mailbox<SenderMsg, 'Sender'>;

export const declaration = declare({
  name: 'Files',
  scope: 'torrent',
  doc: 'assembles, stores, reads; keeps the resume record',
  tells: {
    PieceMgr: ['recovered', 'wanted', 'checked'], Sender: ['data', 'unreadable'], Status: ['note'],
    TorrentMgr: ['trouble', 'mended', 'closed'], Api: ['filesSeen'], Timer: ['register'],
  },
});
export type Me = Self<typeof declaration, FilesMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface FilesInput {
  readonly torrent: InfoHash;
  readonly layout: Layout;
  readonly files: readonly StoredFile[];
  /** 20 bytes a piece. */
  readonly hashes: Uint8Array;
  readonly folder: string;
  /** The options of this start: how much files are wanted. */
  readonly said: FileWishes;
  readonly check: 'record' | 'full';
  /** Also files of another origin. */
  readonly overwrite: boolean;
  /** Room is made at the start for the files that are wanted. */
  readonly allocate?: Allocation;
  /** How often the record is saved while anything is new: what a crash costs at most. */
  readonly saveEvery: Millis;
  readonly disk: Disk;
  readonly pieceMgr: Mailbox<PieceMgrMsg, 'PieceMgr'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** What a crash must not undo. */
export interface Lasting {
  /** What was said of files while it runs. */
  changed: FileWishes;
}
export interface FilesState extends FilesInput {
  readonly storage: Storage;
  readonly lasting: Lasting;
  /** What was said of files while earlier runs went on, by the record. */
  earlier: FileWishes;
  /** How much each file is wanted, as it follows from that; and whether anything is written to it. */
  priorities: readonly FilePriority[];
  touched: readonly boolean[];
  /** The files that were last looked for. */
  found: { readonly find: string; readonly files: readonly number[] } | undefined;
  have: Bitfield;
  readonly assemblies: Map<number, Assembly>;
  readonly readAhead: ReadAhead<Reader>;
  /** Pieces of which a copy was wrong: the blocks of the right one tell whose fault it was. */
  readonly failed: Set<number>;
  /** What the record says of pieces that were begun; until they are in memory again. */
  begun: readonly Unfinished[];
  /** There is a record: from now on blocks of pieces that are not whole may be written. */
  recorded: boolean;
  /** What others had put here before we came. */
  others: Facts;
  /** Those that are not written over without asking. */
  strangers: readonly number[];
  /** Files for which room was made: they are missed when they are gone, while they are wanted. */
  readonly room: Set<number>;
  /** Pieces that the check still has to look at. */
  unchecked: number;
  notedAt: number;
  known: boolean;
  /** The record is being read. */
  recalling: boolean;
  /** What is here is known from the record alone. */
  resumed: boolean;
  /** PieceMgr waits to hear what is here. */
  asked: boolean;
  /** Something has come since the record was written. */
  dirty: boolean;
  /** The record is being saved: first the blocks of unfinished pieces. */
  saving: boolean;
  /** Writes of such blocks that are under way, and why the first did not go well. */
  keeping: number;
  unkept: Trouble | undefined;
  /** What is wrong with the disk. */
  ailment: Ailment | undefined;
  /** Told to stop: the data stay, or go once the disk is done with what was under way. */
  closing: 'no' | 'stays' | 'goes' | 'is going';
  /** Files that stay then, too: other torrents have them. */
  spare: ReadonlySet<number>;
}

/** For a client that is not told otherwise. */
export const SAVE_EVERY = 30 * SECOND;

/** 32 MiB: peers are few that are served at once, and each is in a run or two. */
const RUNS_KEPT = 64;
/** 2 MiB, what a core's cache holds: with 32 MiB idle, an upload of 1 GiB to one peer takes 1.28 s of processor time, not 1.10. */
const RUNS_IDLE = 4;
/** Twice the threads that read, so that none waits for us. */
export const READS_AT_ONCE = 8;

export function initialState(input: FilesInput, lasting: Lasting): FilesState {
  const storage = input.disk.open(input.folder, input.files);
  const readAhead = new ReadAhead<Reader>({
    keep: RUNS_KEPT, idle: RUNS_IDLE, atOnce: READS_AT_ONCE, recycle: (bytes) => storage.recycle(bytes), copy: (view) => storage.copy(view),
  });
  return {
    storage, lasting, earlier: [], priorities: [], touched: [], found: undefined, have: new Bitfield(input.layout.pieceCount),
    assemblies: new Map(), failed: new Set(), readAhead, begun: [], recorded: false, others: [], strangers: [], room: new Set(), unchecked: 0,
    notedAt: -Infinity, known: false, recalling: false, resumed: false, asked: false, dirty: false, saving: false, keeping: 0,
    unkept: undefined, ailment: undefined,
    closing: 'no', spare: new Set(),
    ...input,
  };
}
