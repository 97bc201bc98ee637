/**
 * The Controller's download side: how many blocks to have asked for, what to do with each that comes, and what the peer's choke means.
 * Runs for every block, so nothing here depends on the number of pieces or peers.
 */
import type { Millis } from '../../base/units.js';
import { nextWindow, windowNow } from '../../policy/pick/request-window.js';
import { MAX_REQUEST_TIMEOUT_MS, silence, SNUBBED_AFTER_MS } from '../../policy/pick/timeouts.js';
import { PLAIN, type BlockRange } from '../../protocol/wire.js';
import { next } from './controller-chart.js';
import { end, say, type Me, type State } from './controller-state.js';
import { allow } from './controller-upload.js';
import type { ReceivedBlock } from './receiver.js';

/** When the picker, too, has forgotten a request. The window is worth a few seconds, so this is no slow peer. */
const LOST_AFTER: Millis = 3 * MAX_REQUEST_TIMEOUT_MS;
/** Asking for a quarter of the window at a time keeps the messages few and the pipe full. */
const BATCH = 1 / 4;

/** PieceMgr says whether the peer has anything that we want. */
export function interest(s: State, interested: boolean, self: Me): void {
  const standing = next(s.standing, { type: interested ? 'amInterested' : 'amNotInterested' });
  if (standing === s.standing) return;
  s.standing = standing;
  s.dirty = true;
  if (!interested) s.owingSince = null;
  say(s, self, interested ? PLAIN.interested : PLAIN.notInterested);
  ask(s, self);
}

export function unchoked(s: State, self: Me): void {
  s.standing = next(s.standing, { type: 'peerUnchokes' });
  s.unchokedSince ??= self.now();
  s.dirty = true;
  // PieceMgr may hold a question about granted pieces alone.
  s.asking = false;
  ask(s, self);
}

/** Without BEP 6 a choke drops all our requests silently; with it the peer rejects each, and may serve some first. */
export function choked(s: State, self: Me): void {
  s.standing = next(s.standing, { type: 'peerChokes' });
  s.unchokedSince = null;
  s.asking = false;
  s.dirty = true;
  if (s.fast) return;
  s.pardoned += s.outstanding.size;
  s.outstanding.clear();
  s.owingSince = null;
  self.tell(s.pieceMgr, { type: 'choked', peer: s.peer });
}

/** Asks PieceMgr for blocks where the window has room for a batch. */
export function ask(s: State, self: Me): void {
  const { standing } = s;
  if (s.asking || !standing.amInterested || (standing.peerChoking && s.grantedFast.size === 0)) return;
  const size = windowNow(s.window, s.received, s.reqq);
  const room = size - s.outstanding.size;
  if (room <= 0 || (room < size * BATCH && s.outstanding.size > 0)) return;
  s.asking = true;
  const request = { type: 'needBlocks', peer: s.peer, count: room, timeout: s.times.timeoutMs } as const;
  self.tell(s.pieceMgr, standing.peerChoking ? { allowed: [...s.grantedFast], ...request } : request);
}

/** PieceMgr's answer. */
export function request(s: State, blocks: readonly BlockRange[], self: Me): void {
  s.asking = false;
  const { standing } = s;
  const late = standing.peerChoking && !blocks.every((b) => s.grantedFast.has(b.piece));
  if (late) {
    // Choked between question and answer.
    for (const { piece, begin } of blocks) self.tell(s.pieceMgr, { type: 'lostBlock', peer: s.peer, piece, begin });
    return;
  }
  const now = self.now();
  if (s.outstanding.size === 0) s.askedAt = now;
  s.owingSince ??= now;
  for (const { piece, begin, length } of blocks) {
    // PieceMgr may have lost patience and ask for a block again: then two copies may come.
    if (!s.outstanding.add({ piece, begin, length, askedAt: now })) s.pardoned++;
  }
  if (s.unsaid.length > 0) say(s, self);
  s.saidAt = now;
  self.tell(s.senderQueue, { type: 'request', blocks });
}

