/** Sizes and times that more than one layer speaks of. Rates are bytes a second, times milliseconds. */
export type Bytes = number;
export type BytesPerSec = number;
export type Millis = number;

/** The length of every block but the last of a piece or torrent: what all clients request (BEP 3). */
export const BLOCK_BYTES = 16_384;
export const KIB = 1024;
export const MIB = 1024 * 1024;
export const SECOND: Millis = 1000;
export const MINUTE: Millis = 60_000;

/** A token bucket as people see it: what is in it, and what it holds when full. */
export interface Level {
  readonly limit: BytesPerSec;
  readonly level: Bytes;
  readonly burst: Bytes;
}
