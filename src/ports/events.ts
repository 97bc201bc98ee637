/**
 * Events: what a client says of itself while it runs. `--json` prints them as they are, plus the time; the status line and the
 * plain output are made from them. A promise to scripts (docs/json.md), so fields are only ever added.
 */
import type { InfoHash, PieceIndex } from '../base/brand.js';
import type { FilePriority } from '../base/file-priority.js';
import type { Bytes, BytesPerSec, Level, Millis } from '../base/units.js';

export interface OfTorrent {
  readonly torrent: InfoHash;
  readonly name: string;
}

export interface Stats {
  readonly downloaded: Bytes;
  readonly uploaded: Bytes;
  /** Missing, of those `wanted`: without the files that are deselected. */
  readonly left: Bytes;
  readonly wanted: Bytes;
  readonly downloadRate: BytesPerSec;
  readonly uploadRate: BytesPerSec;
  /** Connected, and how many of them have everything. */
  readonly peers: number;
  readonly seeds: number;
  /** 0 to 1, of the bytes wanted. */
  readonly progress: number;
  /** As of a second ago; absent where nothing is limited. */
  readonly limits?: Levels;
}

export type Levels = Readonly<Partial<Record<'up' | 'down', Held>>>;
/** What holds the peers of a torrent: its own limit and the client's, and how full their buckets are. */
export interface Held {
  readonly client?: Level;
  readonly torrent?: Level;
  readonly eachPeer?: BytesPerSec;
  /** How many of them wait for credit. */
  readonly waiting: number;
}

export interface PeerFacts {
  readonly address: string;
  readonly client: string;
  readonly incoming: boolean;
  readonly progress: number;
  readonly downloadRate: BytesPerSec;
  readonly uploadRate: BytesPerSec;
  readonly amChoking: boolean;
  readonly amInterested: boolean;
  readonly peerChoking: boolean;
  readonly peerInterested: boolean;
  readonly snubbed: boolean;
}

export interface FileFacts {
  /** Counted from 1, with padding: `#7` names it where globs do. */
  readonly number: number;
  /** Below the folder; of a torrent of several files, its name comes first. */
  readonly path: string;
  readonly length: Bytes;
  /** Verified. */
  readonly had: Bytes;
  readonly priority: FilePriority;
}

/**
 * What a removal has deleted. `left`: files that have a name of the torrent's and stay, because they are not its own or for a `reason`;
 * `shared`: those of them that another torrent of this client has too, if there are any.
 */
export interface Deleted {
  readonly files: number;
  readonly bytes: Bytes;
  readonly left: number;
  readonly shared?: number;
}

/** A peer, and why a policy would unchoke it. */
export interface Reasoned {
  readonly address: string;
  readonly why: string;
}

export type ClientEvent =
  | { readonly event: 'listening'; readonly port: number }
  /** Where the live page is. Whoever has this address may command the client. */
  | { readonly event: 'page'; readonly url: string }
  /** What is put into this folder is added: at the start, and again once it is back. */
  | { readonly event: 'watching'; readonly folder: string }
  | ({ readonly event: 'started'; readonly bytes: Bytes; readonly pieces: number; readonly folder: string } & OfTorrent)
  /**
   * The metainfo of a magnet link is being fetched: from how many peers, and how many of its 16 KiB pieces are here. No pieces before a
   * peer has told how many there are. When it is here, `started` follows; until then `name` is that of the link.
   */
  | ({ readonly event: 'metadata'; readonly peers: number; readonly have: number; readonly pieces: number } & OfTorrent)
  | ({ readonly event: 'checking'; readonly checked: number; readonly pieces: number; readonly good: number } & OfTorrent)
  | ({ readonly event: 'checked'; readonly good: number; readonly pieces: number; readonly resumed: boolean } & OfTorrent)
  | ({ readonly event: 'stats' } & Stats & OfTorrent)
  /** The files of a torrent, when the user asks for them, or those that are wanted otherwise from now on. */
  | ({ readonly event: 'files'; readonly files: readonly FileFacts[] } & OfTorrent)
  | ({ readonly event: 'piece'; readonly piece: PieceIndex; readonly have: number; readonly pieces: number } & OfTorrent)
  | ({ readonly event: 'peer'; readonly what: 'connected' | 'disconnected' | 'banned'; readonly address: string;
      readonly client?: string; readonly reason?: string } & OfTorrent)
  | ({ readonly event: 'choke'; readonly address: string; readonly choked: boolean; readonly why: string } & OfTorrent)
  /** Once a round: how a policy that only looks on agrees with the one in office, and whom only one of them would unchoke. */
  | { readonly event: 'shadow'; readonly policy: string; readonly live: string; readonly same: number;
      readonly onlyLive: readonly Reasoned[]; readonly onlyShadow: readonly Reasoned[] }
  | ({ readonly event: 'tracker'; readonly url: string; readonly what: 'announced' | 'failed' | 'warning'; readonly peers?: number;
      readonly seeds?: number; readonly leechers?: number; readonly nextInMs?: Millis; readonly reason?: string } & OfTorrent)
  | ({ readonly event: 'done'; readonly downloaded: Bytes; readonly uploaded: Bytes; readonly elapsedMs: Millis } & OfTorrent)
  /** A seed ratio or seed time was reached: from now on it rests, as if it were paused. */
  | ({ readonly event: 'seeded'; readonly uploaded: Bytes; readonly ratio: number } & OfTorrent)
  | ({ readonly event: 'paused' | 'resumed'; readonly reason?: string } & OfTorrent)
  /** As many downloads go on as may at once: it waits for its turn. `resumed` ends that. */
  | ({ readonly event: 'queued' } & OfTorrent)
  /** It has said goodbye, as it was told to, and is none of ours any more; `folder`: where its files are, or were. */
  | ({ readonly event: 'removed'; readonly folder?: string; readonly deleted?: Deleted; readonly reason?: string } & OfTorrent)
  /** The torrent cannot go on; others are not touched. */
  | ({ readonly event: 'error'; readonly reason: string } & Partial<OfTorrent>)
  | ({ readonly event: 'warning'; readonly reason: string } & Partial<OfTorrent>)
  /** Answers of the console to what was typed. */
  | { readonly event: 'answer'; readonly lines: readonly string[] }
  /** Everything is saved and closed. */
  | { readonly event: 'stopped' };
