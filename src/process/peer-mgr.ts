/**
 * PeerMgr: whom this torrent is connected to.
 * Hears:  Tracker and others (candidates, trackerHere), TorrentMgr (incoming, pause, resume, stop), PieceMgr (ready, have, badPeers),
 *         Controller (handshaken, ended), Timer (tick), its dials.
 * Tells:  Controller (have, finish), ChokeMgr (peerJoined, peerLeft, torrent, torrentLeft), PieceMgr (peerLeft),
 *         Tracker (start, wantPeers), Status (noPeers, peerLeft, note), TorrentMgr (closed), Timer (register).
 * Owns:   candidates, dials and bans (pure: model/candidates.ts), and the connected peers, each a group of four processes. A group that
 *         crashes ends that peer and nothing else.
 */
import PQueue from 'p-queue';
import { peerKey, type InfoHash, type PeerId, type PeerKey, type TorrentKey } from '../base/brand.js';
import { formatEndpoint, type Endpoint } from '../base/endpoint.js';
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Failure, type Planner, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { Candidates } from '../model/candidates.js';
import { newerStays } from '../model/crossed-dials.js';
import type { TorrentView } from '../policy/choke/policy.js';
import type { Connection, Net } from '../ports/net.js';
import type { ChokeMsg } from './choke-mgr.js';
import type { Incoming } from './listener.js';
import type { ControllerMsg } from './peer/controller.js';
import type { PieceMgrMsg } from './piece-mgr.js';
import type { StatusMsg } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
export type PeerMgrMsg =
  | { readonly type: 'candidates'; readonly endpoints: readonly Endpoint[]; readonly from: string }
  | { readonly type: 'incoming'; readonly incoming: Incoming }
  | { readonly type: 'dialed'; readonly to: Endpoint; readonly connection: Connection }
  | { readonly type: 'dialFailed'; readonly to: Endpoint; readonly reason: string }
  /** The peer said who it is, and it is this torrent. */
  | { readonly type: 'handshaken'; readonly peer: PeerKey; readonly peerId: PeerId; readonly fast: boolean; readonly client: string }
  /** The peer is to go: closed, broke the protocol, or of no more use. */
  | { readonly type: 'ended'; readonly peer: PeerKey; readonly reason: string; readonly fault: boolean }
  /** A tracker starts, or starts again: it announces once it is told to. */
  | { readonly type: 'trackerHere'; readonly tracker: Mailbox<TrackerMsg, 'Tracker'> }
  /** The check of what is on disk is over; or PieceMgr has started again and knows no peer. */
  | { readonly type: 'ready'; readonly have: number; readonly complete: boolean }
  | { readonly type: 'have'; readonly piece: number; readonly complete: boolean }
  /** These sent a piece that did not match its hash. `sole`: nobody else had a part in it. */
  | { readonly type: 'badPeers'; readonly peers: readonly PeerKey[]; readonly sole: boolean }
  | { readonly type: 'pause' | 'resume' | 'stop' }
  | Tick;

