/** round-robin: everybody in turn, whoever has waited longest first, each for the same time. What a policy must beat. Source: folklore. */
import { fromEntropy } from '../../base/random.js';
import { SECOND } from '../../base/units.js';
import { grant, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described, PeerView } from './policy.js';
import { first, inTurn, lowestFirst, rank } from './rank.js';
import { isInterested } from './standing.js';
import { roundMs, slots, whole } from './usual-params.js';

export type RoundRobinParams = {
  readonly slots: number;
  readonly roundMs: number;
  readonly turnMs: number;
};

const params: Described<RoundRobinParams>['params'] = {
  slots: slots(4, 'interested peers unchoked'),
  roundMs: roundMs(),
  turnMs: whole(30 * SECOND, { min: SECOND, max: 3600 * SECOND }, 'length of a turn, ms'),
};

export const roundRobin: ChokePolicy<RoundRobinParams, null> = {
  name: 'round-robin',
  summary: 'four at a time, 30 s each, longest waiting first',
  source: 'a baseline',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: (p) => ({ tickMs: p.roundMs, react: [], minHoldMs: 0 }),
  slotBound: (p) => p.slots,
  init: () => null,
  decide({ peers, now, entropy }, p) {
    const isRunning = (peer: PeerView): boolean =>
      !peer.amChoking && peer.lastUnchokedAt !== null && now - peer.lastUnchokedAt < p.turnMs;
    const order = inTurn(first(isRunning), lowestFirst((peer) => peer.lastUnchokedAt ?? 0));
    const unchoked: Unchoked = new Map();
    grant(unchoked, rank(peers.filter(isInterested), order, fromEntropy(entropy)).slice(0, p.slots), 'regular');
    return { unchoked, state: null };
  },
};
