/** The scenarios, in the order in which they run. */
import type { Part } from '../parts.js';
import { asPart } from './scenario.js';
import { DOWNLOADS } from './scenarios/download.js';

export const SIDE_BY_SIDE: readonly Part[] = [...DOWNLOADS].map(asPart);
