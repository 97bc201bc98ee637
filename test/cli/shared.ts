/** Torrents with content that differs from place to place, made by the built program; and what of one is on disk. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fork } from '../../src/base/random.js';
import type { Bytes } from '../../src/base/units.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { runToEnd } from './running.js';

export interface Content {
  readonly name: string;
  readonly pieceLength: Bytes;
  /** Lengths by path. */
  readonly files: Readonly<Record<string, Bytes>>;
}
export interface Shared {
  readonly meta: Metainfo;
  /** All files, one after the other. */
  readonly bytes: Buffer;
}

/** The content goes to `from` in the folder, and NAME.torrent beside that. */
export async function share(folder: string, { name, pieceLength, files }: Content): Promise<Shared> {
  const chance = fork(1, name);
  for (const [path, length] of Object.entries(files)) {
    const at = join(folder, 'from', name, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, Uint8Array.from({ length }, () => chance.below(256)));
  }
  const made = await runToEnd({ folder }, ['create', `from/${name}`, '--piece-length', `${pieceLength}`]);
  assert.equal(made.code, 0, made.err);
  const meta = parseMetainfo(await readFile(join(folder, `${name}.torrent`)), nodeSha1);
  assert.ok(meta.ok);
  return { meta: meta.value, bytes: await bytesIn(join(folder, 'from'), meta.value) };
}

/** What is not there is zeros; what is too much is not hidden. */
export async function bytesIn(folder: string, { files }: Metainfo): Promise<Buffer> {
  const parts = await Promise.all(files.map(async ({ path, length }) => {
    const found = await readFile(join(folder, ...path)).catch(() => Buffer.alloc(0));
    return [found, Buffer.alloc(Math.max(0, length - found.length))];
  }));
  return Buffer.concat(parts.flat());
}
