/** What a Controller tells ChokeMgr, Status and PeerMgr of its peer, whenever something has changed. */
import { formatEndpoint } from '../../base/endpoint.js';
import type { Millis } from '../../base/units.js';
import type { PeerReport } from '../../policy/choke/engine.js';
import type { PeerFacts } from '../../ports/events.js';
import type { Me, State } from './controller-state.js';
import { queuedBlocks } from './controller-upload.js';

/** At once, where a policy may want to react. */
export function reportChoke(s: State, self: Me): void {
  self.tell(s.chokeMgr, { type: 'report', peer: s.peer, report: viewOf(s) });
}

/** At a tick, where there is news. True where there will be more: rates fall by themselves. */
export function report(s: State, now: Millis, self: Me): boolean {
  const facts = factsOf(s, now);
  const moving = facts.downloadRate > 0 || facts.uploadRate > 0;
  if (s.dirty || s.progressed || moving) {
    s.dirty = false;
    s.progressed = false;
    reportChoke(s, self);
    self.tell(s.status, { type: 'peer', peer: s.peer, facts });
  }
  return moving;
}

/** Whom PeerMgr lets go first, where others wait for room. */
export function tellUse(s: State, self: Me): void {
  const { amInterested, peerInterested } = s.standing;
  const use = s.moving ? 'moving' : amInterested || peerInterested ? 'wanted' : 'none';
  if (use === s.use) return;
  s.use = use;
  self.tell(s.peerMgr, { type: 'use', peer: s.peer, use });
}

function viewOf(s: State): PeerReport {
  const { standing, theirs } = s;
  return {
    peerInterested: standing.peerInterested, amInterested: standing.amInterested, peerChoking: standing.peerChoking,
    peerIsSeed: theirs.isFull, peerUploadOnly: s.uploadOnly, havePieces: theirs.count, peerHasWanted: standing.amInterested,
    downTotal: s.downTotal, upTotal: s.upTotal, lastPieceAt: s.lastBlockAt, peerUnchokedUsSince: s.unchokedSince,
    outstandingToPeer: s.outstanding.size, queuedFromPeer: queuedBlocks(s), socketDrained: s.drained,
  };
}

function factsOf(s: State, now: Millis): PeerFacts {
  const { standing, theirs } = s;
  return {
    address: formatEndpoint(s.endpoint), client: s.client, incoming: s.said !== undefined,
    progress: theirs.length === 0 ? 1 : theirs.count / theirs.length,
    downloadRate: Math.round(s.downRate.at(now)), uploadRate: Math.round(s.upRate.at(now)),
    amChoking: standing.amChoking, amInterested: standing.amInterested, peerChoking: standing.peerChoking,
    peerInterested: standing.peerInterested, snubbed: s.snubbed,
  };
}
