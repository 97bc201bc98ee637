/**
 * bep3: choking as BEP 3 tells it, torrent by torrent.
 *
 * Once a round the peers with the best rates win all slots but one: rates to us while we download, from us once we seed. The last slot
 * is optimistic and goes round in turns, where a newcomer is three times as likely to be next as anywhere else in the line. A peer that
 * wants nothing but is faster than the worst of the regular ones is unchoked too; if it becomes interested, that worst one is
 * choked at once. The same rounds with other merits make cohen-2003 and seed-antileech.
 * Source: BEP 3, "choking and optimistic unchoking".
 */
import { fromEntropy } from '../../base/random.js';
import { grant, type Unchoked } from './decision.js';
import { meet, NO_ROTATION, rotate, type Rotation } from './optimistic.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView, Timing } from './policy.js';
import { highestFirst, rank } from './rank.js';
import { isInterested, tradeRate } from './standing.js';
import { ouEvery, roundMs, slots, TWENTY_SECONDS } from './usual-params.js';

export type Bep3Params = {
  readonly slots: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};
export const bep3Params: Described<Bep3Params>['params'] = { slots: slots(4), roundMs: roundMs(), ouEvery: ouEvery() };

/** In what descendants of the rule differ. */
export interface Trade {
  /** What a peer is worth; the best win regular slots. */
  readonly merit: (peer: PeerView) => number;
  /** May it win one at all? */
  readonly mayEarn: (peer: PeerView) => boolean;
  /** Regular slots that nobody wins are optimistic, besides the one that always is. */
  readonly spareForTrial: boolean;
}

export const bep3Timing = (p: Bep3Params): Timing => ({ tickMs: p.roundMs, react: ['interested'], minHoldMs: 0 });

export const bep3: ChokePolicy<Bep3Params, Rotation> = {
  name: 'bep3',
  summary: 'the text of the specification: three by rate, one optimistic in turns of 30 s',
  source: 'BEP 3, "choking and optimistic unchoking"',
  scope: 'torrent',
  params: bep3Params,
  defaults: defaultsOf(bep3Params),
  rates: [TWENTY_SECONDS],
  timing: bep3Timing,
  slotBound: (p) => p.slots,
  init: () => NO_ROTATION,
  decide: (input, p) => trade(input, p, { merit: tradeRate(input), mayEarn: () => true, spareForTrial: false }),
};

export function trade(input: ChokeInput<Rotation>, p: Bep3Params, rule: Trade): ChokeDecision<Rotation> {
  const random = fromEntropy(input.entropy);
  const tick = input.trigger === 'tick';
  // Between rounds nobody who is choked can win: the unchoked contend for the slots, and one of them may lose its own.
  const list = rank(input.peers.filter((peer) => tick || !peer.amChoking), highestFirst(rule.merit), random);
  const wanting = list.filter(isInterested);
  const earned = p.slots - 1;
  const onTrial = new Set(tick ? [] : input.state.turns.map((t) => t.peer));
  const regular = wanting.filter((peer) => rule.mayEarn(peer) && !onTrial.has(peer.key)).slice(0, earned);

  const others = new Set(wanting.filter((peer) => !regular.includes(peer)).map((peer) => peer.key));
  const connected = new Set(input.peers.map((peer) => peer.key));
  const inLine = input.peers.filter(isInterested).map((peer) => peer.key).sort((a, b) => a - b);
  const rotation = rotate(meet(input.state, { connected, wanting: inLine }, random), {
    slots: rule.spareForTrial ? p.slots - regular.length : 1, rounds: p.ouEvery, tick, among: others,
  });

  const worst = regular.at(-1);
  const bar = regular.length < earned || !worst ? -Infinity : rule.merit(worst);
  const unchoked: Unchoked = new Map();
  grant(unchoked, regular, 'regular');
  for (const { peer } of rotation.turns) unchoked.set(peer, { why: 'optimistic' });
  grant(unchoked, list.filter((peer) => !peer.peerInterested && rule.merit(peer) > bar), 'idle');
  return { unchoked, state: rotation };
}
