/**
 * Files that torrents share: those of the same name in the same place on disk. Pure; O(files) of the torrents whose own folders meet, and
 * O(1) of every other one.
 */

/** Where the files of a torrent are: below `folder`, and there all in one, or the only one, that has the torrent's name. */
export interface Placed {
  readonly folder: string;
  readonly files: readonly { readonly path: readonly string[]; readonly padding?: boolean }[];
}

/** Which files of `mine`, by index, any of the others has too. Padding is no file. */
export function sharedFiles(mine: Placed, others: readonly Placed[]): readonly number[] {
  const near = others.filter((other) => meet(topOf(mine), topOf(other)));
  const theirs = new Set(near.flatMap((other) => placesOf(other).map(({ place }) => place)));
  return placesOf(mine).filter(({ place }) => theirs.has(place)).map(({ file }) => file);
}

/** One is in the other. */
const meet = (a: string, b: string): boolean => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);

const topOf = ({ folder, files: [first] }: Placed): string => [folder, ...first?.path.slice(0, 1) ?? []].join('/');

const placesOf = ({ folder, files }: Placed): { readonly file: number; readonly place: string }[] =>
  files.flatMap(({ path, padding }, file) => (padding ? [] : [{ file, place: [folder, ...path].join('/') }]));
