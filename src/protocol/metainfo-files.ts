/**
 * The file list of a torrent (BEP 3 "info dictionary", padding by BEP 47), as safe relative paths. A path is a list of
 * parts, none of which can leave the folder: not empty, `.` or `..`, no separator of any system, no NUL. No two files
 * share a path and no file is another's folder; padding files are exempt, as they are never written and often share
 * one name.
 */
import { toUtf8 } from '../base/bytes.js';
import { quote, textsOf, type Fields } from './fields.js';

export interface FileEntry {
  /** The torrent's name first, then folders, then the file; just the name in a single-file torrent. */
  readonly path: readonly string[];
  readonly length: number;
  /** Zeros that align the next file to a piece (BEP 47 attribute `p`): hashed, never stored. */
  readonly padding: boolean;
}

export interface FileLimits {
  readonly maxFiles: number;
  /** Parts of a path, the torrent's name not counted. */
  readonly maxPathDepth: number;
  /** UTF-8 bytes of one part; what common file systems take. */
  readonly maxNameBytes: number;
}

/** The torrent's own name: `name.utf-8` where it is there. */
export function readName(info: Fields, limits: FileLimits): string {
  const key = info.get('name.utf-8') === undefined ? 'name' : 'name.utf-8';
  const name = info.text(key);
  checkPart(info, key, name, limits);
  return name;
}

/** The files in their order in the piece space. Flaws go where `info` collects them; then the answer is of no use. */
export function readFiles(info: Fields, name: string, limits: FileLimits): readonly FileEntry[] {
  if (info.get('files') === undefined) return [{ path: [name], length: info.int('length'), padding: false }];
  if (info.get('length') !== undefined) info.refuse('length', 'either length or files', 'both');
  const { length } = info.list('files');
  if (length === 0 || length > limits.maxFiles) info.refuse('files', `1 to ${limits.maxFiles} files`, `${length}`);
  if (info.flaws.first !== undefined) return [];
  const tree: Folder = new Map();
  return info.dicts('files').map((file) => readFile(file, name, { tree, limits }));
}

interface Context {
  readonly tree: Folder;
  readonly limits: FileLimits;
}

function readFile(file: Fields, name: string, { tree, limits }: Context): FileEntry {
  const key = file.get('path.utf-8') === undefined ? 'path' : 'path.utf-8';
  const parts = textsOf(file.list(key), file.at(key), file.flaws);
  const padding = file.maybeText('attr')?.includes('p') ?? false;
  const entry = { path: [name, ...parts], length: file.int('length'), padding };
  if (parts.length === 0 || parts.length > limits.maxPathDepth) {
    file.refuse(key, `1 to ${limits.maxPathDepth} parts`, `${parts.length}`);
  }
  for (const [i, part] of parts.entries()) checkPart(file, `${key}[${i}]`, part, limits);
  if (!padding && file.flaws.first === undefined && !place(tree, parts)) {
    file.refuse(key, 'a path of its own', quote(parts.join('/')));
  }
  return entry;
}

function checkPart(fields: Fields, key: string, part: string, { maxNameBytes }: FileLimits): void {
  if (part === '' || part === '.' || part === '..') fields.refuse(key, 'a name', quote(part));
  else if (/[/\\\0]/.test(part)) fields.refuse(key, 'a name without separators or NUL', quote(part));
  else if (part.length > maxNameBytes || toUtf8(part).length > maxNameBytes) {
    fields.refuse(key, `a name of at most ${maxNameBytes} bytes`, quote(part));
  }
}

/** A tree rather than a set of joined prefixes: its size is that of the parts, however deep a hostile path goes. */
type Folder = Map<string, Folder | 'file'>;

/** Puts a file into the tree; false where its place, or a folder above it, is taken by another file. */
function place(root: Folder, parts: readonly string[]): boolean {
  let folder = root;
  for (const part of parts.slice(0, -1)) {
    const inner = folder.get(part) ?? new Map();
    if (inner === 'file') return false;
    folder.set(part, inner);
    folder = inner;
  }
  const last = parts.at(-1)!;
  if (folder.has(last)) return false;
  folder.set(last, 'file');
  return true;
}
