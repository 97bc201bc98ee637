/**
 * Which files are wanted, and how far each is. Used by the Files process only. What was said while it runs holds, then the options of this
 * start, then what the resume record has of earlier runs; a file of which nobody has said anything is normal. People hear of another choice
 * at once, and PieceMgr when there is a place on disk for what is wanted now.
 */
import { filesTouched, matchingFiles, settled, withPriority } from '../policy/pick/priority.js';
import type { Trouble } from '../ports/disk.js';
import type { FileFacts } from '../ports/events.js';
import { inTheWay } from './files-recovery.js';
import type { FilesMsg, FilesState, Me } from './files-state.js';
import { trouble } from './files-trouble.js';

/** So many files are shown on a page, with so long a path. */
const SHOWN = 100;
const MOST_PATH = 300;

/** To be called when anything is new of what was said. */
export function choose(s: FilesState): void {
  s.priorities = settled(s.files.length, s.lasting.changed, s.said, s.earlier);
  s.touched = filesTouched(s.layout, s.priorities);
}

export function prioritize(s: FilesState, { files, priority }: FilesMsg & { type: 'prioritize' }, self: Me): void {
  s.lasting.changed = withPriority(s.lasting.changed, files, priority);
  s.dirty = true;
  choose(s);
  tellFiles(s, files, self);
  // What the record says of other files is still to come.
  if (!s.recalling) prepare(s, self);
}

/** While the disk is in trouble nothing is made: that is part of the mending. */
export function prepare(s: FilesState, self: Me): void {
  if (s.ailment) return made(s, undefined, self);
  const { touched } = s;
  void inTheWay(s).then((found) => found ?? s.storage.prepare(touched)).then((found) => self.post({ type: 'made', trouble: found }));
}

export function made(s: FilesState, found: Trouble | undefined, self: Me): void {
  if (found) trouble(s, found, self);
  self.tell(s.pieceMgr, { type: 'wanted', priorities: s.priorities });
}

/** Until the check is over, nothing is known to be here. */
export function tellFiles(s: FilesState, which: Iterable<number>, self: Me): void {
  const files = [...which].filter((file) => !s.layout.files[file]!.padding).map((file) => factsOf(s, file));
  self.tell(s.status, { type: 'note', note: { event: 'files', files } });
}

function factsOf({ files, layout, have, priorities }: FilesState, file: number): FileFacts {
  const { path, length } = files[file]!;
  return { number: file + 1, path: path.join('/'), length, had: layout.bytesIn(file, have), priority: priorities[file]! };
}

/** However many there are, only some are told of. */
export function look(s: FilesState, { from, find, replyTo }: FilesMsg & { type: 'look' }, self: Me): void {
  if (s.found?.find !== find) s.found = { find, files: matchingFiles(s.files, find) };
  const { files } = s.found;
  const shown = files.slice(from, from + SHOWN).map((file) => factsOf(s, file)).map((facts) => ({ ...facts, path: shortened(facts.path) }));
  self.tell(replyTo, { type: 'filesSeen', torrent: s.torrent, files: { find, from, matching: files.length, shown } });
}

const shortened = (path: string): string =>
  path.length <= MOST_PATH ? path : `${path.slice(0, MOST_PATH / 2)}…${path.slice(-MOST_PATH / 2)}`;