const declaration = declare({
  name: 'PeerMgr',
  scope: 'torrent',
  doc: 'candidates, dials, connections, bans',
  tells: {
    Controller: ['have', 'finish'], ChokeMgr: ['peerJoined', 'peerLeft', 'torrent', 'torrentLeft'], PieceMgr: ['peerLeft'],
    Tracker: ['start', 'wantPeers'], Status: ['noPeers', 'peerLeft', 'note'], TorrentMgr: ['closed'], Timer: ['register'],
  },
});
type Me = Self<typeof declaration, PeerMgrMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
/** What a new peer is started with. */
export interface NewPeer {
  readonly peer: PeerKey;
  readonly connection: Connection;
  /** Where the Listener has read the handshake. */
  readonly incoming?: Incoming;
}
export interface PeerMgrInput {
  readonly torrent: InfoHash;
  readonly key: TorrentKey;
  readonly ownId: PeerId;
  readonly view: Omit<TorrentView, 'seeding' | 'seededFromStart' | 'pieces' | 'uploadAllowed'>;
  readonly maxPeers: number;
  readonly peers: readonly Endpoint[];
  readonly net: Net;
  readonly plan: (peer: NewPeer) => Planner<Mailbox<ControllerMsg, 'Controller'>>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly pieceMgr: Mailbox<PieceMgrMsg, 'PieceMgr'>;
  readonly trackers: readonly Mailbox<TrackerMsg, 'Tracker'>[];
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
interface Peer {
  readonly group: Mailbox<never>;
  readonly controller: Mailbox<ControllerMsg, 'Controller'>;
  readonly endpoint: Endpoint;
  readonly incoming: boolean;
  /** Where to dial it; unknown where it came to us. */
  candidate: Endpoint | undefined;
  /** Once it has said so. */
  peerId: PeerId | undefined;
  client: string | undefined;
  handshakenAt: Millis;
  strikes: number;
}
interface State extends PeerMgrInput {
  readonly peersByKey: Map<PeerKey, Peer>;
  readonly candidates: Candidates;
  readonly dials: PQueue;
  /** Came before we knew what we have. */
  readonly early: Incoming[];
  dialing: number;
  joined: number;
  /** From the check on, unless halted. */
  running: boolean;
  /** Paused or stopped, perhaps before the end of the check. */
  halted: boolean;
  /** Stopped as a process: a dial that succeeds only now is nobody's. */
  over: boolean;
  ready: boolean;
  pieces: number;
  complete: boolean;
  completeFromStart: boolean;
}

/** Connections being opened at once: enough to fill up fast, few enough for home routers. */
const HALF_OPEN = 16;
/** A seed has little to gain from dialling, and most who part with one are seeds too. */
const SEEDS_AGAIN = 10 * MINUTE;
const DIAL_TIMEOUT = 10 * SECOND;
const TICK = 'dials';
/** Failed pieces a peer may have had a part in. */
const STRIKES = 3;
/** Room for session-wide unique peer keys: those of one torrent are this far apart. */
const KEY_STRIDE = 65_536;

// CORE -------------------------------------------------------------------------------
function init(input: PeerMgrInput, self: Me): State {
  const candidates = new Candidates(self.random);
  candidates.add(input.peers, 'user');
  // After a crash the connections of before are gone, and their peers were not there to say so.
  self.tell(input.chokeMgr, { type: 'torrentLeft', torrent: input.key });
  self.tell(input.status, { type: 'noPeers' });
  self.tell(input.timer, { type: 'register', replyTo: self.mailbox, after: SECOND, tag: TICK });
  return {
    ...input, peersByKey: new Map(), candidates, dials: new PQueue({ concurrency: HALF_OPEN }), early: [], dialing: 0, joined: 0,
    running: false, halted: false, over: false, ready: false, pieces: 0, complete: false, completeFromStart: false,
  };
}

function step(s: State, m: PeerMgrMsg, self: Me): void {
  switch (m.type) {
    case 'candidates':
      s.candidates.add(m.endpoints, m.from);
      return dial(s, self);
    case 'trackerHere':
      if (s.running) self.tell(m.tracker, { type: 'start' });
      return;
    case 'incoming': return incoming(s, m.incoming, self);
    case 'dialed': return dialed(s, m.to, m.connection, self);
    case 'dialFailed':
      s.dialing--;
      s.candidates.failed(m.to, self.now());
      return dial(s, self);
    case 'handshaken': return handshaken(s, m, self);
    case 'ended': return ended(s, m, self);
    case 'ready': return ready(s, m, self);
    case 'have': return have(s, m, self);
    case 'badPeers': return badPeers(s, m.peers, m.sole, self);
    case 'pause':
      s.halted = true;
      return halt(s, 'paused', self);
    case 'resume':
      s.halted = false;
      return run(s, self);
    case 'stop':
      s.halted = true;
      halt(s, 'stopping', self);
      self.tell(s.chokeMgr, { type: 'torrentLeft', torrent: s.key });
      return self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
    case 'tick':
      self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: SECOND, tag: TICK });
      return dial(s, self);
  }
}

// CONNECTING

function dial(s: State, self: Me): void {
  if (!s.running) return;
  const now = self.now();
  while (s.dialing < HALF_OPEN && s.peersByKey.size + s.dialing < s.maxPeers) {
    const to = s.candidates.next(now);
    if (!to) break;
    s.dialing++;
    void s.dials.add(() => s.net.dial(to, DIAL_TIMEOUT).then(
      (connection) => (s.over ? connection.close() : self.post({ type: 'dialed', to, connection })),
      (error: unknown) => self.post({ type: 'dialFailed', to, reason: String(error) }),
    ));
  }
  if (s.peersByKey.size + s.dialing < s.maxPeers / 2 && !s.complete) {
    for (const tracker of s.trackers) self.tell(tracker, { type: 'wantPeers', count: s.maxPeers - s.peersByKey.size });
  }
}

function dialed(s: State, to: Endpoint, connection: Connection, self: Me): void {
  s.dialing--;
  if (!s.running) {
    s.candidates.release(to);
    return connection.close();
  }
  start(s, { endpoint: to, connection }, self);
}

function incoming(s: State, arrival: Incoming, self: Me): void {
  const { connection } = arrival;
  // Whoever comes during the check waits for its end.
  if (!s.ready && s.early.length < s.maxPeers) return void s.early.push(arrival);
  const welcome = s.running && s.peersByKey.size < s.maxPeers && !s.candidates.isBanned(connection.remote);
  if (!welcome) return connection.close();
  start(s, { endpoint: connection.remote, connection, arrival }, self);
}

function start(s: State, o: { endpoint: Endpoint; connection: Connection; arrival?: Incoming }, self: Me): void {
  const peer = peerKey(++s.joined * KEY_STRIDE + s.key);
  const { endpoint, connection, arrival } = o;
  const { mailbox, exports } = self.supervise(`Peer-${s.joined}`, s.plan({ peer, connection, ...(arrival && { incoming: arrival }) }));
  s.peersByKey.set(peer, {
    group: mailbox, controller: exports, endpoint, incoming: arrival !== undefined,
    candidate: arrival ? undefined : endpoint, peerId: undefined, client: undefined, handshakenAt: 0, strikes: 0,
  });
}

