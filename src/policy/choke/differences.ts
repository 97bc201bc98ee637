/** Where two policies, asked the same, choose otherwise. A peer that a policy leaves alone is as it was. Pure. */
import type { PeerKey } from '../../base/brand.js';
import type { PeerView, Why } from './policy.js';
import type { Choice } from './seat.js';

/** A peer that one of the two would unchoke, and why. */
export interface Singled {
  readonly peer: PeerKey;
  readonly why: Why | 'untouched';
}
export interface Differences {
  /** On how many peers both agree. */
  readonly same: number;
  readonly onlyLive: readonly Singled[];
  readonly onlyShadow: readonly Singled[];
}

export function differences(peers: readonly PeerView[], { live, shadow }: { readonly live: Choice; readonly shadow: Choice }): Differences {
  const onlyLive: Singled[] = [];
  const onlyShadow: Singled[] = [];
  for (const view of peers) {
    const [ours, theirs] = [reasonOf(live, view), reasonOf(shadow, view)];
    if (ours !== undefined && theirs === undefined) onlyLive.push({ peer: view.key, why: ours });
    if (ours === undefined && theirs !== undefined) onlyShadow.push({ peer: view.key, why: theirs });
  }
  return { same: peers.length - onlyLive.length - onlyShadow.length, onlyLive, onlyShadow };
}

/** Undefined where the peer is choked. */
function reasonOf({ unchoked, untouched }: Choice, { key, amChoking }: PeerView): Singled['why'] | undefined {
  if (untouched.has(key)) return amChoking ? undefined : 'untouched';
  return unchoked.get(key)?.why;
}
