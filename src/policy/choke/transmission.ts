/**
 * transmission: the upload side of Transmission's peer manager, torrent by torrent.
 *
 * Every 10 s all that may want something are ranked by the rate of the last 2 s: from us once we are done, both ways in a private torrent,
 * to us otherwise. The list is walked until eight interested peers have been met, and all that were walked are unchoked, idle ones for
 * nothing. One more, drawn from the rest, is optimistic for five rounds. No choke bit changes twice within 10 s.
 * Quirks: while the uplink is full nobody is let in and nobody new is tried; nothing counts as snubbing; seeds are always choked.
 * Source: Transmission, libtransmission/peer-mgr.cc (rechokeUploads), bandwidth.h.
 */
import type { PeerKey } from '../../base/brand.js';
import { fromEntropy } from '../../base/random.js';
import { SECOND, type BytesPerSec } from '../../base/units.js';
import { onTick, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView } from './policy.js';
import { byKey, first, highestFirst, inTurn, rank } from './rank.js';
import { downRate, isInterested, isSated, torrentOf, upRate } from './standing.js';
import { roundMs, slots, whole } from './usual-params.js';

export type TransmissionParams = {
  readonly slots: number;
  readonly roundMs: number;
  readonly optimisticRounds: number;
  readonly holdMs: number;
};
export type TransmissionState = { readonly optimistic: PeerKey | null; readonly roundsLeft: number };

const params: Described<TransmissionParams>['params'] = {
  slots: slots(8, 'interested peers unchoked, besides the optimistic one'),
  roundMs: roundMs(),
  optimisticRounds: whole(4, { min: 0, max: 1000 }, 'rounds that an optimistic unchoke outlasts its first'),
  holdMs: whole(10 * SECOND, { min: 0, max: 600 * SECOND }, 'a choke bit that changed less than this ago stays, ms'),
};

export const transmission: ChokePolicy<TransmissionParams, TransmissionState> = {
  name: 'transmission',
  summary: 'the eight best of the last two seconds, and one optimistic for 50 s',
  source: 'Transmission, libtransmission/peer-mgr.cc (rechokeUploads)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [{ kind: 'window', ms: 2000, bucketMs: 250 }],
  timing: (p) => ({ tickMs: p.roundMs, react: [], minHoldMs: p.holdMs }),
  slotBound: (p) => p.slots + 1,
  init: () => ({ optimistic: null, roundsLeft: 0 }),
  decide: onTick(decide),
};

function decide(input: ChokeInput<TransmissionState>, p: TransmissionParams): ChokeDecision<TransmissionState> {
  const { peers, link, state } = input;
  const random = fromEntropy(input.entropy);
  const unchoked: Unchoked = new Map();
  const isHere = peers.some((peer) => peer.key === state.optimistic && !isSated(peer));
  const onTrial = isHere && state.roundsLeft > 0 ? state.optimistic : null;
  if (onTrial !== null) unchoked.set(onTrial, { why: 'optimistic' });

  const list = rank(peers.filter((peer) => !isSated(peer) && peer.key !== onTrial),
    inTurn(highestFirst(worthIn(input)), first((peer) => !peer.amChoking)), random);
  let met = 0;
  let at = 0;
  for (; at < list.length && met < p.slots; at++) {
    const peer = list[at]!;
    if (peer.peerInterested) met++;
    if (!link.upSaturated) unchoked.set(peer.key, { why: peer.peerInterested ? 'regular' : 'idle' });
    else if (!peer.amChoking) unchoked.set(peer.key, { why: 'kept' });
  }
  if (onTrial !== null) return { unchoked, state: { optimistic: onTrial, roundsLeft: state.roundsLeft - 1 } };

  const rest = list.slice(at).filter(isInterested).sort(byKey);
  if (link.upSaturated || rest.length === 0) return { unchoked, state: { optimistic: null, roundsLeft: 0 } };
  const { key } = rest[random.below(rest.length)]!;
  unchoked.set(key, { why: 'optimistic' });
  return { unchoked, state: { optimistic: key, roundsLeft: p.optimisticRounds } };
}

const worthIn = (input: ChokeInput<unknown>) => (peer: PeerView): BytesPerSec => {
  const torrent = torrentOf(input, peer);
  if (torrent?.seeding) return upRate(peer);
  return torrent?.private ? downRate(peer) + upRate(peer) : downRate(peer);
};
