/**
 * round-robin: everybody in turn, whoever has waited longest first, each for the same time; newcomers at the end of the line. What a
 * policy must beat. Source: folklore.
 */
import { relink } from './chain.js';
import { onTick, type Unchoked } from './decision.js';
import { NO_ROTATION, rotate, type Rotation } from './optimistic.js';
import { defaultsOf } from './params.js';
import type { ChokePolicy, Described } from './policy.js';
import { isInterested } from './standing.js';
import { byTimer, roundMs, slots, whole } from './usual-params.js';

export type RoundRobinParams = {
  readonly slots: number;
  readonly roundMs: number;
  readonly turn: number;
};

const params: Described<RoundRobinParams>['params'] = {
  slots: slots(4, 'interested peers unchoked'),
  roundMs: roundMs(),
  turn: whole(3, { min: 1, max: 1000 }, 'length of a turn, rounds'),
};

export const roundRobin: ChokePolicy<RoundRobinParams, Rotation> = {
  name: 'round-robin',
  summary: 'four at a time, 30 s each, longest waiting first',
  source: 'a baseline',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [],
  timing: byTimer,
  slotBound: (p) => p.slots,
  init: () => NO_ROTATION,
  decide: onTick(({ peers, state }, p) => {
    const wanting = new Set(peers.filter(isInterested).map((peer) => peer.key));
    const line = relink(state.line, peers, (length) => length);
    const rotation = rotate({ ...state, line }, { slots: p.slots, rounds: p.turn, tick: true, among: wanting });
    const unchoked: Unchoked = new Map(rotation.turns.map(({ peer }) => [peer, { why: 'regular' }]));
    return { unchoked, state: rotation };
  }),
};
