/** WebTorrent, driven by webtorrent-peer.ts. It is none of our dependencies: whoever wants it measured says where it is. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PEER_PORT, READY_MS, until, type Client, type Job } from '../../../test/interop/clients/client.js';
import { listen } from '../../../test/interop/events.js';
import { isListening } from '../../../test/interop/proc-net.js';
import type { PeerOrder } from './webtorrent-peer.js';

/** Throws where the variable is not set. */
export function webtorrentFolder(): string {
  const folder = process.env.ACTORRENT_BENCH_WEBTORRENT;
  if (folder === undefined) throw new Error('ACTORRENT_BENCH_WEBTORRENT is not set');
  return join(folder, 'node_modules', 'webtorrent');
}

export function startWebtorrent(job: Job): Client {
  const order: PeerOrder = {
    module: join(webtorrentFolder(), 'index.js'), torrent: job.torrent, folder: job.folder, port: PEER_PORT,
    peers: (job.peers ?? []).map((peer) => `${peer}:${PEER_PORT}`),
  };
  const driver = fileURLToPath(new URL('webtorrent-peer.js', import.meta.url));
  const child = job.host.start({ name: job.name, cwd: job.home, argv: [process.execPath, driver, JSON.stringify(order)] });
  const events = listen(child);
  return {
    name: job.name, pid: child.pid, peakRss: child.peakRss,
    ready: () => until(`${job.name} to listen`, () => isListening(child.pid, PEER_PORT), READY_MS),
    complete: async (deadlineMs) => (await events.first('completion', (h) => h.event === 'done', deadlineMs)).at,
    uploaded: () => Promise.reject(new Error('not asked of WebTorrent')),
    stop: async () => {
      const { code, signal } = await child.stop();
      if (code !== 0) throw new Error(`${job.name} ended with ${signal ?? code}`);
    },
  };
}
