/**
 * The demo's content: the same bytes on every run and machine. Several files with awkward sizes, so that pieces cross
 * their borders, one of them empty. Written only below a folder that is ours, which a mark in it says.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { toUtf8 } from '../../base/bytes.js';
import { fork, type Random } from '../../base/random.js';
import { KIB, type Bytes } from '../../base/units.js';
import { codeOf, inWords } from '../../edge/words.js';
import { failure } from '../exit.js';

export interface ContentFile {
  readonly path: string;
  readonly length: Bytes;
}

const README = `This folder was made by "actorrent demo" and may be deleted.
The files beside this one hold pseudo-random bytes, the same on every run.
`;

/** Adds up to `total`; only the first file is text. */
export function contentPlan(total: Bytes): readonly ContentFile[] {
  const small: readonly ContentFile[] = [
    { path: 'README.txt', length: toUtf8(README).length },
    { path: 'empty.bin', length: 0 },
    { path: 'small/one-byte.bin', length: 1 },
    // Between two pieces, whatever their length: the files before it are no multiple of anything.
    { path: 'small/crosses-a-border.bin', length: 100 * KIB + 7 },
  ];
  const left = total - small.reduce((sum, f) => sum + f.length, 0);
  const large = Math.floor(left * 0.6) + 1;
  return [...small, { path: 'large/first.bin', length: large }, { path: 'large/second.bin', length: left - large }];
}

const MARK = '.actorrent-demo';

/** Empties the folder if it is ours; refuses one that is not, and a link somebody else may have put in its place. */
export async function claimFolder(folder: string): Promise<void> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder, { mode: 0o700 }).catch((e: unknown) => { if (codeOf(e) !== 'EEXIST') throw e; });
    const facts = await lstat(folder);
    const owned = process.getuid === undefined || facts.uid === process.getuid();
    const names = await readdir(folder);
    if (!facts.isDirectory() || !owned || (names.length > 0 && !names.includes(MARK))) {
      throw new Error('is not empty and was not made by the demo; choose another --folder');
    }
    await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true })));
    await writeFile(join(folder, MARK), '');
  } catch (e) {
    throw failure(`${folder}: ${inWords(e)}`);
  }
}

export async function writeContent(folder: string, plan: readonly ContentFile[]): Promise<void> {
  for (const { path, length } of plan) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, path === 'README.txt' ? README : randomBytes(length, fork(1, path)));
  }
}

function randomBytes(length: Bytes, random: Random): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.u32();
  return new Uint8Array(words.buffer, 0, length);
}

interface Comparison {
  readonly source: string;
  readonly copy: string;
  readonly plan: readonly ContentFile[];
}

/** Paths whose SHA-256 differs between the two folders, or that cannot be read in the second. */
export async function differences({ source, copy, plan }: Comparison): Promise<readonly string[]> {
  const different: string[] = [];
  for (const { path } of plan) {
    const wanted = await sha256(join(source, path));
    const found = await sha256(join(copy, path)).catch(() => undefined);
    if (wanted !== found) different.push(path);
  }
  return different;
}

async function sha256(path: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}
