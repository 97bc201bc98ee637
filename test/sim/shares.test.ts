/**
 * What a policy says of shares, claims and leads is what its peers get: one taker under an upload limit, among peers that can reach nobody
 * else and send at rates of their own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerKey } from '../../src/base/brand.js';
import { BLOCK_BYTES, KIB, MIB, SECOND } from '../../src/base/units.js';
import type { ChokeInput, Json, PeerView } from '../../src/policy/choke/policy.js';
import type { ChosenPolicy } from '../../src/client.js';
import { peers, policyNamed, run, scene } from './scenes.js';

const RATES = [200_000, 400_000, 800_000];
const LIMIT = 1_000_000;

/** What a taker with this policy was asked, from the first decision to the last. */
async function asked(chosen: ChosenPolicy): Promise<readonly ChokeInput<Json>[]> {
  const inputs: ChokeInput<Json>[] = [];
  const watched: ChosenPolicy = { ...chosen, policy: { ...chosen.policy, decide(input, params) {
    inputs.push(input);
    return chosen.policy.decide(input, params);
  } } };
  // Limited too: their requests are not to wait behind what they send.
  const givers = RATES.map((rate) => peers(`giver of ${rate}`, {
    up: 2 * rate, limitsUpTo: 0.5, down: 10_000_000, has: 0.5, behindNat: true, policy: policyNamed('all'),
  }));
  const taker = peers('taker', { up: 10_000_000, down: 10_000_000, has: 0.5, limitsUpTo: LIMIT / 10_000_000, policy: watched });
  await run(scene([taker, ...givers], { size: 1024 * MIB, pieceLength: MIB, lasts: 150 * SECOND }));
  return inputs;
}

test('propshare divides its limit in proportion to what it received in the last round, within 10 %', async () => {
  const propshare = policyNamed('propshare');
  const inputs = await asked({ ...propshare, params: { ...propshare.params, explore: 0.01 } });
  const rounds = inputs.filter(({ trigger }) => trigger === 'tick').map((input) => input.peers);

  const expected = new Map<PeerKey, number>();
  const found = new Map<PeerKey, number>();
  const add = (to: Map<PeerKey, number>, key: PeerKey, bytes: number): void => void to.set(key, (to.get(key) ?? 0) + bytes);
  // The first rounds are those in which they meet.
  for (const [i, now] of rounds.entries()) {
    if (i < 5) continue;
    const before = rounds[i - 1]!;
    const received = before.reduce((sum, peer) => sum + peer.downLastRound, 0);
    for (const { key, downLastRound } of before) add(expected, key, LIMIT * 10 * downLastRound / received);
    for (const { key, upLastRound } of now) add(found, key, upLastRound);
  }
  const shares = [...expected].map(([key, bytes]) => found.get(key)! / bytes);
  assert.equal(shares.length, RATES.length);
  for (const share of shares) assert.ok(Math.abs(share - 1) <= 0.1, `${shares.map((s) => s.toFixed(3)).join(', ')} of what was due`);
  const [least, , most] = [...found.values()].sort((a, b) => a - b) as [number, number, number];
  assert.ok(most > 2 * least, `from ${least} to ${most} bytes`);
});

test('fairtorrent serves whom it owes most: it owes all the same, to within what two seconds bring', async () => {
  const last = (await asked(policyNamed('fairtorrent'))).at(-1)!.peers;
  const owed = last.map((peer) => peer.downTotal - peer.upTotal);
  assert.equal(owed.length, RATES.length);
  assert.ok(Math.min(...owed) > 10 * MIB, 'more comes than may go out');
  assert.ok(Math.max(...owed) - Math.min(...owed) <= 2 * Math.max(...RATES), `owes ${owed.join(', ')}`);
});

const bounds: readonly (readonly [policy: string, params: Readonly<Record<string, number>>, bound: number])[] = [
  ['block-tft', { delta: 1 }, MIB], ['credit', { creditKib: 100 }, 100 * KIB],
];
for (const [name, params, bound] of bounds) {
  test(`${name}: nobody is ever ahead by more than ${bound / KIB} KiB and the block that was begun`, async () => {
    const policy = policyNamed(name);
    const seen = (await asked({ ...policy, params: { ...policy.params, ...params } })).flatMap((input) => input.peers);
    const lead = (peer: PeerView): number => peer.upTotal - peer.downTotal;
    const most = Math.max(...seen.map(lead));
    assert.ok(most <= bound + BLOCK_BYTES, `${most} bytes ahead`);
    assert.ok(most > bound, 'it is the bound that holds, not want of blocks');
  });
}
