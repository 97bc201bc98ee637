/** Checks of what no swarm can do better than: conservation of bytes, and two lower bounds of the time to distribute. */
import { KIB, MIB, SECOND } from '../../base/units.js';
import type { Swarm } from '../swarm.js';
import type { Check, Finding } from './check.js';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
/** When the last completed, in seconds. */
const lastDone = ({ members }: Swarm): number => Math.max(...members.map((m) => m.completedAt ?? Infinity)) / SECOND;

export const conservation: Check = {
  id: 'V1',
  claim: 'bytes are conserved, and no link carries more than it can',
  source: 'derived',
  async run(lab): Promise<Finding> {
    const swarm = await lab.swarm({
      size: '2Mi', peers: [{ name: 'seed', has: 1, up: '200K', down: '1M' }, { name: 'home', count: 12, up: '50K', down: '400K' }],
    }, []);
    const { members } = swarm;
    const up = sum(members.map((m) => m.totals.uploaded));
    const down = sum(members.map((m) => m.totals.downloaded));
    // Blocks that came a second time, or to one who had just closed, were sent and do not count as downloaded.
    const onTheWay = sum(members.map((m) => m.host!.sent - m.host!.received));
    const within = members.every(({ host, identity: { kind } }) => {
      const seconds = swarm.clock.now() / SECOND;
      return host!.sent <= kind.up * seconds && host!.received <= kind.down * seconds;
    });
    return {
      holds: up >= down && down >= 12 * 2 * MIB && onTheWay >= 0 && within,
      expected: `sent - received >= 0; downloaded >= ${12 * 2 * MIB}, uploaded no less; every link within its capacity`,
      found: `sent - received = ${onTheWay}; downloaded ${down}, uploaded ${up}; links ${within ? 'within' : 'beyond'} their capacity`,
    };
  },
};

export const distributionTime: Check = {
  id: 'V2',
  claim: 'N who start together take at least max(F/us, F/dmin, N F/(us + sum ui)); BitTorrent 10 to 35 % more',
  source: 'Kumar and Ross, HotWeb 2006 (its abstract; the tolerance is ours)',
  async run(lab): Promise<Finding> {
    const [count, size] = [50, 4 * MIB];
    const [seedUp, up, down] = [500_000, 50_000, 400_000];
    const swarm = await lab.swarm({
      size, pieceLength: 32 * KIB, peers: [{ name: 'seed', has: 1, up: seedUp, down: 1e6 }, { name: 'home', count, up, down }],
    }, []);
    const bound = Math.max(size / seedUp, size / down, count * size / (seedUp + count * up));
    const ratio = lastDone(swarm) / bound;
    return {
      holds: ratio >= 1 && ratio <= 1.35, expected: '1.00 to 1.35 times the bound',
      found: `${ratio.toFixed(2)} times the bound of ${bound.toFixed(0)} s`,
    };
  },
};

export const storeAndForward: Check = {
  id: 'V3',
  claim: 'alike uplinks and pieces to be had whole before they are passed on: T >= (1 + floor(log2 N)/M) F/u',
  source: 'Mundinger, Weber and Weiss 2008 (from memory)',
  async run(lab): Promise<Finding> {
    const [count, pieces, pieceLength, up] = [16, 16, 128 * KIB, 50_000];
    const size = pieces * pieceLength;
    const swarm = await lab.swarm({
      size, pieceLength, peers: [{ name: 'seed', has: 1, up, down: 1e6 }, { name: 'home', count, up, down: 1e6 }],
    }, []);
    const bound = (1 + Math.floor(Math.log2(count)) / pieces) * size / up;
    const took = lastDone(swarm);
    return { holds: took >= bound, expected: `at least ${bound.toFixed(1)} s`, found: `${took.toFixed(1)} s` };
  },
};
