/**
 * lt-bittyrant: BitTyrant as libtorrent had it. Peers are ranked by what came back for each byte sent in the last round, and there are as
 * many slots as the prices of the first of them fit into the uplink; a fifth of the slots is optimistic, as in all of libtorrent's chokers.
 *
 * A peer is first thought to return the favour for 16,000 bytes/s. After each round the price of those that were served and have something
 * for us falls by 3 % where they unchoke us, and rises by 20 % where they do not.
 * Quirks: whom we sent nothing counts as sent one byte, so a generous stranger comes before every partner; prices are whole numbers, so none
 * falls below 33; nobody's price falls or rises while it is choked. libtorrent gave up limits for single connections, and with them what
 * makes prices hold: here each peer is capped at its price. What it asks before, the user's priority for a torrent, is not to be had here.
 * Source: libtorrent 1.2, src/choker.cpp (`bittyrant_choker`; deprecated in 1.2.6, gone in 2.0), after Piatek et al. (NSDI 2007).
 */
import { fromEntropy } from '../../base/random.js';
import type { BytesPerSec } from '../../base/units.js';
import type { Unchoked } from './decision.js';
import { competing, serve, trying, type LibtorrentState } from './libtorrent.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView } from './policy.js';
import { byKey, highestFirst, inTurn, lowestFirst, rank } from './rank.js';
import { capacityOf } from './slots.js';
import { whole } from './usual-params.js';

export type LtBittyrantParams = {
  readonly firstPrice: BytesPerSec;
  readonly raise: number;
  readonly lower: number;
  readonly optimistic: number | 'auto';
  readonly roundMs: number;
  readonly optimisticMs: number;
};
export type LtBittyrantState = LibtorrentState & { readonly prices: { readonly [key: string]: BytesPerSec } };

const params: Described<LtBittyrantParams>['params'] = {
  firstPrice: whole(16_000, { min: 1, max: 1e9 }, 'for what a peer is first thought to return the favour, bytes/s'),
  raise: whole(20, { min: 0, max: 1000 }, 'by how much a price rises where nothing is returned, %'),
  lower: whole(3, { min: 0, max: 90 }, 'by how much it falls where something is, %'),
  ...trying,
};
const MOST_PRICE: BytesPerSec = 1e9;

export const ltBittyrant: ChokePolicy<LtBittyrantParams, LtBittyrantState> = {
  name: 'lt-bittyrant',
  summary: 'by what came back for each byte sent; as many slots as the learnt prices fit into the uplink',
  source: 'libtorrent 1.2, choker.cpp (bittyrant_choker)',
  scope: 'session',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: (p) => ({ tickMs: p.roundMs, optimisticMs: p.optimisticMs, react: ['uninterested'], minHoldMs: 0 }),
  init: () => ({ optimistic: [], triedAt: {}, prices: {} }),
  decide,
};

const returned = (peer: PeerView): number => Math.floor((peer.downLastRound * 1000) / Math.max(1, peer.upLastRound));
const bestBargain = inTurn(highestFirst(returned), lowestFirst((peer) => peer.lastUnchokedAt ?? 0));

function decide(input: ChokeInput<LtBittyrantState>, p: LtBittyrantParams): ChokeDecision<LtBittyrantState> {
  const learns = input.trigger === 'tick';
  const prices = Object.fromEntries([...input.peers].sort(byKey).map((peer): [string, BytesPerSec] => {
    const price = input.state.prices[peer.key] ?? p.firstPrice;
    return [String(peer.key), learns ? renegotiated(price, peer, p) : price];
  }));
  const priceOf = ({ key }: Pick<PeerView, 'key'>): BytesPerSec => prices[key]!;
  const { unchoked, state, ...rest } = serve(input, p, { slots: affordable(input, priceOf), order: bestBargain });
  const capped: Unchoked = new Map([...unchoked].map(([key, { why }]) =>
    [key, why === 'exempt' ? { why } : { why, cap: priceOf({ key }) }]));
  return { unchoked: capped, state: { ...state, prices }, ...rest };
}

/** After a round. */
function renegotiated(price: BytesPerSec, peer: PeerView, { raise, lower }: LtBittyrantParams): BytesPerSec {
  if (peer.amChoking || !peer.amInterested) return price;
  const percent = peer.peerChoking ? raise : -lower;
  return Math.min(MOST_PRICE, price + Math.trunc((price * percent) / 100));
}

/** How many of the best the uplink pays for. Ranked by the same chance as in `serve`, so they are the same. */
function affordable({ peers, link, entropy }: ChokeInput<LtBittyrantState>, priceOf: (peer: PeerView) => BytesPerSec): number {
  let left = capacityOf(link);
  const ranked = rank(competing(peers), bestBargain, fromEntropy(entropy));
  const dear = ranked.findIndex((peer) => (left -= priceOf(peer)) < 0);
  return dear < 0 ? ranked.length : dear;
}
