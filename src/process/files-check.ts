/**
 * From a look at the disk to what we have of the torrent. Used by the Files process only: at its start, and after trouble that may have
 * cost bytes. PieceMgr hears of it when it asks, and after trouble unasked.
 */
import { SECOND } from '../base/units.js';
import { Bitfield } from '../model/bitfield.js';
import type { CheckOutcome } from '../ports/disk.js';
import { discard, inMemory, isEmpty, isStoring, type Assembly } from './files-pieces.js';
import { choose, prepare } from './files-choice.js';
import { strangers } from './files-foreign.js';
import { goodbye } from './files-leaving.js';
import { check, makeRoom, readBlocks, recall, type MadeRoom, type Recalled } from './files-recovery.js';
import type { FilesState, Me } from './files-state.js';
import { trouble } from './files-trouble.js';

/** Progress of a check is worth telling this often. */
const NOTE_EVERY = SECOND / 5;

export function begin(s: FilesState, self: Me): void {
  s.known = false;
  s.recalling = true;
  void recall(s, self.random).then((found) => self.post({ type: 'recalled', recalled: found }));
}

export function recalled(s: FilesState, found: Recalled, self: Me): void {
  const { good, doubtful, begun, recorded, others, earlier, touched, trouble: lost } = found;
  s.recalling = false;
  s.have = new Bitfield(s.layout.pieceCount);
  for (const piece of good) s.have.set(piece);
  s.begun = begun;
  s.recorded = recorded;
  s.others = others;
  s.earlier = earlier;
  choose(s);
  s.unchecked = doubtful.length;
  s.resumed = recorded && doubtful.length === 0 && good.length > 0;
  if (s.closing === 'goes') return goodbye(s, self);
  if (lost) trouble(s, lost.what, self, lost.where);
  // Something was said meanwhile.
  if (s.touched.some((yes, file) => yes && !touched[file])) prepare(s, self);
  if (doubtful.length === 0) return examine(s, self);
  note(s, self);
  void check(s, doubtful, (piece, outcome) => self.post({ type: 'pieceChecked', piece, outcome }));
}

export function pieceChecked(s: FilesState, piece: number, outcome: CheckOutcome, self: Me): void {
  s.unchecked--;
  if (outcome.type === 'match') s.have.set(piece);
  else if (outcome.type === 'trouble') trouble(s, outcome.trouble, self, s.layout.pieceSpans(piece));
  if (s.unchecked === 0) examine(s, self);
  else if (self.now() - s.notedAt >= NOTE_EVERY) note(s, self);
}

function note(s: FilesState, self: Me): void {
  s.notedAt = self.now();
  const { pieceCount: pieces } = s.layout;
  self.tell(s.status, { type: 'note', note: { event: 'checking', checked: pieces - s.unchecked, pieces, good: s.have.count } });
}

/** What we have is known: whose is the rest, and is there room for what comes? */
function examine(s: FilesState, self: Me): void {
  if (s.overwrite || s.ailment?.insisted === true) s.others = [];
  s.strangers = strangers(s.layout, s.have, s.others);
  if (s.strangers.length === 0 && !s.allocate) return takeUpBegun(s, self);
  void makeRoom(s).then((made) => self.post({ type: 'examined', ...made }));
}

export function examined(s: FilesState, { trouble: found, room }: MadeRoom, self: Me): void {
  for (const file of room) s.room.add(file);
  if (found) trouble(s, found, self);
  takeUpBegun(s, self);
}

function takeUpBegun(s: FilesState, self: Me): void {
  const begun = s.begun.filter(({ piece }) => !s.have.has(piece) && !s.assemblies.has(piece));
  s.begun = [];
  if (begun.length === 0) return known(s, self);
  void readBlocks(s, begun).then((pieces) => self.post({ type: 'takenUp', pieces }));
}

export function takenUp(s: FilesState, pieces: ReadonlyMap<number, Assembly>, self: Me): void {
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
  if (s.ailment?.stage === 'mending') {
    s.asked = true;
    s.ailment = undefined;
  }
  tellRecovered(s, self);
  if (!s.ailment) self.tell(s.torrentMgr, { type: 'mended', torrent: s.torrent });
}

/** Once it is certain: a PieceMgr that starts again must not hear of a piece that is being stored later. */
export function tellRecovered(s: FilesState, self: Me): void {
  if (!s.known || !s.asked || isStoring(s)) return;
  s.asked = false;
  self.tell(s.pieceMgr, { type: 'recovered', have: s.have.clone(), unfinished: inMemory(s), priorities: s.priorities });
}
