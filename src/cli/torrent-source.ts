/**
 * A TORRENT as typed -> its metainfo: a path, or an http(s) URL that is fetched. Magnet links and info-hashes are
 * recognised and refused with the reason: metadata from peers (BEP 9) is a process of its own, which is not there.
 */
import { nodeSha1 } from '../edge/sha1.js';
import { isUrl, readSource } from '../library/source.js';
import { parseInfoHash, parseMagnet } from '../protocol/magnet.js';
import { parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { badTorrent, failure } from './exit.js';

export type SourceKind = 'magnet' | 'hash' | 'url' | 'path';

export function kindOf(source: string): SourceKind {
  if (/^magnet:/i.test(source)) return 'magnet';
  if (isUrl(source)) return 'url';
  return parseInfoHash(source) !== undefined || /^[0-9a-f]{64}$/i.test(source) ? 'hash' : 'path';
}

/** Throws an Ending that names the source and what is wrong with it. */
export async function loadTorrent(source: string): Promise<Metainfo> {
  const bytes = await bytesOf(source);
  const meta = parseMetainfo(bytes, nodeSha1);
  if (!meta.ok) throw badTorrent(source, meta.error);
  return meta.value;
}

function bytesOf(source: string): Promise<Uint8Array> {
  switch (kindOf(source)) {
    case 'magnet': {
      const magnet = parseMagnet(source);
      if (!magnet.ok) throw badTorrent('magnet link', magnet.error);
      throw noMetadata(`magnet link for ${magnet.value.name ?? magnet.value.infoHash}`);
    }
    case 'hash': throw noMetadata(`info-hash ${source}`);
    case 'url':
    case 'path': return readSource(source).catch((e: unknown) => { throw failure((e as Error).message); });
  }
}

const noMetadata = (what: string): Error =>
  failure(`${what}: this version cannot fetch metadata from peers; give the .torrent file or its URL`);
