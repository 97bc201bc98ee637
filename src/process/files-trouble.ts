/**
 * Trouble with the disk, as it is found. Used by the Files process only. TorrentMgr is told the first, with what to do about it, and pauses
 * the torrent; files-mending ends it.
 */
import { SECOND } from '../base/units.js';
import type { Span, Trouble } from '../ports/disk.js';
import type { FilesState, Me } from './files-state.js';

export const MEND = 'mend';
/** How often we look whether it is over. */
const MEND_EVERY = 5 * SECOND;

/** From the first trouble until all is well. */
export interface Ailment {
  /** What has to be readable before it is over. */
  readonly probe: readonly Span[];
  /** What is on disk may not be what we think. */
  readonly doubt: boolean;
  /** The user has asked for the next look, and hears how it went. */
  insisted: boolean;
  /** `looking` whether it is mended; then `mending`: what was put off is done. */
  stage: 'ill' | 'looking' | 'mending';
}

const ADVICE: Readonly<Record<Trouble['cause'], string>> = {
  full: 'make room, and it goes on',
  denied: 'allow it, and it goes on',
  missing: 'put it back, and it goes on, or type resume to fetch it again',
  failed: 'it goes on when that is mended',
  foreign: 'move it away, and it goes on, or type resume (or start with --overwrite) to write over it',
};

export function trouble(s: FilesState, { file, cause, detail }: Trouble, self: Me, probe?: readonly Span[]): void {
  // What is to be deleted needs no mending.
  if (s.closing === 'goes' || s.closing === 'is going') return;
  const before = s.ailment;
  const doubt = before?.doubt === true || cause !== 'full' && cause !== 'denied';
  s.ailment = { probe: probe ?? before?.probe ?? [], doubt, insisted: false, stage: 'ill' };
  if (!before) lookAgain(s, self);
  if (before?.insisted === false) return;
  self.tell(s.torrentMgr, { type: 'trouble', torrent: s.torrent, reason: `${file}: ${detail}; ${ADVICE[cause]}` });
}

export function lookAgain(s: FilesState, self: Me): void {
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: MEND_EVERY, tag: MEND });
}
