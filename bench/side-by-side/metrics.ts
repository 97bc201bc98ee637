/** The figures that several scenarios share. Memory is in MB of 10^6 bytes, as the goals are. */
import type { Goal, Metric } from './compare.js';

const seconds = (ms: number): string => (ms / 1000).toFixed(2);
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)}`;

const metric = (key: string, head: string, show: Metric['show']) => (goal?: Goal): Metric =>
  ({ key, head, show, ...(goal !== undefined && { goal }) });

export const wall = metric('wallMs', 'wall s', seconds);
export const cpu = metric('cpuMs', 'CPU s', seconds);
export const peak = metric('peakBytes', 'peak MB', megabytes);
/** From the moment the seeder has accepted the first connection. */
export const connected = metric('connectedMs', 'connected s', seconds);

export const ofLibtorrent = (most: number): Goal => ({ most, of: 'libtorrent' });
export const megabytesAtMost = (most: number): Goal => ({ most: most * 1e6 });
