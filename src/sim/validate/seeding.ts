/** A check of whom seeds serve: each alike, or the fastest. */
import { SECOND, type Millis } from '../../base/units.js';
import { jain } from '../report/statistics.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';
import { listening } from './listening.js';

export const evenService: Check = {
  id: 'V11',
  claim: 'mainline 4 seeds give the same time to all whatever their speed; seeds that prefer the fastest do not',
  source: 'Legout et al. 2006 and 2007 (abstracts; thresholds ours)',
  async run(lab): Promise<Finding> {
    const [even, fastest] = [await evenness(lab, ['mainline-4', 'slots=4']),
      await evenness(lab, ['libtorrent-fixed', 'slots=4', 'seedRule=fastest-upload'])];
    return {
      holds: even >= 0.95 && fastest < even - 0.1,
      expected: 'Jain index of the time unchoked at least 0.95, at least 0.1 less for fastest-upload',
      found: `${even.toFixed(3)} and ${fastest.toFixed(3)}`,
    };
  },
};

/** Jain's index of how long a seed unchokes each of eighteen, of three speeds, which meet nobody else and never complete. */
async function evenness(lab: CheckLab, policy: readonly string[]): Promise<number> {
  const [count, lasts] = [18, 3600];
  const times = new Map<string, Millis>();
  const since = new Map<string, Millis>();
  await lab.swarm({
    size: '256Mi', pieceLength: '256Ki', lasts, peers: [
      // Slower than most, and limited by itself: mainline keeps whoever it holds up.
      { name: 'seed', has: 1, up: '40K', down: '1M', limitsUpTo: LIMITS_UP_TO },
      ...[5000, 20_000, 200_000].map((down, i) => ({ name: `home-${i}`, count: count / 3, up: 10_000, down, behindNat: true })),
    ],
  }, policy, listening(({ host, what, at }) => {
    if (what === 'unchoked') since.set(host, at);
    const from = since.get(host);
    if (what !== 'choked' || from === undefined) return;
    times.set(host, (times.get(host) ?? 0) + at - from);
    since.delete(host);
  }));
  for (const [host, from] of since) times.set(host, (times.get(host) ?? 0) + lasts * SECOND - from);
  return jain(Array.from({ length: count }, (_, i) => [...times.values()][i] ?? 0)) ?? 0;
}
