/**
 * fairtorrent: the next block goes to the interested peer that we owe most, which is the one for which sent less received is smallest. All
 * interested peers are unchoked; there are no rates, rounds or slots in it. A peer's claim is what it has sent us, so that the uplink goes
 * to the smallest deficit block by block; what a peer sends is seen once a second. Claims only hold where there is an upload limit.
 * Known from the paper's abstract. Source: Sherman, Nieh, Stein, "FairTorrent: bringing fairness to peer-to-peer systems" (CoNEXT 2009).
 */
import { SECOND } from '../../base/units.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { isInterested } from './standing.js';
import { roundMs } from './usual-params.js';

export type FairtorrentParams = { readonly roundMs: number };

const params: Described<FairtorrentParams>['params'] = { roundMs: roundMs(SECOND) };

export const fairtorrent: ChokePolicy<FairtorrentParams, null> = {
  name: 'fairtorrent',
  summary: 'everybody, and the next block to whom we owe most',
  source: 'Sherman, Nieh, Stein, CoNEXT 2009',
  scope: 'session',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: (p) => ({ tickMs: p.roundMs, react: ['interested'], minHoldMs: 0 }),
  init: () => null,
  decide: ({ peers }) => ({
    unchoked: new Map(peers.filter(isInterested).map(({ key, downTotal }) => [key, { why: 'regular', claim: downTotal }])),
    state: null,
  }),
};
