/** The scenarios, in the order in which they run. */
import type { Part } from '../parts.js';
import { asPart } from './scenario.js';
import { CHECK } from './scenarios/check.js';
import { CLIENTS, DOWNLOADS } from './scenarios/download.js';
import { IDLE_PEERS, IDLE_TORRENTS } from './scenarios/idle.js';
import { OURS } from './scenarios/ours.js';
import { START } from './scenarios/start.js';
import { SWARM } from './scenarios/swarm.js';
import { UPLOAD } from './scenarios/upload.js';

export const SIDE_BY_SIDE: readonly Part[] =
  [OURS, ...DOWNLOADS, UPLOAD, CHECK, SWARM, IDLE_PEERS, IDLE_TORRENTS, START, CLIENTS].map(asPart);
