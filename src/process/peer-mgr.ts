/**
 * PeerMgr: whom this torrent is connected to.
 * Hears:  Tracker and others (candidates), TorrentMgr (incoming, pause, resume, stop), PieceMgr (ready, aim, have, badPeers),
 *         Controller (handshaken, waits, use, ended), Timer (tick), its dials.
 * Tells:  Controller (have, finish, goOn, rejoin), ChokeMgr (peerJoined, peerLeft, torrent, torrentLeft), PieceMgr (peerLeft),
 *         Tracker (start, wantPeers), Status (peerLeft, note), TorrentMgr (closed), Timer (register).
 * Owns:   candidates, dials and bans (pure: model/candidates.ts), and the connected peers, each a group of four processes. A group that
 *         crashes ends that peer and nothing else.
 */
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Failure } from '../kernel/process.js';
import { Candidates } from '../model/candidates.js';
import { dial, dialed, dialFailed, handshaken, incoming, introduce } from './peer-mgr-connecting.js';
import { badPeers, crashed, end, ended } from './peer-mgr-ending.js';
import { awaitTelling, NEWS, spread, tellAll, waits } from './peer-mgr-news.js';
import { awaitTurnover, TURNOVER, turnOver, use } from './peer-mgr-turnover.js';
import { declaration, initialState, type Lasting, type Me, type PeerMgrInput, type PeerMgrMsg, type State } from './peer-mgr-state.js';

export type { Found, Guidance, NewPeer, PeerMgrInput, PeerMgrMsg } from './peer-mgr-state.js';

// CORE -------------------------------------------------------------------------------
function init(input: PeerMgrInput, self: Me): State {
  const lasting = self.kept as Lasting | undefined ?? { joined: 0, banned: new Set(input.banned) };
  self.keep(lasting);
  const candidates = new Candidates(self.random, lasting.banned);
  candidates.add(input.peers, 'user');
  return initialState(input, candidates, lasting);
}

function step(s: State, m: PeerMgrMsg, self: Me): void {
  switch (m.type) {
    case 'candidates':
      s.candidates.add(m.endpoints, m.from);
      return dial(s, self);
    case 'incoming': return incoming(s, m.incoming, self);
    case 'dialed':
      dialed(s, m.to, m.connection, self);
      return dial(s, self);
    case 'dialFailed':
      dialFailed(s, m.to, self);
      return dial(s, self);
    case 'handshaken':
      handshaken(s, m, self);
      return dial(s, self);
    case 'ended':
      ended(s, m, self);
      return dial(s, self);
    case 'ready': return ready(s, m, self);
    case 'aim': return aim(s, m.complete, self);
    case 'have': return have(s, m, self);
    case 'waits': return waits(s, m, self);
    case 'use': return use(s, m, self);
    case 'badPeers':
      badPeers(s, m.peers, self);
      return dial(s, self);
    case 'pause':
      s.halted = true;
      return halt(s, 'paused', self);
    case 'resume':
      s.halted = false;
      return run(s, self);
    case 'stop':
      s.halted = true;
      halt(s, 'stopping', self);
      return self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
    case 'tick': return tick(s, m.tag, self);
  }
}

function tick(s: State, tag: string, self: Me): void {
  if (tag === NEWS) return tellAll(s, self);
  if (tag === TURNOVER) turnOver(s, self);
  dial(s, self);
}

function childFailed(s: State, failure: Failure, self: Me): void {
  crashed(s, failure, self);
  dial(s, self);
}

// RUNNING AND PROGRESS

function ready(s: State, m: { readonly have: number; readonly complete: boolean }, self: Me): void {
  const again = s.ready;
  s.ready = true;
  s.pieces = m.have;
  s.complete = m.complete;
  if (again) return rejoin(s, self);
  s.completeFromStart = m.complete;
  run(s, self);
}

/** PieceMgr has started again, and knows no peer. */
function rejoin(s: State, self: Me): void {
  for (const p of s.peersByKey.values()) {
    self.tell(p.controller, { type: 'rejoin' });
    if (s.complete) self.tell(p.controller, { type: 'finish' });
  }
  tellTorrent(s, self);
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
    if (candidate) s.candidates.release(candidate);
    end(s, peer, reason, self);
  }
  tellTorrent(s, self);
}

function have(s: State, m: PeerMgrMsg & { type: 'have' }, self: Me): void {
  s.pieces++;
  s.complete = m.complete;
  spread(s, m.piece, self);
  if (m.complete) for (const p of s.peersByKey.values()) self.tell(p.controller, { type: 'finish' });
  tellTorrent(s, self);
}

/** Seeds, which we may have parted with, are worth dialling again. */
function aim(s: State, complete: boolean, self: Me): void {
  if (s.complete === complete) return;
  s.complete = complete;
  if (complete) tellAll(s, self);
  for (const p of s.peersByKey.values()) self.tell(p.controller, { type: complete ? 'finish' : 'goOn' });
  if (!complete) s.candidates.hurry();
  tellTorrent(s, self);
  dial(s, self);
}

function tellTorrent(s: State, self: Me): void {
  self.tell(s.chokeMgr, { type: 'torrent', torrent: s.torrent, ...(s.choke && { choke: s.choke }), view: {
    seeding: s.complete, seededFromStart: s.completeFromStart, pieces: s.pieces, uploadAllowed: s.running,
    ...s.view,
  } });
}

// WHO HAS STARTED AGAIN

function chokeMgrIsNew(s: State, self: Me): void {
  if (!s.ready) return;
  tellTorrent(s, self);
  for (const [key, p] of s.peersByKey) if (p.peerId !== undefined) introduce(s, key, p, self);
}

function timerIsNew(s: State, self: Me): void {
  dial(s, self);
  awaitTelling(s, self);
  if (s.turning) awaitTurnover(s, self);
}

function trackerIsNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const tracker of s.trackers) if (s.running && tracker.id === who.id) self.tell(tracker, { type: 'start' });
}

// THE END

function leave(s: State, self: Me): void {
  for (const { connection } of s.early) connection.close();
  self.tell(s.chokeMgr, { type: 'torrentLeft', torrent: s.key });
}

function lost(m: PeerMgrMsg): void {
  if (m.type === 'incoming') m.incoming.connection.close();
  if (m.type === 'dialed') m.connection.close();
}

// ACTOR ------------------------------------------------------------------------------
export const peerMgr = defineProcess({
  declaration, init, step, childFailed, end: leave, lost,
  reminds: { Timer: timerIsNew, ChokeMgr: chokeMgrIsNew, Tracker: trackerIsNew },
});