function handshaken(s: State, m: PeerMgrMsg & { type: 'handshaken' }, self: Me): void {
  const p = s.peersByKey.get(m.peer);
  if (!p) return;
  if (m.peerId === s.ownId) {
    s.candidates.avoid(p.endpoint);
    return end(s, m.peer, 'it is ourselves', self);
  }
  const rival = [...s.peersByKey].find(([, other]) => other.peerId === m.peerId);
  if (rival && !settle(s, rival, [m.peer, p], m.peerId, self)) return;
  p.peerId = m.peerId;
  p.client = m.client;
  p.handshakenAt = self.now();
  if (!p.incoming) s.candidates.connected(p.endpoint);
  self.tell(s.chokeMgr, {
    type: 'peerJoined', inbox: p.controller,
    peer: {
      key: m.peer, torrent: s.key, connectedAt: self.now(), outgoing: !p.incoming, local: false, priority: 1, fastExtension: m.fast,
    },
  });
  self.tell(s.status, { type: 'note', note:
    { event: 'peer', what: 'connected', address: formatEndpoint(p.endpoint), client: m.client } });
  if (s.complete) self.tell(p.controller, { type: 'finish' });
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

// ENDING

function ended(s: State, m: PeerMgrMsg & { type: 'ended' }, self: Me): void {
  const p = s.peersByKey.get(m.peer);
  if (!p) return;
  if (p.candidate && (m.fault || p.peerId === undefined)) s.candidates.failed(p.candidate, self.now());
  end(s, m.peer, m.reason, self);
  dial(s, self);
}

function end(s: State, peer: PeerKey, reason: string, self: Me): void {
  const p = s.peersByKey.get(peer);
  if (!p) return;
  s.peersByKey.delete(peer);
  if (p.candidate) s.candidates.left(p.candidate, self.now(), s.complete ? SEEDS_AGAIN : undefined);
  self.stopChild(p.group);
  self.tell(s.pieceMgr, { type: 'peerLeft', peer });
  self.tell(s.chokeMgr, { type: 'peerLeft', peer });
  self.tell(s.status, { type: 'peerLeft', peer });
  const address = formatEndpoint(p.endpoint);
  const what = s.candidates.isBanned(p.endpoint) ? 'banned' : 'disconnected';
  const client = p.client === undefined ? {} : { client: p.client };
  self.tell(s.status, { type: 'note', note: { event: 'peer', what, address, reason, ...client } });
}

function badPeers(s: State, peers: readonly PeerKey[], sole: boolean, self: Me): void {
  for (const peer of peers) {
    const p = s.peersByKey.get(peer);
    if (!p) continue;
    p.strikes++;
    if (!sole && p.strikes < STRIKES) continue;
    s.candidates.ban(p.endpoint);
    end(s, peer, 'sent data that does not match its hash', self);
  }
}

function childFailed(s: State, failure: Failure, self: Me): void {
  const found = [...s.peersByKey].find(([, p]) => p.group.id === failure.id);
  if (found) end(s, found[0], `crashed: ${String(failure.error)}`, self);
}

// RUNNING AND PROGRESS

function ready(s: State, m: { readonly have: number; readonly complete: boolean }, self: Me): void {
  if (s.ready) halt(s, 'our pieces are counted anew', self);
  s.ready = true;
  s.pieces = m.have;
  s.complete = s.completeFromStart = m.complete;
  run(s, self);
}

function run(s: State, self: Me): void {
  if (!s.ready || s.halted) return;
  s.running = true;
  tellTorrent(s, self);
  for (const tracker of s.trackers) self.tell(tracker, { type: 'start' });
  for (const arrival of s.early.splice(0)) incoming(s, arrival, self);
  dial(s, self);
}

function halt(s: State, reason: string, self: Me): void {
  s.running = false;
  for (const { connection } of s.early.splice(0)) connection.close();
  for (const [peer, { candidate }] of [...s.peersByKey]) {
    end(s, peer, reason, self);
    if (candidate) s.candidates.release(candidate);
  }
  tellTorrent(s, self);
}

function have(s: State, m: PeerMgrMsg & { type: 'have' }, self: Me): void {
  s.pieces++;
  s.complete = m.complete;
  for (const p of s.peersByKey.values()) {
    self.tell(p.controller, { type: 'have', piece: m.piece });
    if (m.complete) self.tell(p.controller, { type: 'finish' });
  }
  tellTorrent(s, self);
}

function tellTorrent(s: State, self: Me): void {
  self.tell(s.chokeMgr, { type: 'torrent', view: {
    ...s.view, seeding: s.complete, seededFromStart: s.completeFromStart, pieces: s.pieces, uploadAllowed: s.running,
  } });
}

function letGo(s: State): void {
  s.over = true;
  for (const { connection } of s.early) connection.close();
}

// ACTOR ------------------------------------------------------------------------------
export const peerMgr = defineProcess({ declaration, init, step, childFailed, stop: letGo, release: letGo });
