/** The checks there are, by their numbers in the literature list. */
import { conservation, distributionTime, storeAndForward } from './bounds.js';
import type { Check } from './check.js';
import { firstUnchoke, loneFreeRider, optimisticTurns, stickingTurns } from './choking.js';
import { altruism, churn, fairness, incentive, ownKind, wrongWayRound } from './classes.js';
import { effectiveness, entropy, rarestOrAny, uplinksInUse } from './crowd.js';
import { seedsThatLeave, seedsThatStay, whateverTheRate } from './fluid.js';
import { growth } from './growth.js';
import { seedsErode, withoutGiving } from './riders.js';
import { evenService } from './seeding.js';
import { allTyrants, oneTyrant, oweNothing, proportional } from './strategies.js';

/** Seconds each: for every run of the tests. */
export const QUICK: readonly Check[] = [conservation, distributionTime, storeAndForward, optimisticTurns, loneFreeRider, firstUnchoke];

export const CHECKS: readonly Check[] = [
  conservation, distributionTime, storeAndForward, seedsThatStay, seedsThatLeave, whateverTheRate, effectiveness, uplinksInUse, rarestOrAny,
  fairness, ownKind, incentive, evenService, optimisticTurns, entropy, loneFreeRider, seedsErode, withoutGiving, oneTyrant, allTyrants,
  altruism, proportional, oweNothing, growth, wrongWayRound, stickingTurns, churn, firstUnchoke,
];
