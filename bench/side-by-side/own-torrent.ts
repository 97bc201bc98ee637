/** Torrents made by actorrent itself, where no other client has to be there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InfoHash } from '../../src/base/brand.js';
import { describe } from '../../src/base/result.js';
import { magnetOf } from '../../src/cli/commands/magnet.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import type { MadeTorrent, TorrentOrder } from '../../test/interop/content.js';
import { CLI } from '../../test/interop/paths.js';

/** As a user would, in a process of its own. */
export function createTorrent({ content, torrent, pieceBytes, trackers }: TorrentOrder): MadeTorrent {
  const argv = [CLI, 'create', content, '-o', torrent, '--piece-length', String(pieceBytes), ...trackers.flatMap((t) => ['--tracker', t])];
  const { status, stderr, error } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`actorrent create: ${error?.message ?? stderr}`);
  const meta = metaOf(readFileSync(torrent));
  return {
    infoHash: meta.infoHash, magnet: magnetOf(meta), pieces: meta.pieceCount,
    files: meta.files.map((f) => ({ path: f.path.join('/'), bytes: f.length })),
  };
}

export interface SmallTorrents {
  /** Where the files are, all complete. */
  readonly folder: string;
  readonly torrents: readonly { readonly path: string; readonly infoHash: InfoHash }[];
}

const SMALL_BYTES = 16_384;

/** Torrents of one small file each, made in an empty folder. */
export function smallTorrents(at: string, count: number): SmallTorrents {
  const folder = join(at, 'files');
  mkdirSync(folder);
  const torrents = Array.from({ length: count }, (_, i) => {
    const name = `small ${i + 1}`;
    const bytes = Buffer.alloc(SMALL_BYTES, name);
    writeFileSync(join(folder, name), bytes);
    const metainfo = buildMetainfo({
      name, files: [{ path: [name], length: SMALL_BYTES, padding: false }], pieceLength: SMALL_BYTES, hashes: nodeSha1(bytes),
    });
    const path = join(at, `${i + 1}.torrent`);
    writeFileSync(path, metainfo);
    return { path, infoHash: metaOf(metainfo).infoHash };
  });
  return { folder, torrents };
}

function metaOf(metainfo: Uint8Array): Metainfo {
  const parsed = parseMetainfo(metainfo, nodeSha1);
  if (!parsed.ok) throw new Error(describe(parsed.error));
  return parsed.value;
}
