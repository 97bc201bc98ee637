/**
 * wgo-fixed: wgo with its one comparator turned round, so that the fastest are served; every other quirk is wgo's.
 * Beside `wgo` it shows what a single character can cost a swarm. Source: wgo, Choke/ChokeMgr.go, and our correction.
 */
import { wgoWith } from './wgo.js';

export const wgoFixed = wgoWith('wgo-fixed', 'wgo with its sort corrected: slots for the fastest', (a, b) => b - a);
