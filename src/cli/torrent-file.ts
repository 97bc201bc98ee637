/** Writes .torrent files: whole or not at all, and over an existing one only where that is wanted. */
import { constants } from 'node:fs';
import { access, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inWords } from '../edge/words.js';
import { failure } from './exit.js';

/** Told before the work that makes it, which may take an hour. */
export async function mustBeAPlace(path: string, force: boolean): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw failure(`${path}: is a folder; name a file in it`);
  if (there && !force) throw failure(`${path}: exists; --force replaces it`);
  await access(dirname(path), constants.W_OK).catch((e: unknown) => { throw failure(`${path}: ${inWords(e)}`); });
}

export async function putTorrentFile(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (e) {
    await rm(draft, { force: true });
    throw failure(`${path}: ${inWords(e)}`);
  }
}
