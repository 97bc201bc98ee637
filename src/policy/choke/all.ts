/** all: everybody is unchoked, always; the transport divides the uplink. Sources: rqbit; Taipei-Torrent (NeverChokePolicy). */
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { roundMs } from './usual-params.js';

export type AllParams = { readonly roundMs: number };

const params: Described<AllParams>['params'] = { roundMs: roundMs() };

export const all: ChokePolicy<AllParams, null> = {
  name: 'all',
  summary: 'everybody, as soon as they come',
  source: 'rqbit; Taipei-Torrent (NeverChokePolicy)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: (p) => ({ tickMs: p.roundMs, react: ['joined'], minHoldMs: 0 }),
  init: () => null,
  decide: ({ peers }) => ({
    unchoked: new Map(peers.map(({ key, peerInterested }) => [key, { why: peerInterested ? 'regular' : 'idle' }])), state: null,
  }),
};
