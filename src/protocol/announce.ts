/**
 * What a client tells a tracker and what it is answered, whichever way they talk: HTTP (tracker-http.ts) or UDP (tracker-udp.ts).
 * A tracker's intervals are clamped to ANNOUNCE_LIMITS, so that neither 0 nor 10^9 seconds, nor an answer without any, can mislead
 * the caller.
 */
import type { InfoHash, PeerId } from '../base/brand.js';
import type { Endpoint } from '../base/endpoint.js';
import { MIB, MINUTE, SECOND, type Millis } from '../base/units.js';

export type AnnounceEvent = 'started' | 'completed' | 'stopped';

export interface AnnounceParams {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly port: number;
  /** Bytes since `started`. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still to fetch; 0 for a seed. */
  readonly left: number;
  readonly event?: AnnounceEvent;
  readonly numwant?: number;
  /** Proves who we are when our address changes. */
  readonly key?: string;
  /** As the tracker's last answer gave it. */
  readonly trackerId?: string;
  readonly ip?: string;
}

export type AnnounceAnswer = AnnounceFailure | AnnouncePeers;
export interface AnnounceFailure {
  readonly kind: 'failure';
  readonly reason: string;
  /** BEP 31; Infinity for "never". */
  readonly retryInMs?: Millis;
}
export interface AnnouncePeers {
  readonly kind: 'peers';
  /** When to announce again. */
  readonly intervalMs: Millis;
  /** Never sooner than this. */
  readonly minIntervalMs?: Millis;
  /** One character a byte, to be sent back as it is. */
  readonly trackerId?: string;
  readonly seeds?: number;
  readonly leechers?: number;
  readonly warning?: string;
  /** Our own address as the tracker sees it (BEP 24). */
  readonly externalIp?: string;
  readonly peers: readonly Endpoint[];
}

export interface AnnounceLimits {
  readonly maxBytes: number;
  /** More are dropped. */
  readonly maxPeers: number;
  readonly minIntervalMs: Millis;
  readonly maxIntervalMs: Millis;
  /** Where the answer gives no interval. */
  readonly defaultIntervalMs: Millis;
}
export const ANNOUNCE_LIMITS: AnnounceLimits = {
  maxBytes: MIB,
  maxPeers: 2000,
  minIntervalMs: 10 * SECOND,
  maxIntervalMs: 24 * 60 * MINUTE,
  defaultIntervalMs: 30 * MINUTE,
};
