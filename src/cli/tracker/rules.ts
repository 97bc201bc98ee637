/**
 * What the tracker takes and remembers, whichever way it is asked: over HTTP (http-answer.ts) or UDP (udp-answer.ts). Time and chance are
 * arguments.
 */
import type { InfoHash } from '../../base/brand.js';
import type { Random } from '../../base/random.js';
import type { Millis } from '../../base/units.js';
import type { SwarmAnnounce, SwarmAnswer, SwarmCounts, SwarmTable } from '../../model/swarm-table.js';
import type { AnnounceParams } from '../../protocol/announce.js';

export interface TrackerRules {
  readonly table: SwarmTable;
  readonly intervalMs: Millis;
  /** Only these; absent: any torrent. */
  readonly allowed?: ReadonlySet<InfoHash>;
}

export interface Circumstances {
  /** Canonical address of the asker. The address it may claim is not used: it could be anybody's. */
  readonly from: string;
  readonly now: Millis;
  readonly random: Random;
}

export type Taken = SwarmAnswer & { readonly announced: SwarmAnnounce };

const DEFAULT_WANT = 50;

export type Asking = Circumstances & Pick<SwarmAnnounce, 'useful'>;

/** Undefined for a torrent that is not tracked here. */
export function take(params: AnnounceParams, { from, now, random, useful }: Asking, rules: TrackerRules): Taken | undefined {
  const { infoHash: torrent, peerId: id, port, left, event, numwant = DEFAULT_WANT } = params;
  if (rules.allowed?.has(torrent) === false) return undefined;
  const announced = {
    torrent, id, endpoint: { host: from, port }, left, numwant, ...(event !== undefined && { event }), ...(useful && { useful }),
  };
  return { ...rules.table.announce(announced, now, random), announced };
}
export const NOT_TRACKED = 'this torrent is not tracked here';

export const countsOf = (torrent: InfoHash, now: Millis, { table, allowed }: TrackerRules): SwarmCounts | undefined =>
  (allowed?.has(torrent) === false ? undefined : table.counts(torrent, now));
