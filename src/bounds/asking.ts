/**
 * Http and Udp with bounds on the questions under way over either: of all together, and of those to one host, so that what is silent is
 * waited for by nobody but its own. The others wait, first come, first served. A question's timeout runs from when it begins.
 */
import PQueue from 'p-queue';
import { formatEndpoint } from '../base/endpoint.js';
import type { Ports } from '../ports/ports.js';

export interface AtOnce {
  readonly all: number;
  readonly host: number;
}

export function fewAtOnce({ http, udp }: Pick<Ports, 'http' | 'udp'>, most: AtOnce): Pick<Ports, 'http' | 'udp'> {
  const all = new PQueue({ concurrency: most.all });
  const hosts = new Map<string, PQueue>();
  const ask = async <T>(host: string, question: () => Promise<T>): Promise<T> => {
    const own = hosts.get(host) ?? new PQueue({ concurrency: most.host });
    hosts.set(host, own);
    return own.add(() => all.add(question)).finally(() => { if (own.size + own.pending === 0) hosts.delete(host); });
  };
  return {
    http: { get: (url, bounds) => ask(hostOf(url), () => http.get(url, bounds)) },
    ...(udp && { udp: { converse: (to, talker, bounds) => ask(formatEndpoint(to), () => udp.converse(to, talker, bounds)) } }),
  };
}

const hostOf = (url: string): string => URL.canParse(url) ? new URL(url).host : url;
