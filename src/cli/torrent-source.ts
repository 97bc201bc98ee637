/** A TORRENT as typed -> its metainfo. That of a magnet link or info-hash comes from peers (fetch-metainfo.ts). */
import { readSource, sourceName } from '../library/source.js';
import type { Ways } from '../library/ways.js';
import type { Magnet } from '../protocol/magnet.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { badTorrent, failure } from './exit.js';
import { fetchMetainfo } from './fetch-metainfo.js';

/** Its metainfo, from peers if need be. Throws an Ending that names the source and what is wrong with it. */
export async function loadTorrent(source: string, ways: Ways = {}): Promise<Metainfo> {
  const read = await readTorrent(source);
  return 'files' in read ? read : fetchMetainfo(read, ways);
}

/** The same without asking peers: of a magnet link or info-hash, what it says. */
export async function readTorrent(source: string): Promise<Metainfo | Magnet> {
  const read = await readSource(source).catch((e: unknown) => { throw failure((e as Error).message); });
  if (!read.ok) throw badTorrent(sourceName(source), read.error);
  return read.value;
}
