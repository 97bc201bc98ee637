/**
 * credit: a peer may be ahead of us by so many bytes and no more. No rounds and no slots: while we download, whoever has something for us
 * is unchoked as long as it has had less than it gave plus the credit; a torrent we seed unchokes everybody. New peers get started by the
 * credit, so nobody is optimistic.
 * Quirk: accounts are for a connection, so a peer that comes back has new credit. No block begins beyond the credit (`lead`); who has
 * used it up is choked at once, and unchoked within a second of having given more.
 * Source: anacrolix/torrent, peerconn.go (uploadAllowed), 100 KiB.
 */
import { KIB, SECOND, type Bytes } from '../../base/units.js';
import { ahead, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { isSeeding } from './standing.js';
import { roundMs, whole } from './usual-params.js';

export type CreditParams = { readonly creditKib: number; readonly roundMs: number };

const params: Described<CreditParams>['params'] = {
  creditKib: whole(100, { min: 0, max: 10_000_000 }, 'how far a peer may be ahead of us, KiB'),
  roundMs: roundMs(SECOND),
};

export const credit: ChokePolicy<CreditParams, null> = {
  name: 'credit',
  summary: 'whoever has had less than it gave, plus 100 KiB; everybody once we seed',
  source: 'anacrolix/torrent, peerconn.go (uploadAllowed)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: (p) => ({ tickMs: p.roundMs, react: ['joined', 'interested', 'spent', 'completed'], minHoldMs: 0 }),
  init: () => null,
  decide(input, p) {
    const unchoked: Unchoked = new Map();
    // Less than the credit.
    const lead: Bytes = p.creditKib * KIB - 1;
    for (const peer of input.peers) {
      const seeding = isSeeding(input, peer);
      const isGood = peer.peerHasWanted && peer.upTotal - peer.downTotal <= lead;
      if (seeding || isGood) unchoked.set(peer.key, ahead(seeding ? undefined : lead, peer.peerInterested ? 'regular' : 'idle'));
    }
    return { unchoked, state: null };
  },
};
