/**
 * seed-antileech: bep3 while we download; as a seed it serves those at the beginning and at the end of their download. Those in the middle
 * have something to trade and someone to trade with, so only a free rider would miss the seed there.
 * Known from the paper's abstract: it sorts by the distance from half of the torrent; a seed has no optimistic slot here.
 * Source: Chow, Golubchik, Misra, "Improving BitTorrent: a simple approach" (IPTPS 2008).
 */
import { fromEntropy } from '../../base/random.js';
import { bep3, bep3Params, bep3Timing, type Bep3Params } from './bep3.js';
import { grant, leaveOthers, type Unchoked } from './decision.js';
import { NO_ROTATION, type Rotation } from './optimistic.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, PeerView } from './policy.js';
import { highestFirst, rank } from './rank.js';
import { isInterested, isSeeding, torrentOf } from './standing.js';
import { TWENTY_SECONDS } from './usual-params.js';

export const seedAntileech: ChokePolicy<Bep3Params, Rotation> = {
  name: 'seed-antileech',
  summary: 'bep3, but seeds serve those at the beginning or the end of their download',
  source: 'Chow, Golubchik, Misra, IPTPS 2008',
  scope: 'torrent',
  params: bep3Params,
  defaults: defaultsOf(bep3Params),
  rates: [TWENTY_SECONDS],
  timing: bep3Timing,
  slotBound: (p) => p.slots,
  init: () => NO_ROTATION,
  decide(input, p) {
    if (!input.peers.some((peer) => isSeeding(input, peer))) return bep3.decide(input, p);
    if (input.trigger !== 'tick') return leaveOthers(input, new Map(), input.state);
    const farFromHalf = (peer: PeerView): number => Math.abs(peer.havePieces / (torrentOf(input, peer)?.pieceCount || 1) - 0.5);
    const unchoked: Unchoked = new Map();
    const served = rank(input.peers.filter(isInterested), highestFirst(farFromHalf), fromEntropy(input.entropy)).slice(0, p.slots);
    grant(unchoked, served, 'regular');
    return { unchoked, state: input.state };
  },
};
