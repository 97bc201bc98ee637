/**
 * actorrent itself, as a user runs it: the built CLI with `--json`, stopped with Ctrl-C. Only what the command line
 * promises is used; what crosses the wire and what it costs are measured from outside.
 */
import { listen, numberIn, type Events, type Heard } from '../events.js';
import { CLI } from '../paths.js';
import { PEER_PORT, READY_MS, until, type Client, type Job } from './client.js';

/** After `done`, `download` tells the tracker, writes its record, and ends. */
const LEAVE_MS = 30_000;
const STOPPED_BY_CTRL_C = 130;

export interface ActorrentJob extends Job {
  /** More of the command line, such as `--down-limit 2000`. */
  readonly options?: readonly string[];
  /** Listen on every address of the host. */
  readonly everywhere?: boolean;
}

export interface ActorrentClient extends Client {
  /** What it prints. */
  readonly events: Events;
  /** As by `kill -9`: resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

export function startActorrent(job: ActorrentJob): ActorrentClient {
  const command = { seed: ['seed'], fetch: ['download'], share: ['download', '--seed'] }[job.goal];
  const child = job.host.start({
    name: job.name, cwd: job.home,
    argv: [
      process.execPath, CLI, ...command, job.torrent, '--folder', job.folder, '--json', '--port', String(PEER_PORT),
      ...(job.everywhere ? [] : ['--ip', job.ipv6 ? job.host.ip6 : job.host.ip4]),
      ...(job.peers ?? []).flatMap((peer) => ['--peer', `${peer.includes(':') ? `[${peer}]` : peer}:${PEER_PORT}`]),
      ...(job.options ?? []),
    ],
  });
  const events = listen(child);
  const is = (event: string) => (h: Heard) => h.event === event;
  return {
    name: job.name, pid: child.pid, peakRss: child.peakRss, events,
    kill: async () => {
      child.kill();
      await child.exited;
    },
    ready: async () => {
      await events.first('a listening socket', is('listening'), READY_MS);
      if (job.goal === 'seed') await events.first('the check', is('checked'), READY_MS);
      if (job.tracked) await events.first('an answer of the tracker', is('tracker'), READY_MS);
    },
    complete: async (deadlineMs) => (await events.first('done', is('done'), deadlineMs)).at,
    uploaded: async () => {
      await until('stats', () => events.last('stats') !== undefined, READY_MS);
      return numberIn(events.last('stats')!, 'uploaded');
    },
    stop: async () => {
      const leaves = job.goal === 'fetch' && events.last('done') !== undefined;
      if (leaves) await until(`${job.name} to end by itself`, () => child.exit() !== undefined, LEAVE_MS);
      const { code, signal } = await child.stop('SIGINT');
      const expected = leaves ? 0 : STOPPED_BY_CTRL_C;
      if (code !== expected) {
        throw new Error(`${job.name} ended with ${signal ?? `exit code ${code}`}, not ${expected}`);
      }
    },
  };
}
