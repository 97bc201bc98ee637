/** The checks there are, by their numbers in the literature list. */
import { conservation, distributionTime, storeAndForward } from './bounds.js';
import type { Check } from './check.js';
import { firstUnchoke, loneFreeRider, optimisticTurns } from './choking.js';
import { altruism, churn, fairness, incentive, ownKind, wrongWayRound } from './classes.js';
import { effectiveness, entropy, uplinksInUse } from './crowd.js';
import { seedsThatLeave } from './fluid.js';
import { seedsErode, withoutGiving } from './riders.js';
import { evenService } from './seeding.js';
import { oneTyrant, proportional } from './strategies.js';

/** Seconds each: for every run of the tests. */
export const QUICK: readonly Check[] = [conservation, distributionTime, storeAndForward, optimisticTurns, loneFreeRider, firstUnchoke];

export const CHECKS: readonly Check[] = [
  conservation, distributionTime, storeAndForward, seedsThatLeave, effectiveness, uplinksInUse, fairness,
  ownKind, incentive, evenService, optimisticTurns, entropy, loneFreeRider, seedsErode, withoutGiving, oneTyrant, altruism, proportional,
  wrongWayRound, churn, firstUnchoke,
];
