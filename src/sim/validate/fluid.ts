/** A check of the fluid model of a swarm in its steady state: x leechers with uplinks u, a file of F bytes, arrivals at rate lambda. */
import { MIB } from '../../base/units.js';
import { timeOf } from '../report/summary.js';
import type { Check, Finding } from './check.js';

const SOURCE = 'Qiu and Srikant, SIGCOMM 2004 (from memory; this case derived anew)';
const [SIZE, UP] = [8 * MIB, 20_000];
const within = (share: number, found: number, expected: number): boolean => Math.abs(found - expected) <= share * expected;

export const seedsThatLeave: Check = {
  id: 'V4b',
  claim: 'steady state, all leave at once but one seed of rate Us: x = (lambda F - Us)/u',
  source: SOURCE,
  async run(lab): Promise<Finding> {
    const [every, seedUp, count] = [16, 2 * UP, 150];
    const [result] = await lab.results({
      size: SIZE, pieceLength: '64Ki', peers: [
        { name: 'seed', has: 1, up: seedUp, down: '1M' },
        { name: 'peer', count, up: UP, down: 10 * UP, arrives: { every }, leaves: 0 },
      ],
    }, []);
    // The first and the last to come do not count. By Little's law, over the span of the others.
    const [from, to] = [0.4 * count * every, 0.9 * count * every];
    const settled = result!.peers.filter(({ seed, arrived }) => !seed && arrived >= from && arrived < to);
    const leechers = settled.reduce((n, peer) => n + timeOf(peer), 0) / (to - from);
    const expected = (SIZE / every - seedUp) / UP;
    return {
      holds: within(0.1, leechers, expected), expected: `${expected.toFixed(1)} leechers within 10 %`,
      found: `${leechers.toFixed(1)}: an effectiveness of ${(expected / leechers).toFixed(2)}`,
    };
  },
};
