/** Canonical address of whoever asks. Dual-stack sockets show IPv4 as `::ffff:1.2.3.4`, which nobody could dial as such. */
import { parseHost } from '../../base/endpoint.js';

export const addressOf = (shown: string): string | undefined =>
  parseHost(shown.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, ''));
