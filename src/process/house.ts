/** All that is declared of the processes, in one place: what src/graph draws and the live page explains. */
import { chartOf, type ChartState } from '../kernel/chart.js';
import { GROUPS } from './groups.js';
import { PROCESSES, TOPOLOGY } from './index.js';
import { MAILBOXES } from './mailboxes.js';

const CHARTS: Readonly<Record<string, ChartState>> = Object.fromEntries(PROCESSES.flatMap(({ declaration, chart }) =>
  (chart ? [[(declaration as { name: string }).name, chartOf(chart.machine)]] : [])));

export const HOUSE = { topology: TOPOLOGY, groups: GROUPS, mailboxes: MAILBOXES, charts: CHARTS };
