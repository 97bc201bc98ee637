/**
 * PeerMgr's news: who is told when that we have a new piece. At once, where the peer may act on it: it can fetch from us, or may come to want
 * to. One that is choked and wants something already, or has everything, waits: such are told in rows, once a second, for in a swarm of
 * hundreds each piece would else cost as many messages and writes as there are peers.
 */
import { SECOND } from '../base/units.js';
import type { Me, Peer, PeerMgrMsg, State } from './peer-mgr-state.js';

export const NEWS = 'news';
/** A peer that is unchoked hears at once of what it has missed, so this is only how old its knowledge of who has what may be. */
const BEAT = SECOND;

/** The last piece is told to all at once, with all that is owed to those who wait. */
export function spread(s: State, piece: number, self: Me): void {
  s.news.push(piece);
  if (s.complete) return tellAll(s, self);
  for (const p of s.peersByKey.values()) if (!p.waits) tell(s, p, self);
  if (s.news.length === 1) awaitTelling(s, self);
}

export function waits(s: State, { peer, waits }: PeerMgrMsg & { type: 'waits' }, self: Me): void {
  const p = s.peersByKey.get(peer);
  if (!p) return;
  p.waits = waits;
  if (!waits) tell(s, p, self);
}

export function tellAll(s: State, self: Me): void {
  for (const p of s.peersByKey.values()) {
    tell(s, p, self);
    p.told = 0;
  }
  s.news = [];
}

export function awaitTelling(s: State, self: Me): void {
  if (s.news.length > 0) self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: BEAT, tag: NEWS });
}

function tell(s: State, p: Peer, self: Me): void {
  const pieces = s.news.slice(p.told);
  p.told = s.news.length;
  if (pieces.length > 0) self.tell(p.controller, { type: 'have', pieces });
}
