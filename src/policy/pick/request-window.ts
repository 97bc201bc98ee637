/**
 * Request window: how many blocks to keep asked of a peer, re-estimated once a second. BEP 3 only says "several, to
 * saturate the link"; what follows is libtorrent's way.
 * - Slow start: a new peer's rate is unknown, so each block makes room for one more, while each second brings more than the one before. The
 *   window doubles with each round trip of a peer that could send faster, and grows by what a slow one sends.
 * - Then the window covers the round trip (so that the pipe never runs dry) and QUEUE_MS of data on top, which rides
 *   out a sender that serves us in bursts. More would only age in the peer's queue, and be wasted when it chokes us.
 * - The peer's `reqq` (BEP 10) bounds it, since a peer may drop what is beyond; a snubbed peer keeps one request, which
 *   is enough to notice that it has come back: then it begins anew.
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
  /** Blocks that came in the second before this was estimated. */
  readonly received: number;
}
export interface WindowInput {
  /** Blocks that came since the last estimate, which was a second ago. */
  readonly received: number;
  /** What the peer gives us, over a few seconds: in its first ones this is too low. */
  readonly rate: BytesPerSec;
  /** From a request to its block when nothing queues. */
  readonly rttMs: Millis;
  readonly reqq: number;
  readonly snubbed: boolean;
}

export const initialWindow: WindowState = { blocks: INITIAL_WINDOW, slowStart: true, received: 0 };
const SNUBBED: WindowState = { blocks: 1, slowStart: true, received: 0 };

export function nextWindow(last: WindowState, { received, rate, rttMs, reqq, snubbed }: WindowInput): WindowState {
  if (snubbed) return SNUBBED;
  // Nothing has come yet: a first round trip longer than a second is no reason to give up slow start.
  const slowStart = last.slowStart && (received > last.received * GROWTH || (received === 0 && last.received === 0));
  const needed = Math.max(MIN_WINDOW, Math.ceil((rate * (rttMs + QUEUE_MS)) / 1000 / BLOCK_BYTES));
  const blocks = slowStart ? Math.max(needed, last.blocks + received) : needed;
  return { blocks: Math.min(blocks, most(reqq)), slowStart, received };
}

/** Between two estimates: how many blocks may be outstanding when so many have come since the last. */
export const windowNow = ({ blocks, slowStart }: WindowState, received: number, reqq: number): number =>
  Math.min(slowStart ? blocks + received : blocks, most(reqq));

const most = (reqq: number): number => Math.max(1, Math.min(reqq, MAX_WINDOW));
