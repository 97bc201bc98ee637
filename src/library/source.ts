/** A torrent file's bytes, from a path or an http(s) URL. Errors name the source and say what is wrong, for people. */
import { readFile, stat } from 'node:fs/promises';
import { SECOND } from '../base/units.js';
import { nodeHttp } from '../edge/http.js';
import { inWords } from '../edge/words.js';
import { METAINFO_LIMITS } from '../protocol/metainfo.js';
import { AGENT } from './version.js';

export const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

export async function readSource(source: string): Promise<Uint8Array> {
  try {
    return await (isUrl(source) ? fetchTorrent(source) : readTorrent(source));
  } catch (e) {
    throw new Error(`${source}: ${inWords(e)}`, { cause: e });
  }
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
