/** The checks there are so far, in the order of their numbers in the literature list. */
import { conservation, distributionTime, storeAndForward } from './bounds.js';
import type { Check } from './check.js';
import { firstUnchoke, loneFreeRider, optimisticTurns } from './choking.js';

export const CHECKS: readonly Check[] = [
  conservation, distributionTime, storeAndForward, optimisticTurns, loneFreeRider, firstUnchoke,
];
