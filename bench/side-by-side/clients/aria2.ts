/**
 * aria2, over TCP and in plain text, with DHT, PEX and LPD off. It takes peers from a tracker only. Completion is told by
 * its hook, which inherits stdout; nothing else is printed there.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PEER_PORT, READY_MS, until, type Client, type Job } from '../../../test/interop/clients/client.js';
import { listen } from '../../../test/interop/events.js';
import { isListening } from '../../../test/interop/proc-net.js';

const HOOK = `#!/bin/sh
echo '{"event":"done"}'
`;

export function startAria2(job: Job): Client {
  if (job.goal !== 'fetch' || job.peers?.length) throw new Error('aria2 is only measured as a leecher with a tracker');
  const hook = join(job.home, 'complete.sh');
  writeFileSync(hook, HOOK, { mode: 0o755 });
  const child = job.host.start({
    name: job.name, cwd: job.home,
    argv: [
      'aria2c', '--no-conf', '--quiet', `--dir=${job.folder}`, `--interface=${job.host.ip4}`, `--listen-port=${PEER_PORT}`,
      '--enable-dht=false', '--enable-peer-exchange=false', '--bt-enable-lpd=false', '--file-allocation=none',
      '--seed-ratio=0', `--on-bt-download-complete=${hook}`, job.torrent,
    ],
  });
  const events = listen(child);
  return {
    name: job.name, pid: child.pid, peakRss: child.peakRss,
    ready: () => until(`${job.name} to listen`, () => isListening(child.pid, PEER_PORT), READY_MS),
    complete: async (deadlineMs) => (await events.first('completion', (h) => h.event === 'done', deadlineMs)).at,
    uploaded: () => Promise.reject(new Error('aria2 does not say what it uploaded')),
    stop: async () => {
      const { code, signal } = await child.stop('SIGINT');
      // 7: unfinished downloads; it counts seeding as one (aria2c(1), EXIT STATUS).
      if (code !== 0 && code !== 7) throw new Error(`${job.name} ended with ${signal ?? code}`);
    },
  };
}
