/**
 * libtorrent (Debian's python3-libtorrent), driven by lt_peer.py: one process, one torrent, lines of JSON.
 */
import { listen, numberIn, type Heard } from '../events.js';
import { PYTHON, sourcePath } from '../paths.js';
import { PEER_PORT, READY_MS, until, type Client, type Job } from './client.js';

export interface LibtorrentJob extends Job {
  /** Bytes a second; absent: no limit. */
  readonly upLimit?: number;
  readonly downLimit?: number;
}

export interface LibtorrentClient extends Client {
  /** When (ms, monotonic) it accepted connections. */
  readonly accepted: () => readonly number[];
}

export function startLibtorrent(job: LibtorrentJob): LibtorrentClient {
  const address = job.ipv6 ? `[${job.host.ip6}]` : job.host.ip4;
  const order = {
    torrent: job.torrent, folder: job.folder, listen: `${address}:${PEER_PORT}`,
    peers: (job.peers ?? []).map((peer) => [peer, PEER_PORT]),
    upLimit: job.upLimit ?? 0, downLimit: job.downLimit ?? 0,
  };
  const child = job.host.start({
    name: job.name, cwd: job.home, argv: [PYTHON, sourcePath('clients/lt_peer.py'), JSON.stringify(order)],
  });
  const events = listen(child);
  const is = (event: string) => (h: Heard) => h.event === event;
  return {
    name: job.name, pid: child.pid, peakRss: child.peakRss,
    accepted: () => events.all().filter(is('accepted')).map((h) => h.at),
    ready: async () => {
      await events.first('listening', is('listening'), READY_MS);
      await events.first('checked', is('checked'), READY_MS);
      if (job.tracked) await events.first('an answer of the tracker', is('tracker'), READY_MS);
    },
    complete: async (deadlineMs) => (await events.first('done', is('done'), deadlineMs)).at,
    uploaded: async () => {
      await until('a status', () => events.last('status') !== undefined, READY_MS);
      return numberIn(events.last('status')!, 'uploaded');
    },
    stop: async () => {
      const { code, signal } = await child.stop();
      const errors = events.all().filter(is('error')).map((h) => String(h.fields.message));
      if (code !== 0 || errors.length > 0) {
        throw new Error(`${job.name} ended with ${signal ?? code}${errors.map((e) => `\n  ${e}`).join('')}`);
      }
    },
  };
}
