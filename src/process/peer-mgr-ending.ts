/**
 * PeerMgr's way out: how a connection ends, who must know, and when its address may be tried again, if ever.
 */
import type { PeerKey } from '../base/brand.js';
import { formatEndpoint } from '../base/endpoint.js';
import { MINUTE, type Millis } from '../base/units.js';
import type { Failure } from '../kernel/process.js';
import type { Me, Peer, PeerMgrMsg, State } from './peer-mgr-state.js';

/** A seed has little to gain from dialling, and most who part with one are seeds too. */
const SEEDS_AGAIN = 10 * MINUTE;

export function ended(s: State, m: PeerMgrMsg & { type: 'ended' }, self: Me): void {
  const p = s.peersByKey.get(m.peer);
  if (!p) return;
  if (p.candidate && (m.fault || p.peerId === undefined)) s.candidates.failed(p.candidate, self.now(), lasted(p, self));
  end(s, m.peer, m.reason, self);
}

/** `again`: when it may be tried again; absent: as one that left. */
export function end(s: State, peer: PeerKey, reason: string, self: Me, again = s.complete ? SEEDS_AGAIN : undefined): void {
  const p = s.peersByKey.get(peer);
  if (!p) return;
  s.peersByKey.delete(peer);
  if (p.peerId !== undefined) s.keysById.delete(p.peerId);
  if (p.candidate) s.candidates.left(p.candidate, self.now(), { lasted: lasted(p, self), wait: again });
  self.stopChild(p.group);
  self.tell(s.pieceMgr, { type: 'peerLeft', peer });
  self.tell(s.chokeMgr, { type: 'peerLeft', peer });
  self.tell(s.status, { type: 'peerLeft', peer });
  const address = formatEndpoint(p.endpoint);
  const what = s.candidates.isBanned(p.endpoint) ? 'banned' : 'disconnected';
  const client = p.client === undefined ? {} : { client: p.client };
  self.tell(s.status, { type: 'note', note: { event: 'peer', what, address, reason, ...client } });
}

/** Since it said who it is. */
const lasted = ({ peerId, handshakenAt }: Peer, self: Me): Millis => (peerId === undefined ? 0 : self.now() - handshakenAt);

export function badPeers(s: State, peers: readonly PeerKey[], self: Me): void {
  for (const peer of peers) {
    const p = s.peersByKey.get(peer);
    if (!p) continue;
    s.candidates.ban(p.endpoint, p.connection.remote);
    end(s, peer, 'sent data that does not match its hash', self);
  }
}

export function crashed(s: State, failure: Failure, self: Me): void {
  const found = [...s.peersByKey].find(([, p]) => p.group.id === failure.id);
  if (!found) return;
  const [peer, p] = found;
  // None of the four may have come to hold it.
  p.connection.close();
  if (p.candidate) s.candidates.failed(p.candidate, self.now(), lasted(p, self));
  end(s, peer, `crashed: ${String(failure.error)}`, self);
}
