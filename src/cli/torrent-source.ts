/**
 * A TORRENT as typed -> its metainfo: a path, an http(s) URL that is fetched, or a magnet link or info-hash, whose metainfo peers have
 * (fetch-metainfo.ts).
 */
import { nodeSha1 } from '../edge/sha1.js';
import { isUrl, readSource } from '../library/source.js';
import { parseInfoHash, parseMagnet, type Magnet } from '../protocol/magnet.js';
import { parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { badTorrent, failure, misuse } from './exit.js';
import { fetchMetainfo, type Ways } from './fetch-metainfo.js';

export type SourceKind = 'magnet' | 'hash' | 'url' | 'path';

export function kindOf(source: string): SourceKind {
  if (/^magnet:/i.test(source)) return 'magnet';
  if (isUrl(source)) return 'url';
  return parseInfoHash(source) !== undefined || /^[0-9a-f]{64}$/i.test(source) ? 'hash' : 'path';
}

/** Its metainfo, from peers if need be. Throws an Ending that names the source and what is wrong with it. */
export async function loadTorrent(source: string, ways: Ways = {}): Promise<Metainfo> {
  const read = await readTorrent(source);
  return 'files' in read ? read : fetchMetainfo(read, ways);
}

/** The same without asking peers: of a magnet link or info-hash, what it says. */
export async function readTorrent(source: string): Promise<Metainfo | Magnet> {
  switch (kindOf(source)) {
    case 'magnet': {
      const magnet = parseMagnet(source);
      if (!magnet.ok) throw badTorrent('magnet link', magnet.error);
      return magnet.value;
    }
    case 'hash': return bareMagnet(source);
    case 'url':
    case 'path': {
      const bytes = await readSource(source).catch((e: unknown) => { throw failure((e as Error).message); });
      const meta = parseMetainfo(bytes, nodeSha1);
      if (!meta.ok) throw badTorrent(source, meta.error);
      return meta.value;
    }
  }
}

function bareMagnet(source: string): Magnet {
  const infoHash = parseInfoHash(source);
  if (infoHash !== undefined) return { infoHash, trackers: [], peers: [], webSeeds: [] };
  throw misuse(`info-hash ${source}: of a version 2 torrent (BEP 52), which is not supported; a version 1 hash has 40 digits`);
}
