/**
 * What a policy says of shares is what its peers get: propshare under an upload limit, among peers that can reach nobody else and send
 * at rates of their own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerKey } from '../../src/base/brand.js';
import { MIB, SECOND } from '../../src/base/units.js';
import type { ChosenPolicy } from '../../src/client.js';
import type { PeerView } from '../../src/policy/choke/policy.js';
import { peers, policyNamed, run, scene } from './scenes.js';

const RATES = [200_000, 400_000, 800_000];

test('propshare divides its limit in proportion to what it received in the last round, within 10 %', async () => {
  const limit = 1_000_000;
  const rounds: (readonly PeerView[])[] = [];
  const propshare = policyNamed('propshare');
  const watched: ChosenPolicy = {
    params: { ...propshare.params, explore: 0.01 },
    policy: { ...propshare.policy, decide(input, params) {
      if (input.trigger === 'tick') rounds.push(input.peers);
      return propshare.policy.decide(input, params);
    } },
  };
  // Limited too: their requests are not to wait behind what they send.
  const givers = RATES.map((rate) => peers(`giver of ${rate}`, {
    up: 2 * rate, limitsUpTo: 0.5, down: 10_000_000, has: 0.5, behindNat: true, policy: policyNamed('all'),
  }));
  const taker = peers('taker', { up: 10_000_000, down: 10_000_000, has: 0.5, limitsUpTo: limit / 10_000_000, policy: watched });
  await run(scene([taker, ...givers], { size: 1024 * MIB, pieceLength: MIB, lasts: 150 * SECOND }));

  const expected = new Map<PeerKey, number>();
  const found = new Map<PeerKey, number>();
  const add = (to: Map<PeerKey, number>, key: PeerKey, bytes: number): void => void to.set(key, (to.get(key) ?? 0) + bytes);
  // The first rounds are those in which they meet.
  for (const [i, now] of rounds.entries()) {
    if (i < 5) continue;
    const before = rounds[i - 1]!;
    const received = before.reduce((sum, peer) => sum + peer.downLastRound, 0);
    for (const { key, downLastRound } of before) add(expected, key, limit * 10 * downLastRound / received);
    for (const { key, upLastRound } of now) add(found, key, upLastRound);
  }
  const shares = [...expected].map(([key, bytes]) => found.get(key)! / bytes);
  assert.equal(shares.length, RATES.length);
  for (const share of shares) assert.ok(Math.abs(share - 1) <= 0.1, `${shares.map((s) => s.toFixed(3)).join(', ')} of what was due`);
  const [least, , most] = [...found.values()].sort((a, b) => a - b) as [number, number, number];
  assert.ok(most > 2 * least, `from ${least} to ${most} bytes`);
});
