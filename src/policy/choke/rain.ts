/**
 * rain: the unchoker of rain (Go), torrent by torrent.
 *
 * Every 10 s interested peers are ranked by their average of a minute, and three are unchoked; in every third round one of the rest,
 * drawn at random, is optimistic. A peer that becomes interested gets a free slot at once. Quirks kept:
 * - An optimistic peer ranked below the three counts among the rest in the next round: it is choked after 10 s, not 30.
 * - In rounds between, one ranked above keeps its slot besides the three, without counting.
 * - A peer that loses interest is no longer looked at: it stays unchoked and goes on holding its slot against newcomers. Coming back
 *   it has that slot still, so there is no bound on how many interested peers are unchoked.
 * Source: rain, internal/unchoker/unchoker.go.
 */
import type { PeerKey } from '../../base/brand.js';
import { fromEntropy } from '../../base/random.js';
import { MINUTE } from '../../base/units.js';
import { leaveOthers, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView } from './policy.js';
import { byKey, highestFirst, rank } from './rank.js';
import { isInterested, tradeRate } from './standing.js';
import { ouEvery, roundMs, slots, whole } from './usual-params.js';

export type RainParams = {
  readonly slots: number;
  readonly optimistic: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};
export type RainState = {
  readonly round: number;
  /** Who holds slots of either kind, interested or not. */
  readonly regular: readonly PeerKey[];
  readonly optimistic: readonly PeerKey[];
};

const params: Described<RainParams>['params'] = {
  slots: slots(3, 'regular slots'),
  optimistic: whole(1, { min: 0, max: 100 }, 'optimistic slots, besides the regular ones'),
  roundMs: roundMs(),
  ouEvery: ouEvery('every how many rounds optimistic peers are drawn'),
};

export const rain: ChokePolicy<RainParams, RainState> = {
  name: 'rain',
  summary: 'three by the average of a minute, one at random that seldom lasts; free slots are given at once',
  source: 'rain, internal/unchoker/unchoker.go',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [{ kind: 'ewma', tauMs: MINUTE }],
  timing: (p) => ({ tickMs: p.roundMs, react: ['interested'], minHoldMs: 0 }),
  init: () => ({ round: 0, regular: [], optimistic: [] }),
  decide: (input, p) => (input.trigger === 'tick' ? tick(input, p) : welcome(input, p)),
};

function tick(input: ChokeInput<RainState>, p: RainParams): ChokeDecision<RainState> {
  const random = fromEntropy(input.entropy);
  const held = holders(input);
  const draws = input.state.round === 0;
  const regular: PeerView[] = [];
  const optimistic: PeerView[] = [];
  const rest: PeerView[] = [];
  for (const peer of rank(input.peers.filter(isInterested), highestFirst(tradeRate(input)), random)) {
    if (regular.length === p.slots) rest.push(peer);
    else if (!draws && held.optimistic.includes(peer.key)) optimistic.push(peer);
    else regular.push(peer);
  }
  for (let i = draws ? p.optimistic : 0; i > 0 && rest.length > 0; i--) optimistic.push(...rest.splice(random.below(rest.length), 1));

  const unchoked: Unchoked = new Map();
  for (const { key } of regular) unchoked.set(key, { why: 'regular' });
  for (const { key } of optimistic) unchoked.set(key, { why: 'optimistic' });
  const idle = input.peers.filter((peer) => !peer.peerInterested).sort(byKey).map((peer) => peer.key);
  const state: RainState = {
    round: (input.state.round + 1) % p.ouEvery,
    regular: [...regular.map((peer) => peer.key), ...idle.filter((key) => held.regular.includes(key))],
    optimistic: [...optimistic.map((peer) => peer.key), ...idle.filter((key) => held.optimistic.includes(key))],
  };
  return { unchoked, untouched: new Set(idle), state };
}

/** Free slots, if there are any, for those that have just become interested. */
function welcome(input: ChokeInput<RainState>, p: RainParams): ChokeDecision<RainState> {
  const { regular, optimistic } = holders(input);
  const unchoked: Unchoked = new Map();
  const subjects = new Set(input.trigger === 'interested' ? input.subjects : []);
  for (const { key } of input.peers.filter((peer) => subjects.has(peer.key) && peer.peerInterested && peer.amChoking).sort(byKey)) {
    const why = regular.length < p.slots ? 'regular' : 'optimistic';
    if (why === 'optimistic' && optimistic.length >= p.optimistic) break;
    (why === 'regular' ? regular : optimistic).push(key);
    unchoked.set(key, { why });
  }
  return leaveOthers(input, unchoked, { ...input.state, regular, optimistic });
}

/** Without those that left. */
function holders({ peers, state }: ChokeInput<RainState>): { readonly regular: PeerKey[]; readonly optimistic: PeerKey[] } {
  const connected = new Set(peers.map((peer) => peer.key));
  const here = (key: PeerKey): boolean => connected.has(key);
  return { regular: state.regular.filter(here), optimistic: state.optimistic.filter(here) };
}
