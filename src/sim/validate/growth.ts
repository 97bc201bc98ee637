/** A check of how a file spreads in a flash crowd: from one who has it to two, to four, to all. */
import { KIB, SECOND } from '../../base/units.js';
import { line } from '../report/statistics.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';

const [COUNT, PIECES, PIECE, LINK] = [128, 16, 256 * KIB, 50_000];
/** Seconds for a piece to cross an uplink. */
const PIECE_TIME = PIECE / (LINK * LIMITS_UP_TO);

export const growth: Check = {
  id: 'V22',
  claim: 'in a flash crowd copies grow exponentially, doubling in about the time of a piece, and then as fast as all uplinks allow',
  source: 'Yang and de Veciana, INFOCOM 2004 (from memory)',
  async run(lab): Promise<Finding> {
    const times = await timesOfCopies(lab);
    // While most have no piece, each whole one gives another peer something to give; past that there is nobody left to begin.
    const first = sampled(times, COUNT / 2).map(([t, copies]) => [t, Math.log2(copies)] as const);
    const rise = line(first);
    const then = line(sampled(times, 0.8 * COUNT * PIECES).filter(([, copies]) => copies > 2 * COUNT));
    const doubling = 1 / rise.slope / PIECE_TIME;
    return {
      holds: rise.r2 > 0.95 && doubling > 0.5 && doubling < 2 && then.r2 > 0.95,
      expected: 'R2 of the logarithm over time above 0.95 until half have a piece, doubling in 0.5 to 2 piece times; '
        + 'then R2 of the copies above 0.95',
      found: `R2 ${rise.r2.toFixed(3)}, doubling in ${doubling.toFixed(2)} piece times; then R2 ${then.r2.toFixed(3)}, `
        + `${(100 * then.slope * PIECE_TIME / COUNT).toFixed(0)} % of all uplinks`,
    };
  },
};

/**
 * When, in seconds, each piece was whole at some leecher. Few slots, or a piece goes to many at once and all get it late together; and
 * nothing for the choked, for what BEP 6 grants them has the one seed serve everybody at once: then the first piece anywhere is whole
 * when it has sent nearly one to each.
 */
async function timesOfCopies(lab: CheckLab): Promise<number[]> {
  const times: number[] = [];
  let now = (): number => 0;
  const each = { up: LINK, down: '1M', limitsUpTo: LIMITS_UP_TO, allowedFast: 0 };
  await lab.swarm({
    size: PIECES * PIECE, pieceLength: PIECE, peers: [{ ...each, name: 'seed', has: 1 }, { ...each, name: 'home', count: COUNT }],
  }, ['bep3', 'slots=2'], {
    begin: ({ clock }) => { now = () => clock.now() / SECOND; },
    heard: (_, event) => { if (event.event === 'piece') times.push(now()); },
  });
  return times;
}

/** How many copies there are, from the first until so many, every quarter of a piece time: moments count alike, not copies. */
function sampled(times: readonly number[], until: number): (readonly [seconds: number, copies: number])[] {
  const samples: (readonly [number, number])[] = [];
  let copies = 0;
  for (let t = times[0]!; copies < until; t += PIECE_TIME / 4) {
    while (times[copies]! <= t) copies++;
    samples.push([t, copies]);
  }
  return samples;
}
