/** One download, measured from the start of the leecher's program until it says that it has every byte. */
import type { Content } from '../../test/interop/content.js';
import { differences } from '../../test/interop/content.js';
import type { Lab } from '../../test/interop/lab.js';
import { transferMs } from '../../test/interop/settings.js';
import { startClient, type ClientName } from './clients.js';
import { treeUsage } from './process-tree.js';

export interface Leech {
  readonly client: ClientName;
  readonly part: Lab;
  readonly content: Content;
  /** Names of hosts that it is told of; without, it learns of peers from the torrent's tracker. */
  readonly peers?: readonly string[];
}

export interface Leeched {
  /** ms, monotonic. */
  readonly begin: number;
  readonly end: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** On the host `leecher`. */
export async function leech({ client, part, content, peers = [] }: Leech): Promise<Leeched> {
  const folder = part.folder('downloaded');
  const home = part.folder('home');
  const begin = performance.now();
  const leecher = startClient(client, {
    name: client, goal: 'fetch', host: part.host('leecher'), home, folder, torrent: content.torrent, tracked: peers.length === 0,
    peers: peers.map((name) => part.host(name).ip4),
  });
  const end = await leecher.complete(transferMs(content.bytes));
  const { cpuMs, peakBytes } = treeUsage([leecher.pid]);
  await leecher.stop();
  await mustBeWhole(content, folder);
  return { begin, end, cpuMs, peakBytes };
}

/** Rejects unless every byte of the content is in the folder. */
export async function mustBeWhole(content: Content, folder: string): Promise<void> {
  const wrong = await differences({ content, folder });
  if (wrong.length > 0) throw new Error(`${folder}: ${wrong.join('; ')}`);
}
