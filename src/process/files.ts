/**
 * Files: the torrent's bytes, in memory while a piece is being put together and on disk after that.
 * Hears:  Controller (blocks), Sender (read, returned, readerLeft), PieceMgr (recover, check, discard), TorrentMgr (retry, stop), Timer (tick), the disk.
 * Tells:  PieceMgr (recovered, checked), Sender (data, unreadable), Status (note), TorrentMgr (trouble, closed), Timer (register).
 * Owns:   buffers of unfinished pieces, the read-ahead cache, the resume record. A block is copied once, into its piece's buffer; a whole
 *         piece is hashed and written off the main thread in one job. The memory is bounded by PieceMgr, which starts no piece beyond it.
 */
import { SECOND } from '../base/units.js';
import { defineProcess } from '../kernel/process.js';
import type { Lent, Stretch } from '../model/read-ahead.js';
import type { CheckOutcome, ReadOutcome, Trouble } from '../ports/disk.js';
import type { BlockRange } from '../protocol/wire.js';
import { assemble, discard, inMemory, isEmpty, isStoring, keepBlocks, kept, store, stored, type Assembly } from './files-pieces.js';
import { check, readBlocks, recall, remember, type Recalled } from './files-recovery.js';
import { declaration, initialState, trouble, type FilesInput, type FilesMsg, type FilesState, type Me, type Reader } from './files-state.js';

/** How long what was read is kept when nobody asks for it. */
const AGE_EVERY = 60 * SECOND;
const AGE = 'age';
const SAVE = 'save';
/** Progress of a check is worth telling this often. */
const NOTE_EVERY = SECOND / 5;

// CORE -------------------------------------------------------------------------------
function init(input: FilesInput, self: Me): FilesState {
  const s = initialState(input);
  void recall(s, self.random).then((recalled) => self.post({ type: 'recalled', recalled }));
  rearm(s, self);
  return s;
}

function rearm(s: FilesState, self: Me): void {
  alarm(s, AGE, self);
  alarm(s, SAVE, self);
}

function alarm({ timer, saveEvery }: FilesState, tag: string, self: Me): void {
  self.tell(timer, { type: 'register', replyTo: self.mailbox, after: tag === SAVE ? saveEvery : AGE_EVERY, tag });
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
      return save(s, self);
    case 'tick':
      if (m.tag === AGE) s.readAhead.age();
      else save(s, self);
      return alarm(s, m.tag, self);
    case 'recalled': return recalled(s, m.recalled, self);
    case 'pieceChecked': return pieceChecked(s, m.piece, m.outcome, self);
    case 'takenUp': return takenUp(s, m.pieces, self);
    case 'stored':
      if (!stored(s, m.piece, m.outcome, self)) return;
      if (s.asked) tellRecovered(s, self);
      if (s.closing) save(s, self);
      return;
    case 'kept':
      kept(s, m.run, m.outcome, self);
      if (s.keeping === 0) writeRecord(s, self);
      return;
    case 'readBack': return readBack(s, m.stretch, m.outcome, self);
    case 'remembered': return remembered(s, m.trouble, self);
    case 'prepared': return prepared(s, m.trouble, self);
  }
}

/** The folders are there again, and no descriptor leads to a file that was replaced. */
function prepared(s: FilesState, found: Trouble | undefined, self: Me): void {
  if (found) return trouble(s, found, self);
  for (const [piece, a] of s.assemblies) if (a.stuck) store(s, piece, self);
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

function recalled(s: FilesState, { good, doubtful, begun, trouble: found }: Recalled, self: Me): void {
  for (const piece of good) s.have.set(piece);
  s.begun = begun;
  s.unchecked = doubtful.length;
  s.resumed = doubtful.length === 0 && good.length > 0;
  if (found) trouble(s, found, self);
  if (doubtful.length === 0) return takeUpBegun(s, self);
  note(s, self);
  void check(s, doubtful, (piece, outcome) => self.post({ type: 'pieceChecked', piece, outcome }));
}

function pieceChecked(s: FilesState, piece: number, outcome: CheckOutcome, self: Me): void {
  s.unchecked--;
  if (outcome.type === 'match') s.have.set(piece);
  else if (outcome.type === 'trouble') trouble(s, outcome.trouble, self);
  if (s.unchecked === 0) takeUpBegun(s, self);
  else if (self.now() - s.notedAt >= NOTE_EVERY) note(s, self);
}

function note(s: FilesState, self: Me): void {
  s.notedAt = self.now();
  const { pieceCount: pieces } = s.layout;
  self.tell(s.status, { type: 'note', note: { event: 'checking', checked: pieces - s.unchecked, pieces, good: s.have.count } });
}

function takeUpBegun(s: FilesState, self: Me): void {
  const begun = s.begun.filter(({ piece }) => !s.have.has(piece));
  s.begun = [];
  if (begun.length === 0) return known(s, self);
  void readBlocks(s, begun).then((pieces) => self.post({ type: 'takenUp', pieces }));
}

function takenUp(s: FilesState, pieces: ReadonlyMap<number, Assembly>, self: Me): void {
  for (const [piece, a] of pieces) {
    s.assemblies.set(piece, a);
    if (isEmpty(a)) discard(s, piece);
  }
  known(s, self);
}

function known(s: FilesState, self: Me): void {
  s.known = true;
  s.dirty = !s.resumed && s.have.count > 0;
  const { pieceCount: pieces } = s.layout;
  self.tell(s.status, { type: 'note', note: { event: 'checked', good: s.have.count, pieces, resumed: s.resumed } });
  tellRecovered(s, self);
}

/** Once it is certain: a PieceMgr that starts again must not hear of a piece that is being stored later. */
function tellRecovered(s: FilesState, self: Me): void {
  if (!s.known || !s.asked || isStoring(s)) return;
  s.asked = false;
  self.tell(s.pieceMgr, { type: 'recovered', have: s.have.clone(), unfinished: inMemory(s) });
}

/** First the blocks of unfinished pieces, then the record. */
function save(s: FilesState, self: Me): void {
  if (s.saving || (s.closing && isStoring(s))) return;
  s.saving = true;
  if (!s.dirty || !s.known) return remembered(s, undefined, self);
  s.dirty = false;
  keepBlocks(s, self);
  if (s.keeping === 0) writeRecord(s, self);
}

function writeRecord(s: FilesState, self: Me): void {
  void remember(s).then((found) => self.post({ type: 'remembered', trouble: found ?? s.unkept }));
}

function remembered(s: FilesState, found: Trouble | undefined, self: Me): void {
  s.saving = false;
  s.unkept = undefined;
  if (found) {
    // Tried again with the next.
    s.dirty = true;
    self.tell(s.status, { type: 'note', note: { event: 'warning', reason: `resume record not saved: ${found.file}: ${found.detail}` } });
  }
  if (!s.closing || isStoring(s)) return;
  // Something came while the record was being written: once more.
  if (s.dirty && s.known && !found) return save(s, self);
  self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
}

const letGo = (s: FilesState): void => void s.storage.close();

// ACTOR ------------------------------------------------------------------------------
export const files = defineProcess({ declaration, init, step, end: letGo, reminds: { Timer: rearm } });
