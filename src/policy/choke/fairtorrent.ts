/**
 * fairtorrent: the next block goes to the interested peer that we owe most, which is the one for which sent less received is smallest. All
 * interested peers are unchoked; there are no rates, rounds or slots in it. Here the order is told as weights, each half of that of the
 * peer owed next more, once a second: whoever is owed most has half of the uplink or more, and all of it where the others ask for nothing.
 * Weights only hold where there is an upload limit to divide.
 * Known from the paper's abstract. Source: Sherman, Nieh, Stein, "FairTorrent: bringing fairness to peer-to-peer systems" (CoNEXT 2009).
 */
import { SECOND, type Bytes } from '../../base/units.js';
import type { Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described, PeerView } from './policy.js';
import { byKey, inTurn, lowestFirst } from './rank.js';
import { isInterested } from './standing.js';
import { roundMs } from './usual-params.js';

export type FairtorrentParams = { readonly roundMs: number };

const params: Described<FairtorrentParams>['params'] = { roundMs: roundMs(SECOND) };
/** Less than this is nothing. */
const LEAST_WEIGHT = 2 ** -20;

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
  decide({ peers }) {
    const unchoked: Unchoked = new Map();
    let weight = 1;
    let before: Bytes | undefined;
    for (const peer of peers.filter(isInterested).sort(inTurn(lowestFirst(deficit), byKey))) {
      // Who is owed the same has the same.
      if (before !== undefined && deficit(peer) !== before) weight = Math.max(LEAST_WEIGHT, weight / 2);
      before = deficit(peer);
      unchoked.set(peer.key, { why: 'regular', weight });
    }
    return { unchoked, state: null };
  },
};

/** Sent less received: negative where we owe. */
const deficit = (peer: PeerView): Bytes => peer.upTotal - peer.downTotal;
