/**
 * freerider: nobody, ever. What the other policies defend against, and what a swarm can bear of it. Source: a baseline; how far it gets is
 * told by Locher et al., "Free riding in BitTorrent is cheap" (2006).
 */
import type { ChokePolicy } from './policy.js';
import { roundMs } from './usual-params.js';

export const freerider: ChokePolicy<Record<string, never>, null> = {
  name: 'freerider',
  summary: 'nobody: takes and never gives',
  source: 'a baseline; Locher et al. (2006)',
  scope: 'torrent',
  params: {},
  defaults: {},
  rates: [],
  timing: () => ({ tickMs: roundMs().default, react: [], minHoldMs: 0 }),
  slotBound: () => 0,
  init: () => null,
  decide: () => ({ unchoked: new Map(), state: null }),
};
