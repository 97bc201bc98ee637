/**
 * block-tft: tit for tat by what was moved, not by how fast: a peer may be ahead of us by `delta` pieces and no more, and among those that
 * are not, the fastest have the slots. It evens out what fast and slow peers give, at the price of uplinks that idle. A torrent we seed
 * keeps no accounts: the fastest takers have its slots. The bound holds block by block (`lead`); whoever reaches it loses its slot at once.
 * The paper's block is what BEP 3 calls a piece (256 KiB there).
 * Source: Bharambe, Herley, Padmanabhan, "Analyzing and improving a BitTorrent network's performance mechanisms" (2006).
 */
import { fromEntropy } from '../../base/random.js';
import { SECOND, type Bytes } from '../../base/units.js';
import { ahead } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeInput, ChokePolicy, Described, PeerView } from './policy.js';
import { highestFirst, rank } from './rank.js';
import { isInterested, torrentOf, tradeRate } from './standing.js';
import { roundMs, slots, TWENTY_SECONDS, whole } from './usual-params.js';

export type BlockTftParams = {
  readonly delta: number;
  readonly slots: number;
  readonly roundMs: number;
};

const params: Described<BlockTftParams>['params'] = {
  delta: whole(2, { min: 0, max: 1000 }, 'how far a peer may be ahead of us, pieces'),
  slots: slots(5, 'interested peers unchoked'),
  roundMs: roundMs(SECOND),
};

export const blockTft: ChokePolicy<BlockTftParams, null> = {
  name: 'block-tft',
  summary: 'the fastest of those that are ahead of us by two pieces at the most',
  source: 'Bharambe, Herley, Padmanabhan (2006)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS],
  timing: (p) => ({ tickMs: p.roundMs, react: ['interested', 'spent'], minHoldMs: 0 }),
  slotBound: (p) => p.slots,
  init: () => null,
  decide(input, p) {
    const lead = (peer: PeerView): Bytes | undefined => leadOf(input, peer, p.delta);
    const square = input.peers.filter((peer) => isInterested(peer) && peer.upTotal - peer.downTotal <= (lead(peer) ?? Infinity));
    const fastest = rank(square, highestFirst(tradeRate(input)), fromEntropy(input.entropy)).slice(0, p.slots);
    return { unchoked: new Map(fastest.map((peer) => [peer.key, ahead(lead(peer))])), state: null };
  },
};

function leadOf(input: ChokeInput<null>, peer: PeerView, delta: number): Bytes | undefined {
  const torrent = torrentOf(input, peer);
  return torrent?.seeding ? undefined : delta * (torrent?.pieceLength ?? 0);
}
