/**
 * What a user or a program names as a torrent -> its metainfo, or the link that leads to it. A path or http(s) URL is read; a magnet link or
 * info-hash is taken for what it says. Rejects, in words for people, where the source cannot be read.
 */
import { readFile, stat } from 'node:fs/promises';
import { flaw, ok, type Result } from '../base/result.js';
import { SECOND } from '../base/units.js';
import { nodeHttp } from '../edge/http.js';
import { nodeSha1 } from '../edge/sha1.js';
import { inWords } from '../edge/words.js';
import { parseInfoHash, parseMagnet, type Magnet } from '../protocol/magnet.js';
import { METAINFO_LIMITS, parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { AGENT } from './version.js';

export type SourceKind = 'magnet' | 'hash' | 'url' | 'path';

export function kindOf(source: string): SourceKind {
  if (/^magnet:/i.test(source)) return 'magnet';
  if (/^https?:\/\//i.test(source)) return 'url';
  return parseInfoHash(source) !== undefined || /^[0-9a-f]{64}$/i.test(source) ? 'hash' : 'path';
}

/** How messages call it: a link is long. */
export const sourceName = (source: string): string => kindOf(source) === 'magnet' ? 'magnet link' : source;

export async function readSource(source: string): Promise<Result<Metainfo | Magnet>> {
  switch (kindOf(source)) {
    case 'magnet': return parseMagnet(source);
    case 'hash': return bareMagnet(source);
    case 'url': return parseMetainfo(await bytesOf(source, fetchTorrent), nodeSha1);
    case 'path': return parseMetainfo(await bytesOf(source, readTorrent), nodeSha1);
  }
}

function bareMagnet(source: string): Result<Magnet> {
  const infoHash = parseInfoHash(source);
  if (infoHash !== undefined) return ok({ infoHash, trackers: [], peers: [], webSeeds: [] });
  return flaw('info-hash', '40 digits', '64: that of a version 2 torrent (BEP 52), which is not supported');
}

async function bytesOf(source: string, read: (source: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read(source);
  } catch (e) {
    throw new Error(`${source}: ${inWords(e)}${meant(source)}`, { cause: e });
  }
}

/** What may have been meant by what is no file. */
function meant(source: string): string {
  if (/^[0-9a-f]{30,63}$/i.test(source)) return `; an info-hash has 40 digits, not ${source.length}`;
  return /^[a-z]+:\/\//i.test(source) && kindOf(source) === 'path' ? '; a URL begins with http:// or https://' : '';
}

async function fetchTorrent(url: string): Promise<Uint8Array> {
  const { maxBytes } = METAINFO_LIMITS;
  const answer = await nodeHttp({ agent: AGENT }).get(url, { timeout: 30 * SECOND, maxBytes });
  if (answer.status !== 200) throw new Error(`the server answered ${answer.status}`);
  return answer.body;
}

async function readTorrent(path: string): Promise<Uint8Array> {
  const found = await stat(path);
  if (found.isDirectory()) throw new Error('a folder, not a torrent file; actorrent create makes one of it');
  const { size } = found;
  if (size > METAINFO_LIMITS.maxBytes) throw new Error(`larger than a torrent file may be: ${size} bytes`);
  return readFile(path);
}
