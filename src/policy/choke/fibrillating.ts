/**
 * fibrillating: the fastest of the last two seconds, chosen anew every second, with no optimistic slot and nothing to hold a choice. The
 * bad example that BEP 3 calls fibrillation: choked and unchoked before a transfer is up to speed. For stress and comparison.
 * Source: BEP 3, on what its ten-second rounds avoid.
 */
import { fromEntropy } from '../../base/random.js';
import { SECOND } from '../../base/units.js';
import { grant, onTick, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { highestFirst, rank } from './rank.js';
import { isInterested, tradeRate } from './standing.js';
import { byTimer, roundMs, slots } from './usual-params.js';

export type FibrillatingParams = { readonly slots: number; readonly roundMs: number };

const params: Described<FibrillatingParams>['params'] = { slots: slots(4, 'interested peers unchoked'), roundMs: roundMs(SECOND) };

export const fibrillating: ChokePolicy<FibrillatingParams, null> = {
  name: 'fibrillating',
  summary: 'a bad example: the four fastest, chosen anew every second',
  source: 'BEP 3, what its rounds avoid',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [{ kind: 'window', ms: 2 * SECOND, bucketMs: 250 }],
  timing: byTimer,
  slotBound: (p) => p.slots,
  init: () => null,
  decide: onTick((input, p) => {
    const unchoked: Unchoked = new Map();
    const fastest = rank(input.peers.filter(isInterested), highestFirst(tradeRate(input)), fromEntropy(input.entropy));
    grant(unchoked, fastest.slice(0, p.slots), 'regular');
    return { unchoked, state: null };
  }),
};
