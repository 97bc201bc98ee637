/** random: some interested peers drawn anew in every round; `sticky` exchanges one of them only. A baseline without memory of merit. */
import { fromEntropy } from '../../base/random.js';
import { grant, onTick, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { rank } from './rank.js';
import { isInterested } from './standing.js';
import { byTimer, roundMs, slots } from './usual-params.js';

export type RandomParams = {
  readonly slots: number;
  readonly roundMs: number;
  readonly sticky: boolean;
};

const params: Described<RandomParams>['params'] = {
  slots: slots(4, 'interested peers unchoked'),
  roundMs: roundMs(),
  sticky: { default: false, doc: 'only one of them changes in a round' },
};

export const random: ChokePolicy<RandomParams, null> = {
  name: 'random',
  summary: 'four interested peers drawn at random, every round',
  source: 'a baseline',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: byTimer,
  slotBound: (p) => p.slots,
  init: () => null,
  decide: onTick(({ peers, entropy }, p) => {
    const drawn = rank(peers.filter(isInterested), () => 0, fromEntropy(entropy));
    const kept = p.sticky ? drawn.filter((peer) => !peer.amChoking).slice(0, p.slots - 1) : [];
    const unchoked: Unchoked = new Map();
    grant(unchoked, [...kept, ...drawn.filter((peer) => !kept.includes(peer))].slice(0, p.slots), 'regular');
    return { unchoked, state: null };
  }),
};
