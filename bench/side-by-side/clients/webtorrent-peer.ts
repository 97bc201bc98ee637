/**
 * Runs WebTorrent with one torrent, over TCP only, and prints a line of JSON when it is complete. argv[2] is a PeerOrder.
 * SIGTERM closes it and ends with 0.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export interface PeerOrder {
  /** WebTorrent's main module. */
  readonly module: string;
  readonly torrent: string;
  readonly folder: string;
  readonly port: number;
  readonly peers: readonly string[];
}

/** As much of WebTorrent as is used here. */
interface WebTorrent {
  add(torrent: Uint8Array, options: { path: string }): Torrent;
  destroy(done: (error?: Error) => void): void;
  on(event: 'error', hear: (error: Error) => void): void;
}
interface Torrent {
  on(event: 'ready' | 'done', hear: () => void): void;
  addPeer(address: string): void;
}

const order = JSON.parse(process.argv[2] ?? '') as PeerOrder;
const { default: Client } = await import(pathToFileURL(order.module).href) as
  { default: new (options: object) => WebTorrent };

const client = new Client({
  torrentPort: order.port, dht: false, lsd: false, utp: false, utPex: false, natUpnp: false, natPmp: false,
});
client.on('error', (error) => { throw error; });
const torrent = client.add(readFileSync(order.torrent), { path: order.folder });
torrent.on('ready', () => { for (const peer of order.peers) torrent.addPeer(peer); });
torrent.on('done', () => { process.stdout.write('{"event":"done"}\n'); });
process.on('SIGTERM', () => client.destroy((error) => process.exit(error ? 1 : 0)));
