/**
 * Controller: one peer. Speaks the protocol with it, and knows how we stand with each other.
 * Hears:  Receiver (handshake, wire, blocks, requests, haves, held, violation, disconnected), Sender (sent, clogged),
 *         PieceMgr (welcome, request, cancel, interest), ChokeMgr (choke, unchoke, lead), PeerMgr (have, finish, goOn, rejoin),
 *         Timer (tick).
 * Tells:  SenderQueue (greet, send, request, serve, cancel, choke, allow), PieceMgr (join, bitfield, haveAll, have, suggest,
 *         needBlocks, gotBlocks, lostBlock, choked), Files (blocks), ChokeMgr (report), PeerMgr (handshaken, waits, use, ended),
 *         Status (downloaded, peer, note), Timer (register).
 * Owns:   the state chart, the requests that are out, the request window, the totals of this peer.
 * Source: BEP 3 "peer protocol", BEP 6 (fast), BEP 9 (metadata for others), BEP 10 (extensions), BEP 21 (upload only).
 */
import { fromHex } from '../../base/bytes.js';
import { describe } from '../../base/result.js';
import { SECOND, type Millis } from '../../base/units.js';
import { defineProcess } from '../../kernel/process.js';
import { Bitfield } from '../../model/bitfield.js';
import { parseExtendedHandshake } from '../../protocol/extended.js';
import { encodeHandshake, reservedBits, type Handshake } from '../../protocol/handshake.js';
import { UT_METADATA } from '../../protocol/metadata.js';
import { clientName } from '../../protocol/peer-id.js';
import { PLAIN } from '../../protocol/wire.js';
import { chokeMgrIsNew, rejoin } from './controller-again.js';
import { chart, next } from './controller-chart.js';
import * as down from './controller-download.js';
import { EXTENSIONS, hearMetadata, serveMetadata } from './controller-metadata.js';
import { finish, have, partIfUseless, tellPieces, tellWhetherItWaits, theyHave, welcome } from './controller-pieces.js';
import { report, reportChoke, tellUse } from './controller-report.js';
import {
  declaration, end, initialState, say, type ControllerInput, type ControllerMsg, type Me, type State,
} from './controller-state.js';
import * as up from './controller-upload.js';
import type { SingleMessage } from './receiver.js';

export type { ControllerMsg } from './controller-state.js';

/** A stranger must say who it is within this time. */
const HANDSHAKE_MS = 15 * SECOND;
/** BEP 3: two minutes of silence end a connection; we are more patient and say something sooner. */
const SILENCE_MS = 180 * SECOND;
const KEEP_ALIVE_MS = 100 * SECOND;
/** What a peer has of late is told of this often, if nothing else is. */
const PROGRESS_MS = 5 * SECOND;
const TICK = 'second';
const GREETING = 'greeting';

// CORE -------------------------------------------------------------------------------
function init(input: ControllerInput, self: Me): State {
  const s = initialState(input, self.now());
  const reserved = reservedBits({ fast: true, extensions: true });
  const handshake = encodeHandshake({ infoHash: s.torrent, peerId: s.ownId, reserved });
  self.tell(s.senderQueue, { type: 'greet', handshake });
  awaitGreeting(s, self);
  if (input.said) shakeHands(s, input.said, self);
  wake(s, self);
  return s;
}

function step(s: State, m: ControllerMsg, self: Me): void {
  if (s.over) return;
  take(s, m, self);
  if (s.over) return;
  wake(s, self);
  tellWhetherItWaits(s, self);
  tellUse(s, self);
}

function take(s: State, m: ControllerMsg, self: Me): void {
  switch (m.type) {
    case 'blocks': return down.blocks(s, m.blocks, self);
    case 'requests':
      s.heardAt = self.now();
      return up.requested(s, m.blocks, self);
    case 'wire': return wire(s, m.message, self);
    case 'haves': return theyHave(s, m.pieces, self);
    case 'held': return down.held(s, m.held, self);
    case 'request': return down.request(s, m.blocks, self);
    case 'refused': return up.refused(s, m.bytes);
    case 'sent':
      if (up.sent(s, m.bytes, m.drained, self)) reportChoke(s, self);
      return;
    case 'handshake': return shakeHands(s, m.handshake, self);
    case 'welcome': return welcome(s, m.have, self);
    case 'have': return have(s, m.pieces, self);
    case 'cancel': return down.cancel(s, m.block, self);
    case 'interest': return down.interest(s, m.interested, self);
    case 'choke': return up.choke(s, self);
    case 'unchoke': return up.unchoke(s, m.why, self);
    case 'lead': return up.lead(s, m.lead, self);
    case 'finish': return finish(s, self);
    case 'goOn': return void (s.complete = false);
    case 'rejoin': return rejoin(s, self);
    case 'clogged': return end(s, 'does not read what it makes us say: 1 MiB waits for it', true, self);
    case 'violation': return end(s, describe(m.flaw), true, self);
    case 'disconnected': return end(s, m.reason, false, self);
    case 'tick': return tick(s, m.tag, self);
  }
}

// GREETING

function shakeHands(s: State, h: Handshake, self: Me): void {
  if (h.infoHash !== s.torrent) return end(s, `speaks of torrent ${h.infoHash}`, true, self);
  s.standing = next(s.standing, { type: 'opened' });
  s.fast = h.fast;
  s.extensions = h.extensions;
  s.client = clientName(fromHex(h.peerId));
  s.heardAt = self.now();
  self.tell(s.peerMgr, { type: 'handshaken', peer: s.peer, peerId: h.peerId, fast: h.fast, client: s.client });
  self.tell(s.pieceMgr, { type: 'join', peer: s.peer, inbox: self.mailbox });
}

