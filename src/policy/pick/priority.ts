/**
 * Priority: how much a file is wanted, and what follows for its pieces. A piece that files share is wanted as much as the most wanted of
 * them. Where first and last pieces come first (a player needs them to begin), those of every wanted file go before all others.
 */
import { FILE_PRIORITIES, type FilePriority, type FileWishes } from '../../base/file-priority.js';
import { count } from '../../base/format.js';
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
  readonly padding?: boolean;
}

/** Which files, by index, match; `#7` is the seventh of all, whatever its name. */
export function matchingFiles(files: readonly Named[], glob: string): readonly number[] {
  const matches = matcherOf(glob);
  return files.flatMap((file, i) => (!file.padding && matches(file, i) ? [i] : []));
}

/** Why nothing is done: what there is instead, as globs see it. */
export function noneMatches(files: readonly Named[], glob: string): string {
  const names = files.filter(({ padding }) => !padding).map((file) => below(file).join('/'));
  const more = names.length > SHOWN ? [`${count(names.length - SHOWN)} more`] : [];
  const [last, ...others] = [...names.slice(0, SHOWN), ...more].toReversed();
  if (last === undefined) return `no file matches ${glob}: no files are known yet`;
  const before = others.length > 0 ? `${others.toReversed().join(', ')} and ` : '';
  return `no file matches ${glob}: there ${names.length === 1 ? 'is' : 'are'} ${before}${last}`;
}
const SHOWN = 5;

function matcherOf(glob: string): (file: Named, index: number) => boolean {
  if (/^#\d+$/.test(glob)) return (_, index) => index + 1 === Number(glob.slice(1));
  const matches = globMatcher(glob);
  return (file) => matches(below(file));
}

const below = ({ path }: Named): readonly string[] => (path.length === 1 ? path : path.slice(1));

/** The same wishes, but for these files. */
export function withPriority(wishes: FileWishes, files: readonly number[], priority: FilePriority): FileWishes {
  const changed = [...wishes];
  for (const file of files) changed[file] = priority;
  return changed;
}

/** What the first says that says anything of a file; where none does, it is normal. */
export const settled = (files: number, ...wishes: readonly FileWishes[]): readonly FilePriority[] =>
  Array.from({ length: files }, (_, file) => wishes.find((wish) => wish[file] !== undefined)?.[file] ?? 'normal');

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
export function filesTouched(layout: Layout, priorities: FileChoice['priorities']): readonly boolean[] {
  const ranks = pieceRanks(layout, { priorities, firstLast: false });
  return layout.files.map((_, file) => {
    const { first, last } = layout.piecesOf(file);
    return last < first ? priorities[file] !== 'skip' : ranks.subarray(first, last + 1).some((rank) => rank > 0);
  });
}
