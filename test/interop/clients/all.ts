/** Every client by its name, so that a test can be written once and run for each. */
import type { Need } from '../needs.js';
import { startActorrent } from './actorrent.js';
import type { Client, Job } from './client.js';
import { startLibtorrent } from './libtorrent.js';
import { startTransmission } from './transmission.js';

export type ClientName = 'actorrent' | 'libtorrent' | 'transmission';

export const startClient: Readonly<Record<ClientName, (job: Job) => Client>> = {
  actorrent: startActorrent,
  libtorrent: startLibtorrent,
  transmission: startTransmission,
};

/** What must be installed for them. libtorrent always: it makes the torrents. */
export const needsOf = (...names: readonly ClientName[]): readonly Need[] =>
  [...new Set<Need>(['libtorrent', ...names.filter((n) => n !== 'actorrent')])];
