/**
 * bittyrant: a selfish leecher. It learns of every peer what it gives (d) and for how much (u), and buys where a byte is cheapest.
 *
 * Each round peers are ranked by d/u and unchoked, each capped at its u, until the uplink is spent. Where a peer unchokes us, d is its
 * rate; else it is guessed from its announcements, as if it shared what it downloads among mainline's number of slots. Then prices move:
 * who was served and chokes us all the same costs 20 % more next time, who has unchoked us for three rounds 10 % less. Nobody is
 * optimistic: guesses explore.
 * `generous` spends what is left of the uplink on those already unchoked, as the released client did; without it the rest stays unused,
 * which is what harms a swarm in which all do so. Without an upload limit the capacity is the peak seen and a little more.
 * From memory of the paper; the three steps (20 %, 10 %, 3 rounds) agree with public re-implementations.
 * Source: Piatek et al., "Do incentives build robustness in BitTorrent?" (NSDI 2007); capacity: libtorrent's bittyrant choker.
 */
import { fromEntropy } from '../../base/random.js';
import { KIB, type BytesPerSec } from '../../base/units.js';
import { onTick, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView, TorrentView } from './policy.js';
import { byKey, highestFirst, rank } from './rank.js';
import { capacityOf, mainlineSlots } from './slots.js';
import { downRate, isInterested, torrentOf } from './standing.js';
import { byTimer, roundMs, TWENTY_SECONDS, whole } from './usual-params.js';

export type BittyrantParams = {
  readonly firstPriceKib: number;
  readonly raise: number;
  readonly lower: number;
  readonly patience: number;
  readonly generous: boolean;
  readonly roundMs: number;
};
/** What a peer costs, bytes/s, and for how many rounds in a row it has unchoked us. */
export type Deal = { readonly price: BytesPerSec; readonly kindRounds: number };
export type BittyrantState = { readonly [key: string]: Deal };

const params: Described<BittyrantParams>['params'] = {
  firstPriceKib: whole(16, { min: 1, max: 100_000 }, 'what a peer is first thought to cost, KiB/s'),
  raise: { default: 0.2, min: 0, max: 10, doc: 'by how much the price of a peer rises that takes and does not give' },
  lower: { default: 0.1, min: 0, max: 0.9, doc: 'by how much the price of a peer falls that has given for long' },
  patience: whole(3, { min: 1, max: 1000 }, 'rounds that are long'),
  generous: { default: true, doc: 'share what is left of the uplink among those unchoked' },
  roundMs: roundMs(),
};
/** Cheaper than this nobody becomes, nor dearer. */
const LEAST_PRICE = KIB;
const MOST_PRICE = 1e9;

export const bittyrant: ChokePolicy<BittyrantParams, BittyrantState> = {
  name: 'bittyrant',
  summary: 'selfish: buys where a byte costs least, at a price learnt for each peer; caps what each gets',
  source: 'Piatek et al., NSDI 2007',
  scope: 'session',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS],
  timing: byTimer,
  init: () => ({}),
  decide: onTick(decide),
};

function decide(input: ChokeInput<BittyrantState>, p: BittyrantParams): ChokeDecision<BittyrantState> {
  const deals = new Map([...input.peers].sort(byKey).map((peer) => [peer.key, renegotiated(input.state[peer.key], peer, p)]));
  const priceOf = (peer: PeerView): BytesPerSec => deals.get(peer.key)!.price;
  const gainOf = (peer: PeerView): number => giftOf(peer, torrentOf(input, peer)) / priceOf(peer);

  let left = capacityOf(input.link);
  const bought: PeerView[] = [];
  for (const peer of rank(input.peers.filter(isInterested), highestFirst(gainOf), fromEntropy(input.entropy))) {
    if (priceOf(peer) > left) break;
    bought.push(peer);
    left -= priceOf(peer);
  }
  const more = p.generous && bought.length > 0 ? left / bought.length : 0;
  const unchoked: Unchoked = new Map(bought.map((peer) => [peer.key, { why: 'regular', cap: priceOf(peer) + more }]));
  return { unchoked, state: Object.fromEntries(deals) };
}

/** After a round in which it was served or not, and unchoked us or not. */
function renegotiated(deal: Deal | undefined, peer: PeerView, p: BittyrantParams): Deal {
  const { price, kindRounds } = deal ?? { price: p.firstPriceKib * KIB, kindRounds: 0 };
  const kind = peer.peerChoking ? 0 : kindRounds + 1;
  if (peer.amChoking) return { price, kindRounds: kind };
  if (peer.peerChoking) return { price: Math.min(MOST_PRICE, price * (1 + p.raise)), kindRounds: 0 };
  return { price: kind < p.patience ? price : Math.max(LEAST_PRICE, price * (1 - p.lower)), kindRounds: kind };
}

/** What the peer gives us, or would: bytes/s. */
function giftOf(peer: PeerView, torrent: TorrentView | undefined): BytesPerSec {
  if (!torrent || torrent.seeding) return 0;
  if (!peer.peerChoking) return downRate(peer);
  const takes = peer.haveRate * torrent.pieceLength;
  return takes > 0 ? takes / mainlineSlots(takes) : 0;
}
