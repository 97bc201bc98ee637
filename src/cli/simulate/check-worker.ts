/** A worker that runs checks, each named by its id, and says how long each took. */
import { turn } from '../../edge/turn.js';
import { CHECKS } from '../../sim/validate/all.js';
import { CheckLab, type Finding } from '../../sim/validate/check.js';
import { serveTasks } from './serve.js';

export interface Checked extends Finding {
  readonly seconds: number;
}

serveTasks(async (id: string): Promise<Checked> => {
  const start = performance.now();
  const finding = await CHECKS.find((check) => check.id === id)!.run(new CheckLab(turn));
  return { ...finding, seconds: (performance.now() - start) / 1000 };
});
