/**
 * haskell-torrent: the one choker that Haskell-Torrent (Combinatorrent) has for all its torrents; our processes descend from it.
 *
 * Every 11 s, by timer alone, the fastest are elected (elect.ts). All others are walked in the order of a chain: the first two that are
 * interested, or have not reported yet, are optimistic; idle ones are always unchoked ("fast start"). Every third round the chain is
 * turned to bring another to its head. Quirks, all kept:
 * - The upload rate is fixed at 100 KB/s, so there are always 8 slots.
 * - The chain is turned to the first that *chokes us*, where mainline asks for the first that is choked *by us*: a head that qualifies
 *   stays, so an optimistic unchoke can last for ever.
 * - A newcomer is never put at the end of the chain, and is not favoured at its head.
 * - Peers report every 5 s, so rates are up to 5 s old.
 * - Only the event of completion makes a torrent a seeding one. One that was complete at the start is treated as if we leeched: after 35 s
 *   all its peers are snubbed, and only the optimistic slots serve. `quirkInitialSeed=no` mends it.
 * Source: Combinatorrent, Process/ChokeMgr.hs, Peer.hs, RateCalc.hs, Torrent.hs.
 */
import { fromEntropy } from '../../base/random.js';
import { KIB, SECOND, type Millis } from '../../base/units.js';
import { inOrder, relink, turnTo, type Chain } from './chain.js';
import { grant, onTick, type Unchoked } from './decision.js';
import { elect, halfToEven, shares, type Candidates } from './elect.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView } from './policy.js';
import { tableSlots } from './slots.js';
import { isInterested, silentMs, torrentOf } from './standing.js';
import { byTimer, roundMs, TWENTY_SECONDS, whole } from './usual-params.js';

export type HaskellTorrentParams = {
  readonly uploadKib: number;
  readonly optimistic: number;
  readonly roundMs: number;
  readonly quirkInitialSeed: boolean;
};
export type HaskellTorrentState = {
  readonly chain: Chain;
  /** Rounds until the chain is turned. */
  readonly turnIn: number;
};

const REPORT_MS: Millis = 5 * SECOND;
/** Ticks of a report without a block; the comment in its source says 30 s, the code takes 35 to 40. */
const SNUBBED_TICKS = 6;
const TURN_AFTER = 2;

const params: Described<HaskellTorrentParams>['params'] = {
  uploadKib: whole(100, { min: 0, max: 10_000_000 }, 'assumed upload rate, KiB/s, of which the slots follow'),
  optimistic: whole(2, { min: 0, max: 100 }, 'optimistic slots, besides the others'),
  roundMs: roundMs(11 * SECOND),
  quirkInitialSeed: { default: true, doc: 'a torrent complete from the start is treated as one we leech' },
};

export const haskellTorrent: ChokePolicy<HaskellTorrentParams, HaskellTorrentState> = {
  name: 'haskell-torrent',
  summary: 'our ancestor: slots 70:30 to leeching and seeding, two optimistic ones that may stick',
  source: 'Combinatorrent (Haskell-Torrent), Process/ChokeMgr.hs',
  scope: 'session',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS],
  rateRefreshMs: REPORT_MS,
  timing: byTimer,
  slotBound: (p) => {
    const { leeching, seeding } = sharesOf(p);
    return leeching + seeding + p.optimistic;
  },
  init: () => ({ chain: [], turnIn: TURN_AFTER }),
  decide: onTick(decide),
};

const sharesOf = (p: HaskellTorrentParams) =>
  shares(tableSlots(p.uploadKib * KIB, (kib) => halfToEven(Math.sqrt(0.6 * kib))), halfToEven);

function decide(input: ChokeInput<HaskellTorrentState>, p: HaskellTorrentParams): ChokeDecision<HaskellTorrentState> {
  const { peers, now, state } = input;
  const random = fromEntropy(input.entropy);
  const linked = relink(state.chain, peers, (length) => random.below(Math.max(1, length)));
  const mayBegin = new Set(peers.filter((peer) => isNew(peer, now) || (peer.peerInterested && peer.peerChoking)).map((peer) => peer.key));
  const chain = state.turnIn === 0 ? turnTo(linked, (key) => mayBegin.has(key)) : linked;
  const walk = inOrder(chain, peers);

  const elected = elect(candidates(walk, input, p), sharesOf(p));
  const unchoked: Unchoked = new Map();
  grant(unchoked, elected, 'regular');
  let left = p.optimistic;
  for (const peer of walk.filter((each) => !elected.includes(each))) {
    if (!isNew(peer, now) && !peer.peerInterested) unchoked.set(peer.key, { why: 'idle' });
    else if (left-- > 0) unchoked.set(peer.key, { why: 'optimistic' });
  }
  return { unchoked, state: { chain, turnIn: state.turnIn === 0 ? TURN_AFTER : state.turnIn - 1 } };
}

/** Has not reported yet. */
const isNew = (peer: PeerView, now: Millis): boolean => now - peer.connectedAt < REPORT_MS;

function candidates(walk: readonly PeerView[], input: ChokeInput<unknown>, p: HaskellTorrentParams): Candidates {
  const { now } = input;
  // Their list is built back to front, so ties fall to the tail of the chain.
  const standing = walk.filter((peer) => !isNew(peer, now) && !peer.peerIsSeed && isInterested(peer)).reverse();
  const isSeeded = (peer: PeerView): boolean => {
    const torrent = torrentOf(input, peer);
    return torrent !== undefined && torrent.seeding && !(torrent.seededFromStart && p.quirkInitialSeed);
  };
  const isSnubbing = (peer: PeerView): boolean => Math.floor(silentMs(peer, now) / REPORT_MS) > SNUBBED_TICKS;
  return {
    leeching: standing.filter((peer) => !isSeeded(peer) && !isSnubbing(peer)),
    seeding: standing.filter(isSeeded),
  };
}
