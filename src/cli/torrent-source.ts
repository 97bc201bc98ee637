/**
 * A TORRENT as typed -> its metainfo: a path, or an http(s) URL that is fetched. Magnet links and info-hashes are
 * recognised and refused with the reason: metadata from peers (BEP 9) is a process of its own, which is not there.
 */
import { readFile, stat } from 'node:fs/promises';
import { SECOND } from '../base/units.js';
import { nodeHttp } from '../edge/http.js';
import { nodeSha1 } from '../edge/sha1.js';
import { inWords } from '../edge/words.js';
import { parseInfoHash, parseMagnet } from '../protocol/magnet.js';
import { METAINFO_LIMITS, parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { badTorrent, failure } from './exit.js';
import { AGENT } from './version.js';

export type SourceKind = 'magnet' | 'hash' | 'url' | 'path';

export function kindOf(source: string): SourceKind {
  if (/^magnet:/i.test(source)) return 'magnet';
  if (/^https?:\/\//i.test(source)) return 'url';
  return parseInfoHash(source) !== undefined || /^[0-9a-f]{64}$/i.test(source) ? 'hash' : 'path';
}

/** Throws an Ending that names the source and what is wrong with it. */
export async function loadTorrent(source: string): Promise<Metainfo> {
  const bytes = await readSource(source);
  const meta = parseMetainfo(bytes, nodeSha1);
  if (!meta.ok) throw badTorrent(source, meta.error);
  return meta.value;
}

function readSource(source: string): Promise<Uint8Array> {
  switch (kindOf(source)) {
    case 'magnet': {
      const magnet = parseMagnet(source);
      if (!magnet.ok) throw badTorrent('magnet link', magnet.error);
      throw noMetadata(`magnet link for ${magnet.value.name ?? magnet.value.infoHash}`);
    }
    case 'hash': throw noMetadata(`info-hash ${source}`);
    case 'url': return fetchTorrent(source);
    case 'path': return readTorrent(source);
  }
}

const noMetadata = (what: string): Error =>
  failure(`${what}: this version cannot fetch metadata from peers; give the .torrent file or its URL`);

async function fetchTorrent(url: string): Promise<Uint8Array> {
  try {
    const { maxBytes } = METAINFO_LIMITS;
    const answer = await nodeHttp({ agent: AGENT }).get(url, { timeout: 30 * SECOND, maxBytes });
    if (answer.status !== 200) throw new Error(`the server answered ${answer.status}`);
    return answer.body;
  } catch (e) {
    throw failure(`${url}: ${inWords(e)}`);
  }
}

async function readTorrent(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > METAINFO_LIMITS.maxBytes) throw new Error(`larger than a torrent file may be: ${size} bytes`);
    return await readFile(path);
  } catch (e) {
    throw failure(`${path}: ${inWords(e)}`);
  }
}
