/** Who we are in this run, by the machine's own chance. */
import { randomInt } from 'node:crypto';
import type { PeerId } from '../base/brand.js';
import { makePeerId } from '../protocol/peer-id.js';

/** All the rest of a run's chance is expanded from this. */
export const freshSeed = (): number => randomInt(2 ** 32);

export const freshPeerId = (): PeerId =>
  makePeerId({ u32: freshSeed, below: (n) => randomInt(n), unit: () => freshSeed() / 2 ** 32 });