// MESSAGES

function wire(s: State, m: SingleMessage, self: Me): void {
  s.heardAt = self.now();
  if (NEEDS_FAST.has(m.type) && !s.fast) return end(s, `sent ${m.type} without the fast extension`, true, self);
  switch (m.type) {
    case 'bitfield': {
      const bits = Bitfield.parse(m.bits, s.layout.pieceCount);
      return bits.ok ? tellPieces(s, bits.value, self) : end(s, describe(bits.error), true, self);
    }
    case 'haveAll': return tellPieces(s, Bitfield.full(s.layout.pieceCount), self);
    case 'haveNone': return tellPieces(s, new Bitfield(s.layout.pieceCount), self);
    case 'choke': return down.choked(s, self);
    case 'unchoke': return down.unchoked(s, self);
    case 'interested':
    case 'notInterested':
      up.peerInterest(s, m.type === 'interested');
      return reportChoke(s, self);
    case 'cancel': return up.cancelled(s, m, self);
    case 'reject': return down.rejected(s, m, self);
    case 'allowedFast':
      if (m.piece < s.layout.pieceCount && s.grantedFast.size < MOST_GRANTED) s.grantedFast = new Set(s.grantedFast).add(m.piece);
      return down.ask(s, self);
    case 'extended':
      return m.id === 0 ? extended(s, m.payload, self) : extension(s, m.id, m.payload, self);
    case 'suggest': return self.tell(s.pieceMgr, { type: 'suggest', peer: s.peer, piece: m.piece });
    case 'keepAlive':
    case 'port':
    case 'unknown':
      return;
  }
}
const NEEDS_FAST: ReadonlySet<SingleMessage['type']> = new Set(['haveAll', 'haveNone', 'reject', 'allowedFast', 'suggest']);
/** A peer names about ten; a flood of names is not kept. */
const MOST_GRANTED = 100;

function extended(s: State, payload: Uint8Array, self: Me): void {
  const parsed = parseExtendedHandshake(payload);
  if (!parsed.ok) return end(s, describe(parsed.error), true, self);
  const { m, client, reqq, uploadOnly } = parsed.value;
  // A later handshake names what has changed; 0 turns it off.
  if (m.has(UT_METADATA.name)) s.metadataId = m.get(UT_METADATA.name) || undefined;
  if (client !== undefined && client !== '') s.client = client;
  if (reqq !== undefined) s.reqq = reqq;
  if (uploadOnly !== undefined) s.uploadOnly = uploadOnly;
  s.dirty = true;
  partIfUseless(s, self);
}

function extension(s: State, id: number, payload: Uint8Array, self: Me): void {
  const parsed = EXTENSIONS.parse(id, payload);
  if (parsed?.ok === false) return end(s, describe(parsed.error), true, self);
  if (parsed) hearMetadata(s, parsed.value, self);
}

// TIME

function awaitGreeting({ timer }: State, self: Me): void {
  self.tell(timer, { type: 'register', replyTo: self.mailbox, after: HANDSHAKE_MS, tag: GREETING });
}

function tick(s: State, tag: string, self: Me): void {
  const now = self.now();
  if (tag === GREETING) {
    if (!s.standing.open) end(s, 'said no handshake', true, self);
    return;
  }
  if (now - heardAt(s, now) >= SILENCE_MS) return end(s, 'silent for three minutes', false, self);
  if (s.have && now - s.saidAt >= KEEP_ALIVE_MS) say(s, self, PLAIN.keepAlive);
  down.everySecond(s, now, self);
  serveMetadata(s, self);
  s.moving = report(s, now, self);
  s.beat = s.moving ? SECOND : beatOf(s);
  const silence = Math.min(s.have ? s.saidAt + KEEP_ALIVE_MS : Infinity, heardAt(s, now) + SILENCE_MS) - now;
  setAlarm(s, Math.min(s.beat, silence), self);
}

/** A thousand peers of whom nobody wants anything must cost nothing: one without business is looked at when its silence matters. */
function beatOf(s: State): Millis {
  if (!s.standing.open) return Infinity;
  if (s.dirty || s.outstanding.size > 0 || s.metadataAsked.size > 0 || mayAsk(s)) return SECOND;
  return s.progressed ? PROGRESS_MS : Infinity;
}

function mayAsk(s: State): boolean {
  const { amInterested, peerChoking } = s.standing;
  return amInterested && (!peerChoking || [...s.grantedFast].some((piece) => !s.have?.has(piece)));
}

/** Sooner than it would, where there is business. */
function wake(s: State, self: Me): void {
  if (s.beat === SECOND) return;
  const beat = beatOf(s);
  if (beat >= s.beat) return;
  s.beat = beat;
  setAlarm(s, beat, self);
}

function setAlarm({ timer }: State, after: Millis, self: Me): void {
  self.tell(timer, { type: 'register', replyTo: self.mailbox, after, tag: TICK });
}

function timerIsNew(s: State, self: Me): void {
  if (!s.standing.open) return awaitGreeting(s, self);
  s.beat = SECOND;
  setAlarm(s, SECOND, self);
}

function statusIsNew(s: State, self: Me): void {
  s.dirty = true;
  wake(s, self);
}

/** One that we do not read is not silent. */
const heardAt = (s: State, now: Millis): Millis => (s.held ? now : Math.max(s.heardAt, s.lastBlockAt ?? 0));

// ACTOR ------------------------------------------------------------------------------
export const controller = defineProcess({
  declaration, init, step, reminds: { Timer: timerIsNew, ChokeMgr: chokeMgrIsNew, Status: statusIsNew },
  chart: { machine: chart, of: (s) => s.standing.snapshot.value },
});
