/**
 * PeerMgr's way in: whom it dials and when, whom it lets in, and what becomes of a connection until the peer has said who it is.
 */
import { peerKey, type PeerId, type PeerKey } from '../base/brand.js';
import { formatEndpoint, type Endpoint } from '../base/endpoint.js';
import { isLocalNetwork } from '../base/ip.js';
import { SECOND, type Millis } from '../base/units.js';
import { newerStays } from '../model/crossed-dials.js';
import type { Connection } from '../ports/net.js';
import type { Incoming } from './listener.js';
import { end } from './peer-mgr-ending.js';
import type { Me, Peer, PeerMgrMsg, State } from './peer-mgr-state.js';
import { expectTurnover, makeRoom } from './peer-mgr-turnover.js';

/** Connections being opened at once: enough to fill up fast, few enough for home routers. */
const HALF_OPEN = 16;
const DIAL_TIMEOUT = 10 * SECOND;
const TICK = 'dials';
/** Room for session-wide unique peer keys: those of one torrent are this far apart. */
const KEY_STRIDE = 65_536;

/** Dials who may be dialled now, as far as there is room, and sees to it that the others have their turn. */
export function dial(s: State, self: Me): void {
  if (!s.running) return;
  const now = self.now();
  for (let to = nextFor(s, now); to; to = nextFor(s, now)) open(s, to, self);
  const lonely = isLonely(s);
  if (lonely && now >= s.seeking.at) seek(s, now, self);
  const next = hasRoom(s) ? Math.max(SECOND, s.candidates.nextAt - now) : Infinity;
  const after = Math.min(next, lonely ? s.seeking.at - now : Infinity);
  if (after < Infinity) self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after, tag: TICK });
}

function seek(s: State, now: Millis, self: Me): void {
  s.seeking.asked(now);
  for (const tracker of s.trackers) self.tell(tracker, { type: 'wantPeers', count: s.maxPeers - s.peersByKey.size });
}

/** A download that lacks peers. */
const isLonely = (s: State): boolean => !s.complete && s.peersByKey.size + s.dialing < s.maxPeers / 2;
const hasRoom = (s: State): boolean => s.dialing < HALF_OPEN && s.peersByKey.size + s.dialing < s.maxPeers;
const nextFor = (s: State, now: Millis): Endpoint | undefined => (hasRoom(s) ? s.candidates.next(now) : undefined);

function open(s: State, to: Endpoint, self: Me): void {
  s.dialing++;
  s.net.dial(to, DIAL_TIMEOUT).then(
    (connection) => self.post({ type: 'dialed', to, connection }),
    (error: unknown) => self.post({ type: 'dialFailed', to, reason: String(error) }),
  );
}

export function dialed(s: State, to: Endpoint, connection: Connection, self: Me): void {
  s.dialing--;
  if (s.running && !s.candidates.isBanned(connection.remote)) return start(s, { endpoint: to, connection }, self);
  s.candidates.decline(to, connection.remote);
  connection.close();
}

export function dialFailed(s: State, to: Endpoint, self: Me): void {
  s.dialing--;
  s.candidates.failed(to, self.now());
}

export function incoming(s: State, arrival: Incoming, self: Me): void {
  const { connection } = arrival;
  // Whoever comes during the check waits for its end.
  if (!s.ready && !s.halted && s.early.length < s.maxPeers) return void s.early.push(arrival);
  const welcome = s.running && !s.candidates.isBanned(connection.remote) && (s.peersByKey.size < s.maxPeers || makeRoom(s, self));
  if (!welcome) return connection.close();
  start(s, { endpoint: connection.remote, connection, arrival }, self);
}

function start(s: State, o: { endpoint: Endpoint; connection: Connection; arrival?: Incoming }, self: Me): void {
  const number = ++s.lasting.joined;
  const peer = peerKey(number * KEY_STRIDE + s.key);
  const { endpoint, connection, arrival } = o;
  const { mailbox, exports } = self.supervise(`Peer-${number}`, s.plan({ peer, connection, ...(arrival && { incoming: arrival }) }));
  s.peersByKey.set(peer, {
    group: mailbox, controller: exports, connection, endpoint, local: isLocalNetwork(connection.remote.host), incoming: arrival !== undefined,
    candidate: arrival ? undefined : endpoint, peerId: undefined, client: undefined, fast: false, handshakenAt: 0, waits: false, told: s.news.length,
    use: 'none', since: self.now(),
  });
  expectTurnover(s, self);
}

export function handshaken(s: State, m: PeerMgrMsg & { type: 'handshaken' }, self: Me): void {
  const p = s.peersByKey.get(m.peer);
  if (!p) return;
  if (m.peerId === s.ownId) {
    end(s, m.peer, 'it is ourselves', self);
    return s.candidates.avoid(p.endpoint);
  }
  const rival = s.keysById.get(m.peerId);
  if (rival !== undefined && !settle(s, [rival, s.peersByKey.get(rival)!], [m.peer, p], m.peerId, self)) return;
  p.peerId = m.peerId;
  s.keysById.set(m.peerId, m.peer);
  p.client = m.client;
  p.fast = m.fast;
  p.handshakenAt = self.now();
  s.seeking.reached(p.handshakenAt);
  introduce(s, m.peer, p, self);
  self.tell(s.status, { type: 'note', note:
    { event: 'peer', what: 'connected', address: formatEndpoint(p.endpoint), client: m.client } });
  if (s.complete) self.tell(p.controller, { type: 'finish' });
}

export function introduce(s: State, key: PeerKey, p: Peer, self: Me): void {
  const { endpoint, handshakenAt: connectedAt, incoming, local, fast: fastExtension } = p;
  self.tell(s.chokeMgr, {
    type: 'peerJoined', inbox: p.controller, address: formatEndpoint(endpoint),
    peer: { key, torrent: s.key, connectedAt, outgoing: !incoming, local, fastExtension },
  });
}

/**
 * Ends one of two connections with one peer, and says whether the newer stays. The address of the other is kept, and not dialled
 * meanwhile.
 */
function settle(s: State, older: Connected, newer: Connected, theirs: PeerId, self: Me): boolean {
  const [o, n] = [older[1], newer[1]];
  const apart = self.now() - o.handshakenAt;
  const swap = newerStays({ own: s.ownId, theirs, olderIncoming: o.incoming, newerIncoming: n.incoming, apart }, DIAL_TIMEOUT);
  const [stays, goes] = swap ? [n, o] : [o, n];
  if (!stays.candidate) {
    stays.candidate = goes.candidate;
    goes.candidate = undefined;
  }
  end(s, swap ? older[0] : newer[0], 'connected already', self);
  return swap;
}
type Connected = readonly [PeerKey, Peer];
