/**
 * Files of another origin that have the names of the torrent's. Used by the Files process only. Pure.
 * Where there is no record of ours, others have written what is there. A file is the torrent's where a piece in it is right; also where
 * pieces elsewhere are and it is not too long, as in a download of another client that is half done. Others are strangers, which are
 * not written over unless they hold nothing but zeros, as room that was reserved does, or the user says so.
 */
import type { Bitfield } from '../model/bitfield.js';
import type { Layout } from '../model/layout.js';
import type { FileFacts } from '../ports/disk.js';

/** `have` is what the check has found; the files by their index in the torrent. */
export function strangers(layout: Layout, have: Bitfield, facts: readonly (FileFacts | undefined)[]): readonly number[] {
  const strange: number[] = [];
  for (let file = 0; file < layout.files.length; file++) {
    const { length, padding } = layout.files[file]!;
    const found = facts[file]?.length ?? 0;
    if (length === 0 || found === 0 || padding) continue;
    if ((have.isEmpty || found > length) && !holdsOneOf(have, layout.piecesOf(file))) strange.push(file);
  }
  return strange;
}

function holdsOneOf(have: Bitfield, { first, last }: ReturnType<Layout['piecesOf']>): boolean {
  const piece = have.nextSet(first);
  return piece >= 0 && piece <= last;
}
