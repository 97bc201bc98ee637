/**
 * A client, as its user sees it: what it is told at its start, what a torrent is added with, and what can be asked of it.
 * `compose.ts` makes one from ports and this configuration; the CLI, the library and the simulator are its users.
 */
import type { Endpoint } from './base/endpoint.js';
import type { FilePriority, FileWishes } from './base/file-priority.js';
import type { InfoHash, PeerId, TorrentKey } from './base/brand.js';
import type { Bytes, BytesPerSec, Millis } from './base/units.js';
import type { Kernel } from './kernel/kernel.js';
import type { Tap } from './kernel/tap.js';
import type { ChokePolicy, Params } from './policy/choke/policy.js';
import type { Allocation } from './ports/disk.js';
import type { PickOrder } from './policy/pick/selection.js';
import type { Magnet } from './protocol/magnet.js';
import type { Metainfo } from './protocol/metainfo.js';

/** null: no limit. */
export type Limit = BytesPerSec | null;
export type Direction = 'up' | 'down';
/** Whose limit it is. Each torrent has that of `each torrent` until it is given one of its own. */
export type LimitOf = 'all' | 'each torrent' | 'each peer' | { readonly torrent: InfoHash };

/** A policy with its checked parameters. */
export interface ChosenPolicy {
  readonly policy: ChokePolicy;
  readonly params: Params;
}

export interface ClientConfig {
  /** All chance of the run comes from it. */
  readonly seed: number;
  readonly peerId: PeerId;
  /** Name and version told to peers (BEP 10 `v`) and trackers. */
  readonly agent: string;
  readonly listen: { readonly host?: string; readonly port: number };
  readonly limits: Readonly<Record<Direction, Limit>>;
  /** Of each torrent, and of each peer, within the limits of all. */
  readonly torrentLimits?: Readonly<Record<Direction, Limit>>;
  readonly peerLimits?: Readonly<Record<Direction, Limit>>;
  /** No limit holds the peers of our own network and of this machine. */
  readonly unlimitedLocal?: boolean;
  readonly choke: ChosenPolicy;
  /** Looks on: asked the same, without effect, and what it would do otherwise is told. */
  readonly shadow?: ChosenPolicy;
  /** Downloads that go on at once: the others wait for their turn, in the order in which they were added. Absent: all. */
  readonly maxActive?: number;
  /** Connections a torrent. */
  readonly maxPeers: number;
  /** For pieces that are being downloaded or stored, of a torrent with pieces of this length. */
  readonly pieceMemory: (pieceLength: Bytes) => Bytes;
  /** Resume records are saved this often while anything is new; absent: every 30 s. */
  readonly saveEvery?: Millis;
  /** Pieces granted to a choked peer that has nothing yet (BEP 6); absent: as many as the BEP suggests. */
  readonly allowedFast?: number;
  /** For torrents that come while it runs, on the live page or in the watched folder; absent: none are taken. */
  readonly newTorrent?: NewTorrent;
  /** Undeclared edges and crashes are errors: for tests. */
  readonly strict?: boolean;
  /** Its processes may be killed (`kernel.kill`), and so may crash more often. */
  readonly chaos?: boolean;
  /** False: messages are not counted, so that a benchmark can tell what that costs. */
  readonly counting?: boolean;
  /** Looks on at all messages, for a trace. */
  readonly tap?: Tap;
}

export interface TorrentRequest {
  readonly meta: Metainfo;
  readonly folder: string;
  /** Tried at once. */
  readonly peers: readonly Endpoint[];
  /** Hosts and addresses (see Candidates) that have lied about it: nobody there is dialled or let in. */
  readonly banned?: readonly string[];
  /** Where it says nothing of a file, what was said while earlier runs went on; where nobody did, it is normal. */
  readonly priorities?: FileWishes;
  readonly order: PickOrder;
  /** The first and the last piece of each file before all others. */
  readonly firstLast?: boolean;
  /** Its own choking policy; absent: that of all. */
  readonly choke?: ChosenPolicy;
  /** `record`: trust the resume record where sizes and times match; `full`: hash everything. */
  readonly check: 'record' | 'full';
  /** Makes room for the wanted files at the start; absent: they grow. */
  readonly preallocate?: Allocation;
  /** Writes over files of another origin too. */
  readonly overwrite?: boolean;
  /** Seed on after completion until one of these, which the `seeded` event tells; then it rests. Absent: until stopped. */
  readonly goals?: { readonly ratio?: number; readonly time?: Millis };
}

/** A torrent of which only a link is known: its metainfo is fetched from peers first (BEP 9). */
export interface MagnetRequest {
  readonly magnet: Magnet;
  /** Tried at once, beside those of the link. */
  readonly peers: readonly Endpoint[];
  /** Keeps the metainfo, for the next start; absent: it is fetched each time. */
  readonly folder?: string;
  /** How the torrent goes on once it is known; a text says why it does not. Called in the client's own step: it must not throw. */
  readonly whenKnown: (meta: Metainfo) => TorrentRequest | string;
}
export type AnyRequest = TorrentRequest | MagnetRequest;

/** What it is to be added with; a text says why it is not wanted. Called in the client's own step: it must not throw. */
export type NewTorrent = (source: Metainfo | Magnet) => AnyRequest | string;

export const infoHashOf = (request: AnyRequest): InfoHash => 'meta' in request ? request.meta.infoHash : request.magnet.infoHash;

interface Summary {
  readonly torrent: InfoHash;
  readonly name: string;
  readonly bytes: Bytes;
  readonly pieces: number;
}

/** Of a magnet link only what it says of itself. */
export function summaryOf(request: AnyRequest): Summary {
  const torrent = infoHashOf(request);
  if ('magnet' in request) return { torrent, name: request.magnet.name ?? torrent, bytes: 0, pieces: 0 };
  const { name, totalBytes: bytes, pieceCount: pieces } = request.meta;
  return { torrent, name, bytes, pieces };
}

export interface Client {
  readonly kernel: Kernel;
  add(request: AnyRequest): TorrentKey;
  /** It says goodbye, and the `removed` event tells when it has. Its files stay, or those that are its own are deleted. */
  remove(torrent: InfoHash, how: { readonly withData: boolean }): void;
  /** One torrent, or all. */
  pause(torrent?: InfoHash): void;
  resume(torrent?: InfoHash): void;
  /** Of all, where it is not said of what. */
  setLimit(direction: Direction, limit: Limit, of?: LimitOf): void;
  /** Of the files that match a glob, of one torrent or of all. The `files` event tells which. */
  setPriority(glob: string, priority: FilePriority, torrent?: InfoHash): void;
  /** For one torrent, or for all that have none of their own. */
  setPolicy(choke: ChosenPolicy, torrent?: InfoHash): void;
  /** Saves everything and tells the trackers; the `stopped` event ends it. Trackers get 4 s, the disk a minute. */
  stop(): void;
}
