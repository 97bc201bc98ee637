/**
 * The picker's cost a block, of a small swarm and of a large one, which should differ little: whole downloads, the two in turn, so that
 * a slow moment of the machine meets both.
 */
import { median } from '../stats.js';
import { Download, type DownloadCost, type Part, type Shape } from './download.js';
import { figureOf, swallow, type Figure } from './measure.js';

/** Of the cost of a block in the large swarm to that in the small one. */
export const GOAL = 1.5;

const FEW: Shape = { pieces: 1_000, peers: 10 };
const MANY: Shape = { pieces: 100_000, peers: 200 };
const MANY_QUICK: Shape = { pieces: 5_000, peers: 200 };
/** A small download is over before the compiler has done its best. */
const WARM_UP = 6;
const SMALL_A_ROUND = 5;
const ROUNDS = 3;

interface Options {
  readonly quick: boolean;
  /** A fine clock, in ms. */
  readonly now: () => number;
}
export interface Picking {
  readonly lines: readonly (Figure & { readonly name: string; readonly unit: string })[];
  readonly ratio: number;
}

export function comparePicking({ quick, now }: Options): Picking {
  const large = quick ? MANY_QUICK : MANY;
  const download = (shape: Shape): DownloadCost => {
    const cost = new Download(shape, now).run();
    swallow(cost.cancels);
    return cost;
  };
  for (let i = 0; i < WARM_UP; i++) download(FEW);
  const few: DownloadCost[] = [];
  const many: DownloadCost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < SMALL_A_ROUND; i++) few.push(download(FEW));
    many.push(download(large));
  }
  const ns = (costs: readonly DownloadCost[], part: (c: DownloadCost) => Part): number[] =>
    costs.map(part).map(({ ms, count }) => ms * 1e6 / count);
  const lines = ([[FEW, few], [large, many]] as const).flatMap(([{ pieces, peers }, costs]) => {
    const swarm = `${pieces.toLocaleString('en')} pieces, ${peers} peers`;
    return [
      { name: `picker: ${swarm}`, unit: 'block', ...figureOf(ns(costs, (c) => c.blocks)) },
      { name: `picker: haves, ${swarm}`, unit: 'have', ...figureOf(ns(costs, (c) => c.haves)) },
      { name: `picker: bitfields, ${swarm}`, unit: 'piece', ...figureOf(ns(costs, (c) => c.announced)) },
    ];
  });
  const block = (costs: readonly DownloadCost[]): number => median(ns(costs, (c) => c.blocks));
  return { lines, ratio: block(many) / block(few) };
}
