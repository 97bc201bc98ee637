/**
 * Files: the torrent's bytes, in memory while a piece is being put together and on disk after that.
 * Hears:  Controller (blocks), Sender (read, returned, readerLeft), PieceMgr (recover, check, discard),
 *         TorrentMgr (prioritize, listFiles, look, retry, stop), Timer (tick), the disk.
 * Tells:  PieceMgr (recovered, wanted, checked), Sender (data, unreadable), Status (note), TorrentMgr (trouble, mended, closed),
 *         Api (filesSeen), Timer (register).
 * Owns:   buffers of unfinished pieces, the read-ahead cache, the resume record, and which files are wanted. A block is copied once, into
 *         its piece's buffer; a whole piece is hashed and written off the main thread in one job. The memory is bounded by PieceMgr,
 *         which starts no piece beyond it.
 * Parts:  files-state, files-choice (which are wanted), files-pieces (down to the disk), files-check, files-recovery and files-foreign (what
 *         is there), files-record (when it is saved), files-trouble and files-mending, files-leaving.
 */
import { SECOND } from '../base/units.js';
import { defineProcess } from '../kernel/process.js';
import type { Lent, Stretch } from '../model/read-ahead.js';
import type { ReadOutcome, Span } from '../ports/disk.js';
import { begin, examined, pieceChecked, recalled, takenUp, tellRecovered } from './files-check.js';
import { choose, look, made, prioritize, tellFiles } from './files-choice.js';
import { erased } from './files-leaving.js';
import { caughtUp, looked, mend } from './files-mending.js';
import { assemble, discard, kept, store, stored } from './files-pieces.js';
import { remembered, save, writeRecord } from './files-record.js';
import {
  declaration, initialState, type FilesInput, type FilesMsg, type FilesState, type Lasting, type Me, type Reader,
} from './files-state.js';
import { lookAgain, MEND, trouble } from './files-trouble.js';

/** How long what was read is kept when nobody asks for it. */
const AGE_EVERY = 60 * SECOND;
const AGE = 'age';
const SAVE = 'save';

// CORE -------------------------------------------------------------------------------
function init(input: FilesInput, self: Me): FilesState {
  const lasting = self.kept as Lasting | undefined ?? { changed: [] };
  self.keep(lasting);
  const s = initialState(input, lasting);
  choose(s);
  begin(s, self);
  rearm(s, self);
  return s;
}

function rearm(s: FilesState, self: Me): void {
  alarm(s, AGE, self);
  alarm(s, SAVE, self);
  if (s.ailment) lookAgain(s, self);
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
    case 'prioritize': return prioritize(s, m, self);
    case 'listFiles': return tellFiles(s, s.files.keys(), self);
    case 'look': return look(s, m, self);
    case 'made': return made(s, m.trouble, self);
    case 'read': return read(s, m.stretches, m.replyTo, self);
    case 'returned':
      for (const lent of m.lent) s.readAhead.returned(lent);
      return;
    case 'readerLeft': return s.readAhead.leave(m.reader);
    case 'retry': return mend(s, true, self);
    case 'stop':
      s.spare = new Set(m.spare);
      if (s.closing === 'no') s.closing = m.withData ? 'goes' : 'stays';
      return save(s, self);
    case 'tick': return tick(s, m.tag, self);
    case 'recalled': return recalled(s, m.recalled, self);
    case 'pieceChecked': return pieceChecked(s, m.piece, m.outcome, self);
    case 'examined': return examined(s, m, self);
    case 'takenUp': return takenUp(s, m.pieces, self);
    case 'stored':
      if (!stored(s, m.piece, m.outcome, self)) return;
      if (s.asked) tellRecovered(s, self);
      if (s.closing !== 'no') save(s, self);
      return caughtUp(s, self);
    case 'kept':
      kept(s, m.run, m.outcome, self);
      if (s.keeping === 0) writeRecord(s, self);
      return;
    case 'readBack': return readBack(s, m.stretch, m.outcome, self);
    case 'remembered': return remembered(s, m.remembered, self);
    case 'erased': return erased(s, m.erased, self);
    case 'looked': return looked(s, m, self);
  }
}

function tick(s: FilesState, tag: string, self: Me): void {
  if (tag === MEND) {
    if (s.ailment) lookAgain(s, self);
    return mend(s, false, self);
  }
  if (tag === AGE) s.readAhead.age();
  else save(s, self);
  alarm(s, tag, self);
}

// UP: FROM DISK TO SENDERS

function read(s: FilesState, stretches: readonly Stretch[], replyTo: Reader, self: Me): void {
  const here: Lent[] = [];
  for (const stretch of stretches) {
    const pieceBytes = s.layout.pieceBytes(stretch.piece);
    const lent = s.readAhead.find(stretch, pieceBytes, replyTo);
    if (lent) here.push(lent);
    else s.readAhead.wait(stretch, pieceBytes, replyTo);
  }
  if (here.length > 0) self.tell(replyTo, { type: 'data', lent: here });
  readOn(s, self);
}

function readOn(s: FilesState, self: Me): void {
  for (let stretch = s.readAhead.next(); stretch; stretch = s.readAhead.next()) {
    const asked = stretch;
    s.storage.read(spansOf(s, stretch), (outcome) => self.post({ type: 'readBack', stretch: asked, outcome }));
  }
}

const spansOf = ({ layout }: FilesState, { piece, begin: from, length }: Stretch): readonly Span[] =>
  layout.spans(piece * layout.pieceLength + from, length);

function readBack(s: FilesState, stretch: Stretch, outcome: ReadOutcome, self: Me): void {
  const here = new Map<Reader, Lent[]>();
  for (const { who, wanted, lent } of s.readAhead.arrived(stretch, outcome.type === 'read' ? outcome.bytes : undefined)) {
    const list = here.get(who);
    if (!lent) self.tell(who, { type: 'unreadable', stretch: wanted });
    else if (list) list.push(lent);
    else here.set(who, [lent]);
  }
  for (const [who, lent] of here) self.tell(who, { type: 'data', lent });
  if (outcome.type === 'trouble') trouble(s, outcome.trouble, self, spansOf(s, stretch));
  readOn(s, self);
}

const letGo = (s: FilesState): void => void s.storage.close();

// ACTOR ------------------------------------------------------------------------------
export const files = defineProcess({ declaration, init, step, end: letGo, reminds: { Timer: rearm } });
