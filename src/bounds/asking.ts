/**
 * Http and Udp with a bound on the questions under way over either: the others wait, first come, first served. A question's timeout runs
 * from when it begins.
 */
import PQueue from 'p-queue';
import type { Ports } from '../ports/ports.js';

export function fewAtOnce({ http, udp }: Pick<Ports, 'http' | 'udp'>, most: number): Pick<Ports, 'http' | 'udp'> {
  const queue = new PQueue({ concurrency: most });
  return {
    http: { get: (url, bounds) => queue.add(() => http.get(url, bounds)) },
    ...(udp && { udp: { converse: (to, talker, bounds) => queue.add(() => udp.converse(to, talker, bounds)) } }),
  };
}
