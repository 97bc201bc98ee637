/**
 * Two connections with one peer: which one stays. Usually the older. But where both sides dialled at once, each may know the other's
 * connection first, and ending "the newer" would end both: so both keep the one that the greater peer id dialled, which each can tell
 * without a word.
 */
import type { PeerId } from '../base/brand.js';
import type { Millis } from '../base/units.js';

export interface Twice {
  readonly own: PeerId;
  readonly theirs: PeerId;
  /** Who dialled: true where the peer did. */
  readonly olderIncoming: boolean;
  readonly newerIncoming: boolean;
  /** Between the two handshakes. */
  readonly apart: Millis;
}

/** Dials cross within the time that a dial may take. */
export function newerStays({ own, theirs, olderIncoming, newerIncoming, apart }: Twice, dialTimeout: Millis): boolean {
  const crossed = olderIncoming !== newerIncoming && apart < dialTimeout;
  const weDial = own > theirs;
  return crossed && newerIncoming !== weDial;
}
