/**
 * PeerMgr's turnover: where it is full and others wait, connected peers make room for them (pure: model/turnover.ts). Others wait where one
 * came that was turned away, or where an address could be dialled.
 */
import { MINUTE } from '../base/units.js';
import { ROUND, whoGoes, whoMakesWay } from '../model/turnover.js';
import { end } from './peer-mgr-ending.js';
import type { Me, PeerMgrMsg, State } from './peer-mgr-state.js';

export const TURNOVER = 'turnover';
const REASON = 'makes room for others';
/** Whom we let go for others is not what we look for next. */
const AGAIN = 10 * MINUTE;

export function use(s: State, { peer, use }: PeerMgrMsg & { type: 'use' }, self: Me): void {
  const p = s.peersByKey.get(peer);
  if (!p) return;
  p.use = use;
  p.since = self.now();
}

/** For one at the door of a torrent that is full; false: there is nobody who would not be missed. */
export function makeRoom(s: State, self: Me): boolean {
  const peer = whoMakesWay(tenants(s), self.now())?.peer;
  s.turnedAway ||= peer === undefined;
  if (peer !== undefined) end(s, peer, REASON, self, AGAIN);
  return peer !== undefined;
}

/** As soon as it is full. */
export function expectTurnover(s: State, self: Me): void {
  if (s.turning || s.peersByKey.size < s.maxPeers) return;
  s.turning = true;
  awaitTurnover(s, self);
}

export function awaitTurnover(s: State, self: Me): void {
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: ROUND, tag: TURNOVER });
}

export function turnOver(s: State, self: Me): void {
  s.turning = false;
  const now = self.now();
  const othersWait = s.turnedAway || s.candidates.nextAt <= now;
  s.turnedAway = false;
  if (s.peersByKey.size < s.maxPeers) return;
  if (othersWait) for (const { peer } of whoGoes(tenants(s), s.maxPeers, now)) end(s, peer, REASON, self, AGAIN);
  expectTurnover(s, self);
}

const tenants = (s: State) => [...s.peersByKey].map(([peer, { use, since }]) => ({ peer, use, since }));
