/** What policies say in the same words: verdicts for a group of peers, and "leave all as it is". */
import type { PeerKey } from '../../base/brand.js';
import type { Bytes } from '../../base/units.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Json, Params, PeerView, Verdict, Why } from './policy.js';

export type Unchoked = Map<PeerKey, Verdict>;

export function grant(unchoked: Unchoked, peers: readonly PeerView[], why: Why): void {
  for (const { key } of peers) unchoked.set(key, { why });
}

/** Unchoked, as long as it is ahead of us by so much at the most; undefined: by as much as it likes. */
export const ahead = (lead: Bytes | undefined, why: Why = 'regular'): Verdict => ({ why, ...(lead !== undefined && { lead }) });

/** No choke bit changes, but those of the peers in `unchoked`. */
export function leaveOthers<S>({ peers }: ChokeInput<S>, unchoked: Unchoked, state: S): ChokeDecision<S> {
  return { unchoked, untouched: new Set(peers.map((p) => p.key).filter((key) => !unchoked.has(key))), state };
}

type Decide<P extends Params, S extends Json> = ChokePolicy<P, S>['decide'];

/** For a policy that hears its timer alone: asked at another moment, it leaves all as it is. */
export const onTick = <P extends Params, S extends Json>(decide: Decide<P, S>): Decide<P, S> =>
  (input, p) => (input.trigger === 'tick' ? decide(input, p) : leaveOthers(input, new Map(), input.state));
