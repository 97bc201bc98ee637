/**
 * cohen-2003: BEP 3's rounds with what Cohen's paper adds: a peer that has sent nothing for over a minute has snubbed us and can only be
 * optimistic, and regular slots that nobody wins are optimistic too, so that several are tried at once when all others snub us.
 * Quirk: a peer that chokes us sends nothing either, so being choked for a minute counts as being snubbed.
 * Source: B. Cohen, "Incentives build robustness in BitTorrent" (2003), sections 3.2 to 3.4.
 */
import { MINUTE } from '../../base/units.js';
import { bep3Params, bep3Timing, trade, type Bep3Params } from './bep3.js';
import { NO_ROTATION, type Rotation } from './optimistic.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { isSeeding, silentMs, tradeRate } from './standing.js';
import { snubbedMs, TWENTY_SECONDS } from './usual-params.js';

export type CohenParams = Bep3Params & { readonly snubbedMs: number };

const params: Described<CohenParams>['params'] = { ...bep3Params, snubbedMs: snubbedMs(MINUTE) };

export const cohen2003: ChokePolicy<CohenParams, Rotation> = {
  name: 'cohen-2003',
  summary: 'bep3, but whoever sends nothing for a minute is snubbing us, and free slots are optimistic',
  source: 'Cohen, "Incentives build robustness in BitTorrent" (2003)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS],
  timing: bep3Timing,
  slotBound: (p) => p.slots,
  init: () => NO_ROTATION,
  decide: (input, p) => trade(input, p, {
    merit: tradeRate(input),
    mayEarn: (peer) => isSeeding(input, peer) || silentMs(peer, input.now) <= p.snubbedMs,
    spareForTrial: true,
  }),
};
