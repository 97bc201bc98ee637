/**
 * Priority: how much a file is wanted, and what follows for its pieces. A piece that files share is wanted as much as the most wanted of
 * them. Where first and last pieces come first (a player needs them to begin), those of every wanted file go before all others.
 */
import { FILE_PRIORITIES, type FilePriority } from '../../base/file-priority.js';
import { globMatcher } from '../../base/glob.js';
import type { Layout } from '../../model/layout.js';

const FIRST_AND_LAST = FILE_PRIORITIES.length;

export interface FileChoice {
  /** By file. */
  readonly priorities: readonly FilePriority[];
  readonly firstLast: boolean;
}

/** A file as globs see it: by its path below the torrent's name, unless that is the file's own. Padding is no file to choose. */
interface Named {
  readonly path: readonly string[];
  readonly padding: boolean;
}

/** Which files, by index, match. */
export function matchingFiles(files: readonly Named[], glob: string): readonly number[] {
  const matches = globMatcher(glob);
  return files.flatMap(({ path, padding }, i) => (!padding && matches(path.length === 1 ? path : path.slice(1)) ? [i] : []));
}

/** The same priorities, but for these files. */
export function withPriority(priorities: readonly FilePriority[], files: readonly number[], priority: FilePriority): readonly FilePriority[] {
  const changed = [...priorities];
  for (const file of files) changed[file] = priority;
  return changed;
}

/** Of each piece: 0 is not wanted, and higher goes first. Padding counts for nothing. O(pieces + files). */
export function pieceRanks(layout: Layout, { priorities, firstLast }: FileChoice): Uint8Array {
  const ranks = new Uint8Array(layout.pieceCount);
  const raise = (piece: number, to: number): void => { ranks[piece] = Math.max(ranks[piece]!, to); };
  layout.files.forEach(({ length, padding }, file) => {
    const rank = padding ? 0 : FILE_PRIORITIES.indexOf(priorities[file]!);
    if (rank === 0 || length === 0) return;
    const { first, last } = layout.piecesOf(file);
    for (let piece = first; piece <= last; piece++) raise(piece, rank);
    if (!firstLast) return;
    raise(first, FIRST_AND_LAST);
    raise(last, FIRST_AND_LAST);
  });
  return ranks;
}

/** By file: whether something is written to it, if only a piece that it shares with a file that is wanted; or it is empty, and wanted. */
export function filesTouched(layout: Layout, { priorities }: FileChoice, ranks: Uint8Array): readonly boolean[] {
  return layout.files.map((_, file) => {
    const { first, last } = layout.piecesOf(file);
    return last < first ? priorities[file] !== 'skip' : ranks.subarray(first, last + 1).some((rank) => rank > 0);
  });
}
