/**
 * etorrent: the choker of etorrent (Erlang) in 2011, from which Haskell-Torrent's comes, one for all torrents.
 *
 * The fastest are elected (elect.ts); slots that are left over are optimistic, at least `minUploads`, and go to the first interested
 * ones in the order of a chain, which is turned every third round. It also chooses anew when a peer comes or goes. Quirks kept:
 * - As in Haskell-Torrent, the chain is turned to the first that chokes *us*, so an optimistic unchoke can last for ever.
 * - In the walk idle peers are unchoked only until the optimistic slots are used up, and remote seeds never are.
 * Until November 2010 it sorted rates the wrong way round, which is wgo's mistake.
 * Source: etorrent, apps/etorrent/src/etorrent_choker.erl at 1e8ae0df.
 */
import { fromEntropy } from '../../base/random.js';
import { SECOND } from '../../base/units.js';
import { inOrder, relink, turnTo, type Chain } from './chain.js';
import { grant, type Unchoked } from './decision.js';
import { elect, shares, type Candidates } from './elect.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, LinkView, PeerView } from './policy.js';
import { tableSlots } from './slots.js';
import { isSeeding, silentMs } from './standing.js';
import { ouEvery, roundMs, snubbedMs, TWENTY_SECONDS, whole } from './usual-params.js';

export type EtorrentParams = {
  readonly slots: number | 'auto';
  readonly minUploads: number;
  readonly snubbedMs: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};
export type EtorrentState = { readonly chain: Chain; readonly rounds: number };

const params: Described<EtorrentParams>['params'] = {
  slots: { default: 'auto', words: ['auto'], min: 1, max: 500, integer: true, doc: 'slots of all torrents; auto: by the upload limit' },
  minUploads: whole(1, { min: 0, max: 100 }, 'optimistic slots at the least'),
  snubbedMs: snubbedMs(30 * SECOND),
  roundMs: roundMs(),
  ouEvery: ouEvery(),
};

export const etorrent: ChokePolicy<EtorrentParams, EtorrentState> = {
  name: 'etorrent',
  summary: 'slots 70:30 to leeching and seeding, those left over optimistic; chooses anew when peers come or go',
  source: 'etorrent, etorrent_choker.erl (2011)',
  scope: 'session',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS],
  timing: (p) => ({ tickMs: p.roundMs, react: ['joined', 'left'], minHoldMs: 0 }),
  slotBound: (p, link) => {
    const slots = slotsOf(p, link);
    const { leeching, seeding } = shares(slots, Math.round);
    return Math.max(slots, leeching + seeding) + p.minUploads;
  },
  init: () => ({ chain: [], rounds: 0 }),
  decide,
};

const slotsOf = (p: EtorrentParams, { upLimit }: LinkView): number =>
  p.slots === 'auto' ? tableSlots(upLimit, (kib) => Math.round(Math.sqrt(0.8 * kib))) : p.slots;

function decide(input: ChokeInput<EtorrentState>, p: EtorrentParams): ChokeDecision<EtorrentState> {
  const { peers, state } = input;
  const random = fromEntropy(input.entropy);
  const linked = relink(state.chain, peers, (length) => random.below(length + 1));
  const tick = input.trigger === 'tick';
  const mayBegin = new Set(peers.filter((peer) => peer.peerInterested && peer.peerChoking).map((peer) => peer.key));
  const chain = tick && state.rounds % p.ouEvery === 0 ? turnTo(linked, (key) => mayBegin.has(key)) : linked;
  const walk = inOrder(chain, peers);

  const slots = slotsOf(p, input.link);
  const elected = elect(candidates(walk, input, p), shares(slots, Math.round));
  const unchoked: Unchoked = new Map();
  grant(unchoked, elected, 'regular');
  let left = Math.max(p.minUploads, slots - elected.length);
  for (const peer of walk.filter((each) => !elected.includes(each))) {
    if (left === 0) break;
    if (peer.peerIsSeed) continue;
    unchoked.set(peer.key, { why: peer.peerInterested ? 'optimistic' : 'idle' });
    if (peer.peerInterested) left--;
  }
  return { unchoked, state: { chain, rounds: state.rounds + (tick ? 1 : 0) } };
}

function candidates(walk: readonly PeerView[], input: ChokeInput<unknown>, p: EtorrentParams): Candidates {
  // As in its descendant the list is built back to front.
  const standing = walk.filter((peer) => peer.peerInterested && !peer.peerIsSeed).reverse();
  return {
    leeching: standing.filter((peer) => !isSeeding(input, peer) && silentMs(peer, input.now) <= p.snubbedMs),
    seeding: standing.filter((peer) => isSeeding(input, peer)),
  };
}
