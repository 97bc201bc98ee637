/** All commands, in the order in which help shows them. */
import type { Command } from '../command.js';
import { announce, scrape } from './announce.js';
import { completionOf } from './completion.js';
import { create } from './create.js';
import { demo } from './demo.js';
import { graph } from './graph.js';
import { info } from './info.js';
import { magnet } from './magnet.js';
import { manOf } from './man.js';
import { policies } from './policies.js';
import { download, seed } from './share.js';
import { simulate } from './simulate.js';
import { tracker } from './tracker.js';
import { verify } from './verify.js';

export const COMMANDS: readonly Command[] = [
  download, seed, create, info, magnet, verify, tracker, announce, scrape, demo, policies, simulate, graph, completionOf(() => COMMANDS),
  manOf(() => COMMANDS),
];
