/** Scenarios for tests: small, quick, and each different from another in the one thing that its test is about. */
import { turn } from '../../src/edge/turn.js';
import type { ChosenPolicy } from '../../src/client.js';
import { KIB, MIB, MINUTE, SECOND } from '../../src/base/units.js';
import type { ChokePolicy } from '../../src/policy/choke/policy.js';
import { findPolicy } from '../../src/policy/choke/registry.js';
import type { PeerClass, Scenario } from '../../src/sim/scenarios/scenario.js';
import { simulate, type Run, type Swarm, type Watch } from '../../src/sim/swarm.js';

export function policyNamed(name: string): ChosenPolicy {
  const found = findPolicy(name);
  if (!found.ok) throw new Error(`${found.error.expected}, found ${found.error.found}`);
  const policy: ChokePolicy = found.value;
  return { policy, params: policy.defaults };
}

export const peers = (name: string, more: Partial<PeerClass> = {}): PeerClass => ({
  name, count: 1, up: 100_000, down: 400_000, delay: 20, arrives: { kind: 'at', at: 0 }, has: 0, picks: 'rarest', allowedFast: 10,
  leaves: { kind: 'never' },
  givesUpAfter: Infinity, behindNat: false, corrupt: false, maxPeers: 40, limitsUpTo: 0, ...more,
});

export const scene = (classes: readonly PeerClass[], more: Partial<Scenario> = {}): Scenario => ({
  name: 'test', summary: 'for a test', size: 2 * MIB, pieceLength: 64 * KIB, classes, lasts: 60 * MINUTE,
  announceEvery: 5 * MINUTE, slowStart: false, connectionsBreakAfter: Infinity, ...more,
});

export const run = (scenario: Scenario, more: Partial<Run> = {}, watch?: Watch): Promise<Swarm> =>
  simulate({ scenario, seed: 1, policy: policyNamed('tit-for-tat'), ...more }, { turn }, watch);

export const seconds = (ms: number): number => ms / SECOND;
