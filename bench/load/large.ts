/**
 * A torrent of very many pieces and files, and a folder that looks as if all of it were there: files of nothing but holes, and a record
 * that vouches for them. Its hashes are of nothing: whoever hashes a piece finds it wrong.
 */
import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe } from '../../src/base/result.js';
import { KIB } from '../../src/base/units.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { encodeResumeRecord } from '../../src/protocol/resume-record.js';

const PIECE_BYTES = 64 * KIB;
const FILES_IN_FOLDER = 100;

export interface Shape {
  readonly pieces: number;
  readonly files: number;
  readonly tracker: string;
}

/** Writes it to `path`. All files are of the same length. */
export function writeTorrent(path: string, { pieces, files, tracker }: Shape): Metainfo {
  const length = pieces * PIECE_BYTES / files;
  const bytes = buildMetainfo({
    name: 'large', pieceLength: PIECE_BYTES, trackers: [[tracker]],
    hashes: Uint8Array.from({ length: 20 * pieces }, (_, i) => i % 251),
    files: Array.from({ length: files }, (_, i) => ({
      path: ['large', `folder ${Math.floor(i / FILES_IN_FOLDER)}`, `file ${i}.bin`], length, padding: false,
    })),
  });
  writeFileSync(path, bytes);
  const meta = parseMetainfo(bytes, nodeSha1);
  if (!meta.ok) throw new Error(describe(meta.error));
  return meta.value;
}

export function pretend({ infoHash, pieceCount, files }: Metainfo, folder: string): void {
  const stamps = files.map(({ path, length }) => {
    const file = join(folder, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    truncateSync(file, length);
    return { length, modifiedAt: statSync(file).mtimeMs };
  });
  mkdirSync(join(folder, '.actorrent'));
  const pieces = Bitfield.full(pieceCount).bytes();
  writeFileSync(join(folder, '.actorrent', `${infoHash}.resume`), encodeResumeRecord({ infoHash, pieces, files: stamps, unfinished: [] }));
}
