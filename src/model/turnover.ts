/**
 * Turnover: whom a torrent that is full lets go, so that others have a chance. Without it the first peers that find each other stay among
 * themselves: a swarm falls into islands, and seeds that come later find every door shut. libtorrent's settings of this name let 4 % go
 * every five minutes; here it is known who is of no use, and such go sooner.
 */
import { MINUTE, SECOND, type Millis } from '../base/units.js';

/** `none`: neither wants anything of the other. `wanted`: one does. `moving`: blocks come or go. */
export type Use = 'none' | 'wanted' | 'moving';
export interface Tenant {
  readonly use: Use;
  /** Since when. */
  readonly since: Millis;
}

/** What everybody may take to come to something. */
const PATIENCE: Readonly<Record<Use, Millis>> = { none: 30 * SECOND, wanted: MINUTE, moving: 2 * MINUTE };
const RANK: Readonly<Record<Use, number>> = { none: 0, wanted: 1, moving: 2 };
/** Of the room there is, and at least one: so many go in one round. */
const SHARE = 0.04;
export const ROUND: Millis = MINUTE;

/** Who goes in a round, since others wait: of the least use, and of those the longest; but of who moves blocks the newest, as others last. */
export function whoGoes<T extends Tenant>(tenants: Iterable<T>, room: number, now: Millis): T[] {
  const most = Math.max(1, Math.floor(room * SHARE));
  return [...tenants].filter((t) => isOver(t, now)).sort((a, b) => RANK[a.use] - RANK[b.use] || senior(a, b)).slice(0, most);
}

const senior = (a: Tenant, b: Tenant): number => (a.use === 'moving' ? b.since - a.since : a.since - b.since);

/** Who makes way for one that stands at the door: only who is of no use. */
export function whoMakesWay<T extends Tenant>(tenants: Iterable<T>, now: Millis): T | undefined {
  return whoGoes([...tenants].filter(({ use }) => use === 'none'), 1, now)[0];
}

const isOver = ({ use, since }: Tenant, now: Millis): boolean => now - since >= PATIENCE[use];
