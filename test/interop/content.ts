/**
 * Content to share, and torrents of it, made without any code of ours, so that a bug of ours cannot hide: the bytes are
 * an AES-CTR key stream (the same for the same seed on any machine), the torrent is libtorrent's work, and copies are
 * compared by SHA-256 of each file. The files have the shapes that go wrong: empty, tiny, odd sizes, sub-folders,
 * a name outside ASCII, borders inside pieces.
 */
import { spawnSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PYTHON, sourcePath } from './paths.js';

const RUN_BYTES = 1 << 20;

export interface ContentFile {
  /** Below the folder that holds the torrent's own folder, so it begins with the torrent's name. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Content {
  /** The folder a client is given to seed from. */
  readonly folder: string;
  /** In the torrent's order. */
  readonly files: readonly ContentFile[];
  readonly bytes: number;
  readonly torrent: string;
  readonly infoHash: string;
  readonly magnet: string;
  readonly pieceBytes: number;
  readonly pieces: number;
}

export interface ContentOptions {
  /** An empty folder; `content/` and the torrent are made in it. */
  readonly at: string;
  readonly bytes: number;
  readonly seed: string;
  readonly pieceBytes: number;
  readonly tracker?: string;
  /** One file in the torrent's folder, instead of those of odd shapes. */
  readonly oneFile?: boolean;
  /** Makes the torrent in libtorrent's place. */
  readonly author?: (order: TorrentOrder) => MadeTorrent;
}

export interface TorrentOrder {
  /** The torrent's own folder. */
  readonly content: string;
  readonly torrent: string;
  readonly pieceBytes: number;
  readonly trackers: readonly string[];
}

export interface MadeTorrent {
  readonly infoHash: string;
  readonly magnet: string;
  readonly pieces: number;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

export async function makeContent(o: ContentOptions): Promise<Content> {
  const folder = join(o.at, 'content');
  const torrent = join(o.at, `${o.seed}.torrent`);
  for (const [path, bytes] of o.oneFile === true ? [['whole.bin', o.bytes] as const] : oddFiles(o.bytes)) {
    await writeKeyStream(join(folder, o.seed, path), bytes, `${o.seed}/${path}`);
  }
  const made = (o.author ?? libtorrentAuthor)({
    content: join(folder, o.seed), torrent, pieceBytes: o.pieceBytes, trackers: o.tracker ? [o.tracker] : [],
  });
  const files: ContentFile[] = [];
  for (const f of made.files) files.push({ ...f, sha256: await sha256(join(folder, f.path)) });
  const { infoHash, magnet, pieces } = made;
  return { folder, files, bytes: o.bytes, torrent, infoHash, magnet, pieceBytes: o.pieceBytes, pieces };
}

/** Paths and sizes that add up to `total`, from 64 KiB on. */
function oddFiles(total: number): readonly (readonly [path: string, bytes: number])[] {
  const half = Math.floor(total * 0.47) + 1;
  const some = Math.floor(total * 0.2) + 3;
  return [
    ['a.txt', 1], ['empty', 0], ['folder/in a folder/half.bin', half], ['folder/größer.bin', some],
    ['odd.bin', 16_385], ['rest.bin', total - half - some - 16_386],
  ];
}

async function writeKeyStream(file: string, bytes: number, seed: string): Promise<void> {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(RUN_BYTES);
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'w');
  try {
    for (let left = bytes; left > 0; left -= RUN_BYTES) {
      await handle.write(cipher.update(zeros.subarray(0, Math.min(left, RUN_BYTES))));
    }
  } finally {
    await handle.close();
  }
}

function libtorrentAuthor(order: TorrentOrder): MadeTorrent {
  const argv = [sourcePath('clients/make_torrent.py'), JSON.stringify(order)];
  const { status, stdout, stderr, error } = spawnSync(PYTHON, argv, { encoding: 'utf8', timeout: 300_000 });
  if (error || status !== 0) throw new Error(`make_torrent.py: ${error?.message ?? stderr}`);
  return JSON.parse(stdout) as MadeTorrent;
}

/**
 * Files of full length below `folder` in which only the pieces that `has` picks hold their bytes; the rest are zeros.
 */
export async function copyPieces(content: Content, folder: string, has: (piece: number) => boolean): Promise<void> {
  let fileBegin = 0;
  for (const file of content.files) {
    await mkdir(dirname(join(folder, file.path)), { recursive: true });
    const from = await open(join(content.folder, file.path), 'r');
    const to = await open(join(folder, file.path), 'w');
    try {
      await to.truncate(file.bytes);
      const firstPiece = Math.floor(fileBegin / content.pieceBytes);
      for (let p = firstPiece; p * content.pieceBytes < fileBegin + file.bytes; p++) {
        const begin = Math.max(p * content.pieceBytes - fileBegin, 0);
        const end = Math.min((p + 1) * content.pieceBytes - fileBegin, file.bytes);
        if (has(p)) await copyRange({ from, to, begin, length: end - begin });
      }
    } finally {
      await from.close();
      await to.close();
    }
    fileBegin += file.bytes;
  }
}

interface Range { readonly from: FileHandle; readonly to: FileHandle; readonly begin: number; readonly length: number }
async function copyRange({ from, to, begin, length }: Range): Promise<void> {
  const buffer = Buffer.alloc(length);
  await from.read(buffer, 0, length, begin);
  await to.write(buffer, 0, length, begin);
}

export interface Comparison {
  readonly content: Content;
  readonly folder: string;
  /** Transmission does not create files of no bytes. */
  readonly emptyMayBeAbsent?: boolean;
}

/** What differs below the folder from the content, one line a file; empty when every byte is right. */
export async function differences(comparison: Comparison): Promise<readonly string[]> {
  const { content, folder, emptyMayBeAbsent = false } = comparison;
  const out: string[] = [];
  for (const file of content.files) {
    const path = join(folder, file.path);
    if (emptyMayBeAbsent && file.bytes === 0 && !existsSync(path)) continue;
    const found = await sha256(path).catch((e: unknown) => String(e));
    if (found !== file.sha256) out.push(`${file.path}: sha256 should be ${file.sha256}, is ${found}`);
  }
  return out;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: RUN_BYTES }), hash);
  return hash.digest('hex');
}
