/**
 * propshare: the uplink is divided in proportion to what each peer sent in the last round; a fifth of it is for one in turn that is
 * optimistic. There are no slots: whoever sent something gets its part. Where nobody did, the optimistic one has all; where we seed,
 * all interested peers have the same.
 * The division is from the paper's abstract, the optimistic fifth from memory of it.
 * Source: Levin et al., "BitTorrent is an auction: analyzing and improving BitTorrent's incentives" (SIGCOMM 2008).
 */
import { fromEntropy } from '../../base/random.js';
import { onTick, type Unchoked } from './decision.js';
import { meet, NO_ROTATION, rotate, type Rotation } from './optimistic.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described } from './policy.js';
import { byKey } from './rank.js';
import { isInterested, isSeeding } from './standing.js';
import { byTimer, ouEvery, roundMs, whole } from './usual-params.js';

export type PropshareParams = {
  readonly explore: number;
  readonly optimistic: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};

const params: Described<PropshareParams>['params'] = {
  explore: { default: 0.2, min: 0.01, max: 1, doc: 'part of the uplink for optimistic peers' },
  optimistic: whole(1, { min: 1, max: 100 }, 'how many share it'),
  roundMs: roundMs(),
  ouEvery: ouEvery(),
};

export const propshare: ChokePolicy<PropshareParams, Rotation> = {
  name: 'propshare',
  summary: 'divides the uplink in proportion to what each peer sent in the last round',
  source: 'Levin et al., SIGCOMM 2008',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: byTimer,
  init: () => NO_ROTATION,
  decide: onTick(decide),
};

function decide(input: ChokeInput<Rotation>, p: PropshareParams): ChokeDecision<Rotation> {
  const wanting = input.peers.filter(isInterested).sort(byKey);
  const unchoked: Unchoked = new Map();
  if (wanting.some((peer) => isSeeding(input, peer))) {
    for (const { key } of wanting) unchoked.set(key, { why: 'regular', weight: 1 / wanting.length });
    return { unchoked, state: input.state };
  }
  const senders = wanting.filter((peer) => peer.downLastRound > 0);
  const sum = senders.reduce((bytes, peer) => bytes + peer.downLastRound, 0);
  for (const { key, downLastRound } of senders) {
    unchoked.set(key, { why: 'regular', weight: ((1 - p.explore) * downLastRound) / sum });
  }
  const others = new Set(wanting.filter((peer) => peer.downLastRound <= 0).map((peer) => peer.key));
  const connected = new Set(input.peers.map((peer) => peer.key));
  const met = meet(input.state, { connected, wanting: wanting.map((peer) => peer.key) }, fromEntropy(input.entropy));
  const rotation = rotate(met, { slots: p.optimistic, rounds: p.ouEvery, tick: true, among: others });
  for (const { peer } of rotation.turns) {
    unchoked.set(peer, { why: 'optimistic', weight: (senders.length > 0 ? p.explore : 1) / rotation.turns.length });
  }
  return { unchoked, state: rotation };
}
