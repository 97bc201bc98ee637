/**
 * The goodbye of Files. Used by the Files process only. It comes when the disk is done with what was under way: where the torrent stays,
 * its record has been saved; where its data are to go, they are deleted now. The record goes first, so that of a torrent that comes back
 * nothing is believed. Of the files those go that hold a right piece, and those that were written to and had not been here before us; but
 * not those that other torrents have too, as TorrentMgr knows.
 */
import { keptName } from '../protocol/metadata.js';
import type { Erased } from '../ports/disk.js';
import { holdsOneOf } from './files-foreign.js';
import { nameOf } from './files-recovery.js';
import type { FilesState, Me } from './files-state.js';

/** `left`: files with a name of the torrent's that are still there. */
export interface Erasure extends Erased {
  readonly left: number;
  /** Those of them that other torrents have. */
  readonly shared: number;
}

/** To be called when nothing is being stored or saved any more. What is ours is known once the record has been read. */
export function goodbye(s: FilesState, self: Me): void {
  if (s.closing === 'stays') return self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
  if (s.closing !== 'goes' || s.recalling) return;
  s.closing = 'is going';
  void erase(s).then((erased) => self.post({ type: 'erased', erased }));
}

export function erased({ torrentMgr, torrent }: FilesState, what: Erasure, self: Me): void {
  self.tell(torrentMgr, { type: 'closed', torrent, part: self.id, erased: what });
}

async function erase(s: FilesState): Promise<Erasure> {
  for (const name of [nameOf(s), keptName(s.torrent)]) await s.disk.removeRecord(s.folder, name);
  const gone = await s.storage.erase(ours(s).filter((file) => !s.spare.has(file)));
  const facts = await s.storage.facts();
  const left = [...facts.keys()].filter((file) => facts[file] && !s.layout.files[file]!.padding);
  return { ...gone, left: left.length, shared: left.filter((file) => s.spare.has(file)).length };
}

function ours({ layout, have, touched, others }: FilesState): readonly number[] {
  const isOurs = (file: number): boolean =>
    holdsOneOf(have, layout.piecesOf(file)) || (touched[file] === true && (others[file]?.length ?? 0) === 0);
  return [...layout.files.keys()].filter((file) => !layout.files[file]!.padding && isOurs(file));
}
