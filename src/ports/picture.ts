/**
 * What the live page is told, by topic. Everything is plain data. A topic is told again when it changes, as a whole, but `decisions`:
 * of those only what is new. Sizes are bounded: by the peers of one torrent, the cells of a piece map, and the files that are shown at
 * a time.
 */
import type { InfoHash, PeerKey } from '../base/brand.js';
import type { Bytes, BytesPerSec, Level, Millis } from '../base/units.js';
import type { FileFacts, OfTorrent, PeerFacts, Stats } from './events.js';

export interface Told {
  readonly client: ClientPicture;
  readonly torrents: readonly TorrentPicture[];
  /** Of the torrent looked at, as are the four that follow. */
  readonly peers: readonly PeerPicture[];
  readonly pieces: PiecesPicture;
  readonly files: FilesPicture;
  readonly choker: ChokerPicture;
  readonly decisions: readonly Decision[];
  readonly buckets: Buckets;
  readonly processes: ProcessesPicture;
  /** The one that is looked at. */
  readonly process: ProcessPicture;
}
export type Topic = keyof Told;

// THE CLIENT ---------------------------------------------------------------------------

export interface ClientPicture {
  readonly agent: string;
  readonly policies: readonly { readonly name: string; readonly summary: string }[];
  /** Processes may be killed. */
  readonly chaos: boolean;
}

// TORRENTS -----------------------------------------------------------------------------

export interface TorrentEntry extends OfTorrent {
  readonly bytes: Bytes;
  readonly pieces: number;
  /** How many, without padding, and where; none of a link whose metadata is not here. */
  readonly files: number;
  readonly folder?: string;
  readonly paused: boolean;
  /** It waits for its turn to be downloaded. */
  readonly queued: boolean;
  /** It is being removed. */
  readonly leaving: boolean;
}
export interface TorrentStats extends Stats {
  /** 0 to 1 while what is on disk is looked through; absent after that. */
  readonly checked?: number;
}
export type TorrentPicture = TorrentEntry & TorrentStats;

export interface PeerPicture extends PeerFacts {
  readonly peer: PeerKey;
}

/** Three bytes a cell, in hex: how much of it we have (255: all), how much is under way, its rarest piece's copies among our peers. */
export interface PiecesPicture {
  readonly pieces: number;
  readonly cells: string;
}

/** Of the files that match a glob, so many in all, a page full: from the one with this number among them on. */
export interface FilesPicture {
  readonly find: string;
  readonly from: number;
  readonly matching: number;
  readonly shown: readonly FileFacts[];
}

// CHOKING ------------------------------------------------------------------------------

export interface ChokerPicture {
  /** By its name. */
  readonly policy: string;
  readonly tickMs: Millis;
}

/** Why a peer is unchoked. `as before`: the policy left it as it was. */
export type Standing = 'regular' | 'optimistic' | 'kept' | 'idle' | 'exempt' | 'as before' | 'choked';

export interface Judged {
  readonly peer: PeerKey;
  readonly address: string;
  readonly standing: Standing;
  readonly changed: boolean;
  readonly interested: boolean;
  /** What the policy saw: its own estimate where it asks for one, else that of the last round. */
  readonly downloadRate: BytesPerSec;
  readonly uploadRate: BytesPerSec;
}

export interface Decision {
  readonly torrent: InfoHash;
  /** Of the run's clock. */
  readonly at: Millis;
  readonly policy: string;
  /** What made it decide: `tick` is its own timer. */
  readonly trigger: string;
  readonly tickMs: Millis;
  readonly peers: readonly Judged[];
}

// LIMITS -------------------------------------------------------------------------------

/** Whose credit comes from a bucket. */
export interface Bucket {
  /** Absent: no limit. */
  readonly bucket?: Level;
  /** How many wait, here or further down, and who is first here: process ids, and what each wants. */
  readonly waiting: number;
  readonly first: readonly { readonly who: string; readonly wants: Bytes }[];
  /** How many move as fast as they can. */
  readonly endless: number;
}
/** The client's, and below it those of torrents with a limit: of the first few. */
export interface BucketTree extends Bucket {
  readonly torrents: readonly (Bucket & { readonly torrent: InfoHash })[];
  readonly eachPeer: BytesPerSec | null;
}
export type Buckets = Readonly<Record<'up' | 'down', BucketTree>>;

// PROCESSES ----------------------------------------------------------------------------

/** All living processes of one name. */
export interface KindPicture {
  readonly process: string;
  readonly count: number;
  /** Messages that wait in their mailboxes. */
  readonly depth: number;
  readonly handled: number;
  readonly restarts: number;
}

export interface InstancePicture {
  /** Its path in the supervision tree. */
  readonly id: string;
  readonly depth: number;
  readonly handled: number;
  readonly restarts: number;
  /** Where in its state chart it is, if it has one. */
  readonly states: readonly string[];
}

export interface ProcessesPicture {
  readonly kinds: readonly KindPicture[];
  /** Messages from all of one name to all of another, since the start. */
  readonly talks: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  /** Of the name that is looked at, the first few hundred. */
  readonly instances: readonly InstancePicture[];
}

export interface ProcessPicture extends InstancePicture {
  /** The last messages it took, oldest first: by the run's clock, and from whom. */
  readonly mail: readonly { readonly at: Millis; readonly from: string; readonly kind: string }[];
}
