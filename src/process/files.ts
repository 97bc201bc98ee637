/**
 * Files: the torrent's bytes, in memory while a piece is being put together and on disk after that.
 * Hears:  Controller (blocks), Sender (read, returned, readerLeft), PieceMgr (recover, check, discard), TorrentMgr (retry, stop), Timer (tick), the disk.
 * Tells:  PieceMgr (recovered, checked), Sender (data, unreadable), Status (note), TorrentMgr (trouble, closed), Timer (register).
 * Owns:   buffers of unfinished pieces, the read-ahead cache, the resume record. A block is copied once, into its piece's buffer; a whole
 *         piece is hashed and written off the main thread in one job. The memory is bounded by PieceMgr, which starts no piece beyond it.
 */
import type { InfoHash } from '../base/brand.js';
import { BLOCK_BYTES, SECOND } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { Bitfield } from '../model/bitfield.js';
import type { Layout } from '../model/layout.js';
import { ReadAhead, type Lent, type Stretch } from '../model/read-ahead.js';
import type { CheckOutcome, Disk, ReadOutcome, Storage, StoredFile, StoreOutcome, Trouble } from '../ports/disk.js';
import type { BlockRange } from '../protocol/wire.js';
import { fullCheck, recall, remember, type Recalled } from './files-recovery.js';
import type { PieceMgrMsg } from './piece-mgr.js';
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
  /** Blocks for a peer, as `data` or `unreadable` to `replyTo`. */
  | { readonly type: 'read'; readonly blocks: readonly BlockRange[]; readonly replyTo: Reader }
  /** Nobody looks at these any more. */
  | { readonly type: 'returned'; readonly lent: readonly Lent[] }
  /** It is gone, with all it has been lent and will be. */
  | { readonly type: 'readerLeft'; readonly reader: Reader }
  /** The user says that the trouble is mended. */
  | { readonly type: 'retry' }
  /** Finishes what is under way, saves the record, then `closed` to TorrentMgr. */
  | { readonly type: 'stop' }
  | Tick
  // From the disk:
  /** What the resume record says. */
  | { readonly type: 'recalled'; readonly recalled: Recalled }
  /** A piece of a full check is hashed. */
  | { readonly type: 'pieceChecked'; readonly piece: number; readonly outcome: CheckOutcome }
  /** A piece is hashed and written, or not. */
  | { readonly type: 'stored'; readonly piece: number; readonly outcome: StoreOutcome }
  /** A stretch was read for peers. */
  | { readonly type: 'readBack'; readonly stretch: Stretch; readonly outcome: ReadOutcome }
  /** The resume record is saved, or not. */
  | { readonly type: 'remembered'; readonly trouble: Trouble | undefined }
  /** The folders and files are there, or not. */
  | { readonly type: 'prepared'; readonly trouble: Trouble | undefined };

