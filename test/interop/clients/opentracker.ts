/**
 * opentracker, as Debian builds it: IPv4, runs as `nobody` in a folder it locks itself into, and serves only the
 * info-hashes of a whitelist. It asks to be announced to every half hour, so peers find each other on joining only.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../child.js';
import type { Host } from '../netns.js';
import { isListening } from '../proc-net.js';
import { READY_MS, until } from './client.js';

export const TRACKER_PORT = 6969;
export type Transport = 'http' | 'udp';
export const announceUrl = (host: Host, transport: Transport = 'http'): string =>
  `${transport}://${host.ip4}:${TRACKER_PORT}/announce`;

export interface TrackerJob {
  readonly host: Host;
  readonly home: string;
  readonly infoHashes: readonly string[];
}

export async function startOpentracker({ host, home, infoHashes }: TrackerJob): Promise<Child> {
  writeFileSync(join(home, 'whitelist'), infoHashes.map((h) => `${h}\n`).join(''));
  chmodSync(home, 0o755);
  const port = String(TRACKER_PORT);
  const child = host.start({
    name: 'opentracker', cwd: home,
    argv: ['opentracker', '-i', host.ip4, '-p', port, '-P', port, '-d', home, '-u', 'nobody', '-w', 'whitelist'],
  });
  const settled = (): boolean => child.exit() !== undefined || isListening(child.pid, TRACKER_PORT);
  await until('opentracker to listen', settled, READY_MS);
  if (child.exit()) throw new Error('opentracker ended');
  return child;
}
