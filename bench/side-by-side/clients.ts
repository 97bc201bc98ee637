/**
 * The clients that can be measured: how each is started, whether it is here, which version it is, and how to get it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startActorrent, type ActorrentJob } from '../../test/interop/clients/actorrent.js';
import type { Client } from '../../test/interop/clients/client.js';
import { startLibtorrent } from '../../test/interop/clients/libtorrent.js';
import { startTransmission } from '../../test/interop/clients/transmission.js';
import { missing } from '../../test/interop/needs.js';
import { CLI, PYTHON } from '../../test/interop/paths.js';
import { startAria2 } from './clients/aria2.js';
import { startWebtorrent, webtorrentFolder } from './clients/webtorrent.js';

export type ClientName = 'actorrent' | 'libtorrent' | 'webtorrent' | 'aria2' | 'transmission';

interface Known {
  /** The options are ours; the others have none. */
  readonly start: (job: ActorrentJob) => Client;
  readonly version: () => string;
  /** How to get it. */
  readonly missing: (version: string) => string | undefined;
}

const output = (program: string, ...args: string[]): string => {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  return error ? '' : /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? '';
};
const whereNone = (advice: string) => (version: string): string | undefined => version === '' ? advice : undefined;

const CLIENTS: Readonly<Record<ClientName, Known>> = {
  actorrent: { start: startActorrent, version: () => output(process.execPath, CLI, '--version'), missing: () => undefined },
  libtorrent: {
    start: startLibtorrent, version: () => output(PYTHON, '-c', 'import libtorrent; print(libtorrent.version)'),
    missing: () => missing(['libtorrent']),
  },
  aria2: {
    start: startAria2, version: () => output('aria2c', '--version'),
    missing: whereNone('aria2c is not installed (apt-get install aria2)'),
  },
  transmission: {
    start: startTransmission, version: () => output('transmission-daemon', '--version'),
    missing: () => missing(['transmission']),
  },
  webtorrent: {
    start: startWebtorrent, version: webtorrentVersion,
    missing: whereNone('WebTorrent is not there (npm install --prefix DIR webtorrent, then '
      + 'ACTORRENT_BENCH_WEBTORRENT=DIR)'),
  },
};

function webtorrentVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(webtorrentFolder(), 'package.json'), 'utf8')) as { version: string };
    return version;
  } catch {
    return '';
  }
}

export const CLIENT_NAMES = Object.keys(CLIENTS) as readonly ClientName[];

export const startClient = (client: ClientName, job: ActorrentJob): Client => CLIENTS[client].start(job);

export interface Presence {
  readonly version: string;
  /** Undefined where it is here. */
  readonly missing: string | undefined;
}

const presences = new Map<ClientName, Presence>();

/** Each is looked for once. */
export function presence(client: ClientName): Presence {
  const known = presences.get(client);
  if (known !== undefined) return known;
  const version = CLIENTS[client].version();
  const found = { version, missing: CLIENTS[client].missing(version) };
  presences.set(client, found);
  return found;
}