const declaration = declare({
  name: 'Files',
  scope: 'torrent',
  doc: 'assembles, stores, reads; keeps the resume record',
  tells: {
    PieceMgr: ['recovered', 'checked'], Sender: ['data', 'unreadable'], Status: ['note'], TorrentMgr: ['trouble', 'closed'],
    Timer: ['register'],
  },
});
type Me = Self<typeof declaration, FilesMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface FilesInput {
  readonly torrent: InfoHash;
  readonly layout: Layout;
  readonly files: readonly StoredFile[];
  /** 20 bytes a piece. */
  readonly hashes: Uint8Array;
  readonly folder: string;
  readonly check: 'record' | 'full';
  readonly disk: Disk;
  readonly pieceMgr: Mailbox<PieceMgrMsg, 'PieceMgr'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** A piece that is being put together, or that waits for the disk. */
interface Assembly {
  readonly bytes: Uint8Array;
  readonly got: Uint8Array;
  /** Hash and write are under way. */
  storing: boolean;
  /** The disk refused it: kept until `retry`. */
  stuck: boolean;
}
type Reader = Mailbox<SenderMsg, 'Sender'>;
export interface FilesState extends FilesInput {
  readonly storage: Storage;
  readonly have: Bitfield;
  readonly assemblies: Map<number, Assembly>;
  readonly readAhead: ReadAhead<Reader>;
  /** Pieces of which a copy was wrong: the blocks of the right one tell whose fault it was. */
  readonly failed: Set<number>;
  /** Pieces that the check still has to look at. */
  unchecked: number;
  notedAt: number;
  known: boolean;
  /** PieceMgr waits to hear what is here. */
  asked: boolean;
  /** Something was stored since the record was written. */
  dirty: boolean;
  remembering: boolean;
  closing: boolean;
}

/** 32 MiB: peers are few that are served at once, and each is in a run or two. */
const RUNS_KEPT = 64;
/** Twice the threads that read, so that none waits for us. */
const READS_AT_ONCE = 8;
/** Also how long what was read is kept when nobody asks for it. */
const REMEMBER_EVERY = 60 * SECOND;
const REMEMBER = 'remember';
/** Progress of a check is worth telling this often. */
const NOTE_EVERY = SECOND / 5;

// CORE -------------------------------------------------------------------------------
function init(input: FilesInput, self: Me): FilesState {
  const storage = input.disk.open(input.folder, input.files);
  const readAhead = new ReadAhead<Reader>({
    keep: RUNS_KEPT, atOnce: READS_AT_ONCE, recycle: (bytes) => storage.recycle(bytes), copy: (view) => storage.copy(view),
  });
  const s: FilesState = {
    storage, have: new Bitfield(input.layout.pieceCount),
    assemblies: new Map(), failed: new Set(), readAhead, unchecked: 0, notedAt: -Infinity, known: false, asked: false,
    dirty: false, remembering: false, closing: false,
    ...input,
  };
  void recall(s).then((recalled) => self.post({ type: 'recalled', recalled }));
  rearm(s, self);
  return s;
}

function rearm({ timer }: FilesState, self: Me): void {
  self.tell(timer, { type: 'register', replyTo: self.mailbox, after: REMEMBER_EVERY, tag: REMEMBER });
}

function step(s: FilesState, m: FilesMsg, self: Me): void {
  switch (m.type) {
    case 'blocks':
      for (const block of m.blocks) assemble(s, block);
      return;
    case 'check': return store(s, m.piece, self);
    case 'discard': return discard(s, m.piece);
    case 'recover':
      s.asked = true;
      return tellRecovered(s, self);
    case 'read': return read(s, m.blocks, m.replyTo, self);
    case 'returned':
      for (const lent of m.lent) s.readAhead.returned(lent);
      return;
    case 'readerLeft': return s.readAhead.leave(m.reader);
    case 'retry':
      void s.storage.prepare().then((found) => self.post({ type: 'prepared', trouble: found }));
      return;
    case 'stop':
      s.closing = true;
      return rememberNow(s, self);
    case 'tick':
      s.readAhead.age();
      if (s.dirty) rememberNow(s, self);
      return rearm(s, self);
    case 'recalled': return recalled(s, m.recalled, self);
    case 'pieceChecked': return pieceChecked(s, m.piece, m.outcome, self);
    case 'stored': return stored(s, m.piece, m.outcome, self);
    case 'readBack': return readBack(s, m.stretch, m.outcome, self);
    case 'remembered': return remembered(s, m.trouble, self);
    case 'prepared': return prepared(s, m.trouble, self);
  }
}

// DOWN: FROM BLOCKS TO PIECES ON DISK

function assemble(s: FilesState, { piece, begin, data }: ReceivedBlock): void {
  if (s.have.has(piece)) return;
  let a = s.assemblies.get(piece);
  if (!a) {
    const { layout, storage } = s;
    a = { bytes: storage.buffer(layout.pieceBytes(piece)), got: new Uint8Array(layout.blocksIn(piece)), storing: false, stuck: false };
    s.assemblies.set(piece, a);
  }
  const block = begin / BLOCK_BYTES;
  // A second copy (endgame) must not touch what is being hashed.
  if (a.storing || a.got[block] === 1) return;
  a.got[block] = 1;
  s.storage.put(a.bytes, begin, data);
}

function store(s: FilesState, piece: number, self: Me): void {
  const a = s.assemblies.get(piece);
  if (!a) throw new Error(`check of piece ${piece}, of which there is no block`);
  a.storing = true;
  a.stuck = false;
  const expected = s.hashes.subarray(20 * piece, 20 * piece + 20);
  s.storage.store({ bytes: a.bytes, expected, spans: s.layout.pieceSpans(piece), digests: s.failed.has(piece) },
    (outcome) => self.post({ type: 'stored', piece, outcome }));
}

function stored(s: FilesState, piece: number, outcome: StoreOutcome, self: Me): void {
  const a = s.assemblies.get(piece);
  // A job from before a restart.
  if (!a?.storing) return;
  a.storing = false;
  if (outcome.type === 'trouble') {
    a.stuck = true;
    trouble(s, outcome.trouble, self);
  } else {
    discard(s, piece);
    const good = outcome.type === 'stored';
    if (!good) s.failed.add(piece);
    else {
      s.failed.delete(piece);
      s.have.set(piece);
      s.dirty = true;
    }
    const { digests } = outcome;
    if (!s.asked) self.tell(s.pieceMgr, { type: 'checked', piece, good, ...(digests && { digests }) });
  }
  if (s.asked) tellRecovered(s, self);
  if (s.closing) rememberNow(s, self);
}

const isStoring = (s: FilesState): boolean => [...s.assemblies.values()].some((a) => a.storing);

function discard(s: FilesState, piece: number): void {
  const a = s.assemblies.get(piece);
  if (!a || a.storing) return;
  s.assemblies.delete(piece);
  s.storage.release(a.bytes);
}

/** The folders are there again, and no descriptor leads to a file that was replaced. */
function prepared(s: FilesState, found: Trouble | undefined, self: Me): void {
  if (found) return trouble(s, found, self);
  for (const [piece, a] of s.assemblies) if (a.stuck) store(s, piece, self);
}

function trouble(s: FilesState, { file, detail }: Trouble, self: Me): void {
  self.tell(s.torrentMgr, { type: 'trouble', torrent: s.torrent, reason: `${file}: ${detail}` });
}

// UP: FROM DISK TO SENDERS

function read(s: FilesState, blocks: readonly BlockRange[], replyTo: Reader, self: Me): void {
  const here: Lent[] = [];
  for (const block of blocks) {
    const pieceBytes = s.layout.pieceBytes(block.piece);
    const lent = s.readAhead.find(block, pieceBytes, replyTo);
    if (lent) here.push(lent);
    else s.readAhead.wait(block, pieceBytes, replyTo);
  }
  if (here.length > 0) self.tell(replyTo, { type: 'data', lent: here });
  readOn(s, self);
}

function readOn(s: FilesState, self: Me): void {
  for (let stretch = s.readAhead.next(); stretch; stretch = s.readAhead.next()) {
    const spans = s.layout.spans(stretch.piece * s.layout.pieceLength + stretch.begin, stretch.length);
    const asked = stretch;
    s.storage.read(spans, (outcome) => self.post({ type: 'readBack', stretch: asked, outcome }));
  }
}

function readBack(s: FilesState, stretch: Stretch, outcome: ReadOutcome, self: Me): void {
  const here = new Map<Reader, Lent[]>();
  for (const { who, block, lent } of s.readAhead.arrived(stretch, outcome.type === 'read' ? outcome.bytes : undefined)) {
    const list = here.get(who);
    if (!lent) self.tell(who, { type: 'unreadable', block });
    else if (list) list.push(lent);
    else here.set(who, [lent]);
  }
  for (const [who, lent] of here) self.tell(who, { type: 'data', lent });
  if (outcome.type === 'trouble') trouble(s, outcome.trouble, self);
  readOn(s, self);
}

// WHAT IS THERE: AT THE START, AND IN THE RECORD FOR THE NEXT

function recalled(s: FilesState, { good, doubtful, trouble: found }: Recalled, self: Me): void {
  for (const piece of good) s.have.set(piece);
  s.unchecked = doubtful.length;
  if (found) trouble(s, found, self);
  if (doubtful.length === 0) return known(s, good.length > 0, self);
  note(s, self);
  fullCheck(s, doubtful, (piece, outcome) => self.post({ type: 'pieceChecked', piece, outcome }));
}

function pieceChecked(s: FilesState, piece: number, outcome: CheckOutcome, self: Me): void {
  s.unchecked--;
  if (outcome.type === 'match') s.have.set(piece);
  else if (outcome.type === 'trouble') trouble(s, outcome.trouble, self);
  if (s.unchecked === 0) known(s, false, self);
  else if (self.now() - s.notedAt >= NOTE_EVERY) note(s, self);
}

function note(s: FilesState, self: Me): void {
  s.notedAt = self.now();
  const { pieceCount: pieces } = s.layout;
  self.tell(s.status, { type: 'note', note: { event: 'checking', checked: pieces - s.unchecked, pieces, good: s.have.count } });
}

function known(s: FilesState, resumed: boolean, self: Me): void {
  s.known = true;
  s.dirty = !resumed && s.have.count > 0;
  const { pieceCount: pieces } = s.layout;
  self.tell(s.status, { type: 'note', note: { event: 'checked', good: s.have.count, pieces, resumed } });
  tellRecovered(s, self);
}

/** Once it is certain: a PieceMgr that starts again knows of no unfinished piece, and must not hear of one that is being stored later. */
function tellRecovered(s: FilesState, self: Me): void {
  if (!s.known || !s.asked || isStoring(s)) return;
  s.asked = false;
  for (const piece of [...s.assemblies.keys()]) discard(s, piece);
  self.tell(s.pieceMgr, { type: 'recovered', have: s.have.clone() });
}

function rememberNow(s: FilesState, self: Me): void {
  if (s.remembering || (s.closing && isStoring(s))) return;
  s.remembering = true;
  const dirty = s.dirty && s.known;
  s.dirty = false;
  void remember(s, dirty).then((found) => self.post({ type: 'remembered', trouble: found }));
}

function remembered(s: FilesState, found: Trouble | undefined, self: Me): void {
  s.remembering = false;
  if (found) {
    // Tried again in a minute.
    s.dirty = true;
    self.tell(s.status, { type: 'note', note: { event: 'warning', reason: `resume record not saved: ${found.file}: ${found.detail}` } });
  }
  if (!s.closing || isStoring(s)) return;
  // Something was stored while the record was being written: once more.
  if (s.dirty && !found) return rememberNow(s, self);
  self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
}

const letGo = (s: FilesState): void => void s.storage.close();

// ACTOR ------------------------------------------------------------------------------
export const files = defineProcess({ declaration, init, step, end: letGo, reminds: { Timer: rearm } });
