/** Folders that options name, and what is said where one is not what it should be. */
import { stat } from 'node:fs/promises';
import type { Metainfo } from '../protocol/metainfo.js';
import { misuse } from './exit.js';
import { quoted } from './option.js';
import { printable } from './render/text.js';

/** For `--folder`, which is made where nothing is there. */
export async function mustBeNoFile(path: string): Promise<void> {
  if (await isFolder(path) === false) throw misuse(`--folder: expected a folder, found the file ${quoted(path)}`);
}

/** Undefined: nothing that we may see is there. */
export const isFolder = (path: string): Promise<boolean | undefined> =>
  stat(path).then((found) => found.isDirectory(), () => undefined);

/** Most often the folder is the wrong one. */
export const nothingIn = (folder: string, { name }: Metainfo): string =>
  `nothing of ${printable(name)} is in ${printable(folder)}; --folder names the folder that holds it`;
