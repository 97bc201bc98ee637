/**
 * wgo and wgo-fixed: the choker of wgo (Go, 2011), round by round, and the same with its sort the right way up.
 *
 * Every 10 s, by timer alone, torrent by torrent: 5 interested peers by rate (10 s window; down, or up once we are
 * complete), in every third round 4 of them and a random one. wgo sorts ascending although it says that it wants the
 * fastest first, so it serves the slowest: an anti-tit-for-tat. The comments below number its quirks; all are kept.
 * The two policies differ in one comparator, which makes them a pair to plot. Source: wgo, Choke/ChokeMgr.go.
 */
import { fromEntropy, type Random } from '../../base/random.js';
import { MINUTE, SECOND, type BytesPerSec, type Millis } from '../../base/units.js';
import type { PeerKey } from '../../base/brand.js';
import { grant, onTick, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView, Verdict } from './policy.js';
import { byKey, rank, type Compare } from './rank.js';
import { silentMs, tradeRate } from './standing.js';
import { byTimer, ouEvery, roundMs, slots } from './usual-params.js';

export type WgoParams = {
  /** Quirk 1: a fixed number, whatever the upload limit. */
  readonly slots: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};
/** Rounds since the last optimistic one; begins at 0, so that the third round is the first optimistic one. */
export type WgoState = { readonly phase: number };

/** Which of two speeds comes first: the one thing in which the two policies differ. */
export type SpeedOrder = (a: BytesPerSec, b: BytesPerSec) => number;

const SNUBBED_AFTER_S = MINUTE / SECOND;

const params: Described<WgoParams>['params'] = {
  slots: slots(5), roundMs: roundMs(), ouEvery: ouEvery('every how many rounds one peer is drawn at random'),
};

export function wgoWith(name: string, summary: string, order: SpeedOrder): ChokePolicy<WgoParams, WgoState> {
  return {
    name,
    summary,
    source: 'wgo, Choke/ChokeMgr.go (2011)',
    scope: 'torrent',
    params,
    defaults: defaultsOf(params),
    rates: [{ kind: 'window', ms: 10_000, bucketMs: 1000 }],
    // Quirk 2: nobody's interest, coming or going is noticed before the next round.
    timing: byTimer,
    slotBound: (p) => p.slots,
    init: () => ({ phase: 0 }),
    decide: onTick((input, p) => decide(input, p, order)),
  };
}

/** Quirk 3, the one that matters: the comment beside wgo's comparator promises the highest speed first. */
const slowestFirst: SpeedOrder = (a, b) => a - b;

export const wgo = wgoWith('wgo', 'wgo as it was: slots for the slowest, by a sort the wrong way round', slowestFirst);

function decide(input: ChokeInput<WgoState>, p: WgoParams, order: SpeedOrder): ChokeDecision<WgoState> {
  // Quirk 4: remote seeds are not in its list, so their choke bit never changes again.
  const untouched = new Set(input.peers.filter((peer) => peer.peerIsSeed).map((peer) => peer.key));
  const list = input.peers.filter((peer) => !peer.peerIsSeed).sort(byKey);
  // Quirk 5: a round without peers does not count.
  if (list.length === 0) return { unchoked: new Map(), untouched, state: input.state };

  const random = fromEntropy(input.entropy);
  const phase = (input.state.phase + 1) % p.ouEvery;
  const speed = speedIn(input);
  const bySpeed: Compare = (a, b) => order(speed(a), speed(b));
  const unchoked: Unchoked = new Map();

  const contenders = list.filter((peer) => peer.peerInterested && !isSnubbed(peer, input.now));
  const regular = rank(contenders, bySpeed, random).slice(0, phase === 0 ? p.slots - 1 : p.slots);
  grant(unchoked, regular, 'regular');

  // Quirk 6: from the same end of the same order, and one failure ends it, so that one slow idle peer keeps all others
  // out; and with no interested peer the bar is 0 and every idle peer is let in. Snubbed ones are among them.
  const last = regular.at(-1);
  const bar = last ? speed(last) : 0;
  for (const peer of rank(list.filter((q) => !q.peerInterested), bySpeed, random)) {
    if (speed(peer) < bar) break;
    unchoked.set(peer.key, { why: 'idle' });
  }

  if (phase === 0) grant(unchoked, drawOptimistic(list, unchoked, random), 'optimistic');
  // Quirk 7: nobody remembers who was optimistic, so it must win a regular slot in the next round or is choked: 10 s,
  // not 30.
  return { unchoked, untouched, state: { phase } };
}

/**
 * Quirk 8: draws from all that are choked now, wanting or not, snubbed or not, until one is interested; the others
 * drawn stay unchoked. Those that lost their slot in this very round still count as unchoked and cannot be drawn.
 */
function drawOptimistic(list: readonly PeerView[], taken: ReadonlyMap<PeerKey, Verdict>, random: Random): PeerView[] {
  const pool = list.filter((peer) => peer.amChoking && !taken.has(peer.key));
  const drawn: PeerView[] = [];
  while (pool.length > 0 && !drawn.at(-1)?.peerInterested) drawn.push(...pool.splice(random.below(pool.length), 1));
  return drawn;
}

/**
 * Quirk 9: in whole seconds since the last block, or since the connection where none came; whether the peer chokes us
 * is not asked, so being choked for over a minute counts as being snubbed.
 */
function isSnubbed(peer: PeerView, now: Millis): boolean {
  const idleS = Math.floor(silentMs(peer, now) / SECOND);
  return idleS > SNUBBED_AFTER_S && peer.amInterested;
}

/** wgo's means are whole bytes a second, which makes ties commoner than they look. */
const speedIn = (input: ChokeInput<WgoState>) => {
  const rate = tradeRate(input);
  return (peer: PeerView): BytesPerSec => Math.floor(rate(peer));
};
