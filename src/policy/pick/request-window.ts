/**
 * Request window: how many blocks to keep asked of a peer, re-estimated once a second. BEP 3 only says "several, to
 * saturate the link"; what follows is libtorrent's way.
 * - Slow start: a new peer's rate is unknown, so the window doubles each second while its rate still grows.
 * - Then the window covers the round trip (so that the pipe never runs dry) and QUEUE_MS of data on top, which rides
 *   out a sender that serves us in bursts. More would only age in the peer's queue, and be wasted when it chokes us.
 * - The peer's `reqq` (BEP 10) bounds it, since a peer may drop what is beyond; a snubbed peer keeps one request, which
 *   is enough to notice that it has come back.
 */
import { BLOCK_BYTES, type BytesPerSec, type Millis } from '../../base/units.js';

/** Enough for 1.3 MB/s at 100 ms: most peers never notice slow start. */
export const INITIAL_WINDOW = 8;
/** What a peer that does not tell is taken to accept, as libtorrent does. */
export const DEFAULT_REQQ = 250;
const MIN_WINDOW = 2;
const MAX_WINDOW = 500;
const QUEUE_MS: Millis = 3000;
/** Less growth than this in a second is noise: the link, or what the peer gives us of it, is full. */
const GROWTH = 1.05;

export interface WindowState {
  /** How many blocks may be outstanding. */
  readonly blocks: number;
  readonly slowStart: boolean;
  /** As of the last estimate. */
  readonly rate: BytesPerSec;
}
export interface WindowInput {
  /** What the peer gives us now, over a few seconds at most. */
  readonly rate: BytesPerSec;
  /** From a request to its block when nothing queues. */
  readonly rttMs: Millis;
  readonly reqq: number;
  readonly snubbed: boolean;
}

export const initialWindow: WindowState = { blocks: INITIAL_WINDOW, slowStart: true, rate: 0 };

export function nextWindow(last: WindowState, { rate, rttMs, reqq, snubbed }: WindowInput): WindowState {
  if (snubbed) return { blocks: 1, slowStart: false, rate };
  const most = Math.max(1, Math.min(reqq, MAX_WINDOW));
  const needed = Math.ceil((rate * (rttMs + QUEUE_MS)) / 1000 / BLOCK_BYTES);
  // Nothing has come yet: a first round trip longer than a second is no reason to give up slow start.
  const slowStart = last.slowStart && (rate === 0 || rate > last.rate * GROWTH);
  const growing = slowStart ? last.blocks * (rate > 0 ? 2 : 1) : 0;
  return { blocks: Math.min(most, Math.max(MIN_WINDOW, needed, growing)), slowStart, rate };
}
