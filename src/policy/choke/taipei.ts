/**
 * taipei: the classic choker of Taipei-Torrent (Go), torrent by torrent: every 10 s the three interested peers that send fastest, and one
 * more drawn from the others, which is optimistic for three rounds or until it is among the three.
 * Quirks: it ranks by what peers send even once we seed, when nobody does, so then chance decides; peers that want nothing are not
 * looked at, so their choke bit stays.
 * Source: Taipei-Torrent, torrent/choker.go.
 */
import type { PeerKey } from '../../base/brand.js';
import { fromEntropy } from '../../base/random.js';
import { grant, onTick, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described } from './policy.js';
import { byKey, highestFirst, rank } from './rank.js';
import { downRate, isInterested } from './standing.js';
import { byTimer, ouEvery, roundMs, slots, TWENTY_SECONDS } from './usual-params.js';

export type TaipeiParams = {
  readonly slots: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};
export type TaipeiState = { readonly optimistic: PeerKey | null; readonly roundsLeft: number };

const params: Described<TaipeiParams>['params'] = {
  slots: slots(3, 'regular slots, besides the optimistic one'), roundMs: roundMs(), ouEvery: ouEvery(),
};

export const taipei: ChokePolicy<TaipeiParams, TaipeiState> = {
  name: 'taipei',
  summary: 'the three that send fastest, and one at random for 30 s',
  source: 'Taipei-Torrent, torrent/choker.go (ClassicChoker)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS],
  timing: byTimer,
  slotBound: (p) => p.slots + 1,
  init: () => ({ optimistic: null, roundsLeft: 0 }),
  decide: onTick(decide),
};

function decide(input: ChokeInput<TaipeiState>, p: TaipeiParams): ChokeDecision<TaipeiState> {
  const { peers, state } = input;
  const random = fromEntropy(input.entropy);
  const list = rank(peers.filter(isInterested), highestFirst(downRate), random);
  const others = list.slice(p.slots).sort(byKey);
  const running = state.roundsLeft > 0 ? others.find((peer) => peer.key === state.optimistic) : undefined;
  const optimistic = running ?? (others.length > 0 ? others[random.below(others.length)] : undefined);

  const unchoked: Unchoked = new Map();
  grant(unchoked, list.slice(0, p.slots), 'regular');
  if (optimistic) unchoked.set(optimistic.key, { why: 'optimistic' });
  return {
    unchoked,
    untouched: new Set(peers.filter((peer) => !peer.peerInterested).map((peer) => peer.key)),
    state: { optimistic: optimistic?.key ?? null, roundsLeft: running ? state.roundsLeft - 1 : p.ouEvery - 1 },
  };
}