/** What one read brought. A peer that breaks the rules is ended for it, after what it sent before that is told. */
export function blocks(s: State, received: readonly ReceivedBlock[], self: Me): void {
  const taken: ReceivedBlock[] = [];
  let offence: string | undefined;
  for (const block of received) {
    const { piece, begin, data } = block;
    const asked = s.outstanding.take(piece, begin);
    if (asked?.length === data.length) taken.push(block);
    else if (asked) offence = `sent ${data.length} bytes of a block of ${asked.length}`;
    // Legal after we gave up on it (a cancel crossed it, or a choke); else the peer floods us.
    else if (s.pardoned > 0) s.pardoned--;
    else offence = 'sent a block that was not asked for';
    if (offence !== undefined) break;
  }
  if (taken.length > 0) take(s, taken, self);
  if (offence !== undefined) return end(s, offence, true, self);
  ask(s, self);
}

function take(s: State, blocks: readonly ReceivedBlock[], self: Me): void {
  let bytes = 0;
  for (const { data } of blocks) bytes += data.length;
  self.tell(s.files, { type: 'blocks', blocks });
  self.tell(s.status, { type: 'downloaded', bytes });
  self.tell(s.pieceMgr, { type: 'gotBlocks', peer: s.peer, blocks });
  const now = self.now();
  s.times.observe(now - Math.max(s.askedAt, s.lastBlockAt ?? 0));
  if (s.lastBlockAt === null || s.lastBlockAt < s.askedAt) s.rtt = Math.min(s.rtt, now - s.askedAt);
  s.lastBlockAt = now;
  if (s.outstanding.size === 0) s.owingSince = null;
  s.snubbed = false;
  s.received += blocks.length;
  s.downTotal += bytes;
  if (s.lead !== undefined) allow(s, self);
  s.downRate.add(now, bytes);
  s.dirty = true;
}

/** While our own limit keeps us from reading, the peer's silence is none. */
export function held(s: State, isHeld: boolean, self: Me): void {
  s.held = isHeld;
  if (isHeld) return;
  s.heardAt = self.now();
  if (s.owingSince !== null) s.owingSince = s.heardAt;
}

const silentFor = (s: State, now: Millis): Millis => (s.held ? 0 : silence(s, now));

export function cancel(s: State, blockRange: BlockRange, self: Me): void {
  if (!s.outstanding.take(blockRange.piece, blockRange.begin)) return;
  forgive(s, self);
  s.pardoned++;
  say(s, self, { type: 'cancel', ...blockRange });
  ask(s, self);
}

/** BEP 6. Asked again at the next tick at the soonest, so that a peer that rejects everything costs little. */
export function rejected(s: State, { piece, begin }: BlockRange, self: Me): void {
  if (s.outstanding.take(piece, begin)) {
    forgive(s, self);
    self.tell(s.pieceMgr, { type: 'lostBlock', peer: s.peer, piece, begin });
  } else if (s.pardoned > 0) s.pardoned--;
  else end(s, 'rejected a block that was not asked for', true, self);
}

/** It owes us nothing any more; but one that let its time go by is no less silent because another has sent its blocks. */
function forgive(s: State, self: Me): void {
  if (s.outstanding.size === 0 && silentFor(s, self.now()) < s.times.timeoutMs) s.owingSince = null;
}

/**
 * Requests that a peer has lost would fill the window for ever. They are cancelled, in case it has not, and asked for anew;
 * `owingSince` stays, so that a peer that answers nothing is still snubbed.
 */
function giveUpLost(s: State, now: Millis, self: Me): void {
  for (let lost = s.outstanding.oldest; lost && now - lost.askedAt >= LOST_AFTER; lost = s.outstanding.oldest) {
    const { piece, begin, length } = lost;
    s.outstanding.take(piece, begin);
    s.pardoned++;
    self.tell(s.pieceMgr, { type: 'lostBlock', peer: s.peer, piece, begin });
    say(s, self, { type: 'cancel', piece, begin, length });
  }
}

/** Once a second. */
export function everySecond(s: State, now: Millis, self: Me): void {
  const snubbed = silentFor(s, now) >= SNUBBED_AFTER_MS;
  s.dirty ||= snubbed !== s.snubbed;
  s.snubbed = snubbed;
  if (s.downTotal > 0 || s.outstanding.size > 0) {
    s.window = nextWindow(s.window, { received: s.received, rate: s.downRate.at(now), rttMs: s.rtt, reqq: s.reqq, snubbed: s.snubbed });
    s.received = 0;
  }
  giveUpLost(s, now, self);
  s.asking = false;
  ask(s, self);
}

