/**
 * The files of a folder that is to become a torrent. Their order is that of the bytes of their paths, part by part, so
 * that the same folder gives the same info-hash on any machine. Links to files are followed; links to folders are left
 * out, as they may lead round in circles, and so are sockets and the like.
 */
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { inWords } from '../../edge/words.js';
import { failure } from '../exit.js';

export interface SourceFile {
  /** Below the torrent's own name. */
  readonly parts: readonly string[];
  readonly path: string;
  readonly length: number;
}
export interface Source {
  readonly name: string;
  /** The path is one file, not a folder. */
  readonly single: boolean;
  readonly files: readonly SourceFile[];
  /** Paths left out. */
  readonly skipped: readonly string[];
}

export async function listSource(path: string): Promise<Source> {
  try {
    const facts = await stat(path);
    const name = basename(resolve(path));
    if (facts.isFile()) return { name, single: true, files: [{ parts: [], path, length: facts.size }], skipped: [] };
    if (!facts.isDirectory()) throw new Error('neither a file nor a folder');
    const files: SourceFile[] = [];
    const skipped: string[] = [];
    await walk({ folder: path, parts: [], files, skipped });
    return { name, single: false, files, skipped };
  } catch (e) {
    throw failure(`${path}: ${inWords(e)}`);
  }
}

interface Walk {
  readonly folder: string;
  readonly parts: readonly string[];
  readonly files: SourceFile[];
  readonly skipped: string[];
}

async function walk({ folder, parts, files, skipped }: Walk): Promise<void> {
  const names = (await readdir(folder)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    const path = join(folder, name);
    const here = [...parts, name];
    const link = await lstat(path);
    const facts = link.isSymbolicLink() ? await stat(path).catch(() => link) : link;
    if (facts.isFile()) files.push({ parts: here, path, length: facts.size });
    else if (link.isDirectory()) await walk({ folder: path, parts: here, files, skipped });
    else skipped.push(path);
  }
}
