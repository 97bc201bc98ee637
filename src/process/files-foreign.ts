/**
 * Files of another origin that have the names of the torrent's. Used by the Files process only. Pure.
 * Where there was no record of ours at first, others have written what was there. A file is the torrent's where a piece in it is right;
 * also where pieces elsewhere are and it is not too long, as in a download of another client that is half done. Others are strangers,
 * which are not written over unless they hold nothing but zeros, as room that was reserved does, or the user says so.
 */
import type { Bitfield } from '../model/bitfield.js';
import type { Layout } from '../model/layout.js';
import type { FileFacts } from '../ports/disk.js';

/** By their index in the torrent. Undefined: none, or padding, or ours. */
export type Facts = readonly (FileFacts | undefined)[];

/** `have` is what the check has found; `others`: what was here before us. */
export function strangers(layout: Layout, have: Bitfield, others: Facts): readonly number[] {
  const isHere = layout.files.some(({ padding }, file) => !padding && holdsOneOf(have, layout.piecesOf(file)));
  return withoutPieces(layout, have, others).filter((file) => !isHere || others[file]!.length > layout.files[file]!.length);
}

/** Those of them that hold something, and no right piece. */
export function withoutPieces(layout: Layout, have: Bitfield, others: Facts): readonly number[] {
  const found: number[] = [];
  for (const [file, { length, padding }] of layout.files.entries()) {
    if (length > 0 && !padding && (others[file]?.length ?? 0) > 0 && !holdsOneOf(have, layout.piecesOf(file))) found.push(file);
  }
  return found;
}

export function holdsOneOf(have: Bitfield, { first, last }: ReturnType<Layout['piecesOf']>): boolean {
  const piece = have.nextSet(first);
  return piece >= 0 && piece <= last;
}
