/**
 * What a Controller says again, and what it takes back, when a process that it deals with has started again.
 */
import { reportChoke } from './controller-report.js';
import { ask } from './controller-download.js';
import { tellPieceMgr } from './controller-pieces.js';
import { say, type Me, type State } from './controller-state.js';
import { choke, lead } from './controller-upload.js';

/**
 * PieceMgr knows neither us nor what was asked for. What still comes of that is of no use to it, and is taken back from the peer as far as
 * a cancel can.
 */
export function rejoin(s: State, self: Me): void {
  if (!s.standing.open) return;
  for (let asked = s.outstanding.oldest; asked; asked = s.outstanding.oldest) {
    const { piece, begin, length } = asked;
    s.outstanding.take(piece, begin);
    s.pardoned++;
    say(s, self, { type: 'cancel', piece, begin, length });
  }
  s.owingSince = null;
  s.asking = false;
  self.tell(s.pieceMgr, { type: 'join', peer: s.peer, inbox: self.mailbox });
  tellPieceMgr(s, s.theirs, self);
  ask(s, self);
}

/** It has unchoked nobody, so the peer is choked until it decides anew, and is bound to nothing. */
export function chokeMgrIsNew(s: State, self: Me): void {
  if (!s.standing.open) return;
  choke(s, self);
  if (s.lead !== undefined) lead(s, undefined, self);
  reportChoke(s, self);
}
