/** The package's entry for programs: `import { createClient } from 'actorrent'`. Described in docs/library.md. */
export { createClient, type Client } from './client.js';
export type { ClientEventName, EventOf, TorrentEvent, TorrentEventName } from './listeners.js';
export type { AddOptions, ClientOptions, OwnPolicy, PolicyChoice, TorrentFile } from './options.js';
export type { Torrent } from './torrent.js';
export type { FilePriority } from '../base/file-priority.js';
export type { ClientEvent, FileFacts, PeerFacts, Stats } from '../ports/events.js';
export type * from '../policy/choke/policy.js';
