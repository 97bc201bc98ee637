/**
 * Controller: one peer. Speaks the protocol with it, and knows how we stand with each other.
 * Hears:  Receiver (handshake, wire, blocks, requests, violation, disconnected), Sender (sent, clogged),
 *         PieceMgr (welcome, request, cancel, interest), ChokeMgr (choke, unchoke, lead), PeerMgr (have, finish, rejoin), Timer (tick).
 * Tells:  SenderQueue (greet, send, request, serve, cancel, choke, allow), PieceMgr (join, bitfield, haveAll, have, suggest,
 *         needBlocks, gotBlocks, lostBlock, choked), Files (blocks), ChokeMgr (report), PeerMgr (handshaken, ended),
 *         Status (downloaded, peer, note), Timer (register).
 * Owns:   the state chart, the requests that are out, the request window, the totals of this peer.
 * Source: BEP 3 "peer protocol", BEP 6 (fast), BEP 9 (metadata for others), BEP 10 (extensions), BEP 21 (upload only).
 */
import { fromHex } from '../../base/bytes.js';
import { describe } from '../../base/result.js';
import { SECOND, type Millis } from '../../base/units.js';
import { defineProcess } from '../../kernel/process.js';
import { Bitfield } from '../../model/bitfield.js';
import { encodeExtendedHandshake, extensionRegistry, parseExtendedHandshake } from '../../protocol/extended.js';
import { encodeHandshake, reservedBits, type Handshake } from '../../protocol/handshake.js';
import { UT_METADATA } from '../../protocol/metadata.js';
import { clientName } from '../../protocol/peer-id.js';
import type { OwnMessage } from '../../protocol/wire-encode.js';
import { PLAIN } from '../../protocol/wire.js';
import { chokeMgrIsNew, rejoin, tellPieceMgr } from './controller-again.js';
import { chart, next } from './controller-chart.js';
import * as down from './controller-download.js';
import { hearMetadata, serveMetadata } from './controller-metadata.js';
import { report, reportChoke } from './controller-report.js';
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
/**
 * Requests we take from a peer: what we say in our BEP 10 handshake. Transmission fills its window once a second, so this is also the
 * most blocks a second that it fetches from us: 33 MB/s.
 */
const OWN_REQQ = 2000;
const EXTENSIONS = extensionRegistry([UT_METADATA]);
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
  if (isBusy(s)) wakeUp(s, self);
  return s;
}

function step(s: State, m: ControllerMsg, self: Me): void {
  if (s.over) return;
  take(s, m, self);
  if (!s.awake && isBusy(s)) wakeUp(s, self);
}

function take(s: State, m: ControllerMsg, self: Me): void {
  switch (m.type) {
    case 'blocks': return down.blocks(s, m.blocks, self);
    case 'requests':
      s.heardAt = self.now();
      return up.requested(s, m.blocks, self);
    case 'wire': return wire(s, m.message, self);
    case 'request': return down.request(s, m.blocks, self);
    case 'refused': return up.refused(s, m.bytes);
    case 'sent':
      if (up.sent(s, m.bytes, m.drained, self)) reportChoke(s, self);
      return;
    case 'handshake': return shakeHands(s, m.handshake, self);
    case 'welcome': return welcome(s, m.have, self);
    case 'have': return have(s, m.piece, self);
    case 'cancel': return down.cancel(s, m.block, self);
    case 'interest': return down.interest(s, m.interested, self);
    case 'choke': return up.choke(s, self);
    case 'unchoke': return up.unchoke(s, m.why, self);
    case 'lead': return up.lead(s, m.lead, self);
    case 'finish': return finish(s, self);
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

/** Tells what we have, before anything else (BEP 3; BEP 6 for have all and have none); from a PieceMgr that started again, what is new. */
function welcome(s: State, ours: Bitfield, self: Me): void {
  if (s.have) {
    for (let i = ours.nextSet(0); i >= 0; i = ours.nextSet(i + 1)) have(s, i, self);
    return;
  }
  s.have = ours;
  const first: OwnMessage[] = [];
  if (s.fast && ours.isFull) first.push(PLAIN.haveAll);
  else if (s.fast && ours.isEmpty) first.push(PLAIN.haveNone);
  else if (!ours.isEmpty) first.push({ type: 'bitfield', bits: ours.bytes() });
  if (s.extensions) first.push(extendedHandshake(s));
  const { early } = s;
  s.early = [];
  if (first.length + early.length > 0) say(s, self, ...first, ...early);
  up.grantFast(s, self);
  if (ours.isFull) finish(s, self);
}

function extendedHandshake(s: State): OwnMessage {
  const payload = encodeExtendedHandshake({
    m: EXTENSIONS.m, metadataSize: s.infoBytes.length, client: s.agent, reqq: OWN_REQQ, yourIp: s.endpoint.host, uploadOnly: s.have?.isFull ?? false,
    ...(s.port > 0 && { port: s.port }),
  });
  return { type: 'extended', id: 0, payload };
}

// MESSAGES

function wire(s: State, m: SingleMessage, self: Me): void {
  s.heardAt = self.now();
  if (NEEDS_FAST.has(m.type) && !s.fast) return end(s, `sent ${m.type} without the fast extension`, true, self);
  switch (m.type) {
    case 'have': return theyHave(s, m.piece, self);
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

function tellPieces(s: State, bits: Bitfield, self: Me): void {
  if (!s.standing.untold) return end(s, 'told what it has, a second time', true, self);
  s.standing = next(s.standing, { type: 'toldPieces' });
  s.dirty = true;
  for (let i = bits.nextSet(0); i >= 0; i = bits.nextSet(i + 1)) s.theirs.set(i);
  tellPieceMgr(s, bits, self);
  up.grantFast(s, self);
  partIfUseless(s, self);
}

function theyHave(s: State, piece: number, self: Me): void {
  if (piece >= s.layout.pieceCount) return end(s, `has piece ${piece} of ${s.layout.pieceCount}`, true, self);
  if (s.standing.untold) s.standing = next(s.standing, { type: 'toldPieces' });
  if (!s.theirs.set(piece)) return;
  s.dirty = true;
  self.tell(s.pieceMgr, { type: 'have', peer: s.peer, piece });
  partIfUseless(s, self);
}

function extended(s: State, payload: Uint8Array, self: Me): void {
  const parsed = parseExtendedHandshake(payload);
  if (!parsed.ok) return end(s, describe(parsed.error), true, self);
  const { m, client, reqq, uploadOnly } = parsed.value;
  s.metadataId = m.get(UT_METADATA.name) || undefined;
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

// OUR PROGRESS

/** Also to who has the piece: seeds show our progress, and some ban who takes much and seems to have nothing. */
function have(s: State, piece: number, self: Me): void {
  if (!s.have?.set(piece)) return;
  say(s, self, { type: 'have', piece });
}

function finish(s: State, self: Me): void {
  s.complete = true;
  if (s.extensions && s.have?.isFull && s.downTotal > 0) say(s, self, extendedHandshake(s));
  partIfUseless(s, self);
}

/** Two that want nothing of each other. */
function partIfUseless(s: State, self: Me): void {
  if (s.complete && (s.theirs.isFull || s.uploadOnly)) end(s, 'both have everything', false, self);
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
  if (now - heardAt(s) >= SILENCE_MS) return end(s, 'silent for three minutes', false, self);
  if (s.have && now - s.saidAt >= KEEP_ALIVE_MS) say(s, self, PLAIN.keepAlive);
  down.everySecond(s, now, self);
  serveMetadata(s, self);
  const moving = report(s, now, self);
  s.awake = moving || isBusy(s);
  const silence = Math.min(s.have ? s.saidAt + KEEP_ALIVE_MS : Infinity, heardAt(s) + SILENCE_MS) - now;
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: s.awake ? SECOND : silence, tag: TICK });
}

/** A thousand peers of whom nobody wants anything must cost nothing: one without business is looked at when its silence matters. */
function isBusy(s: State): boolean {
  if (!s.standing.open || s.over) return false;
  return s.dirty || s.outstanding.size > 0 || s.metadataAsked.size > 0 || mayAsk(s);
}

function mayAsk(s: State): boolean {
  const { amInterested, peerChoking } = s.standing;
  return amInterested && (!peerChoking || [...s.grantedFast].some((piece) => !s.have?.has(piece)));
}

function wakeUp(s: State, self: Me): void {
  s.awake = true;
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: SECOND, tag: TICK });
}

function timerIsNew(s: State, self: Me): void {
  if (s.standing.open) wakeUp(s, self);
  else awaitGreeting(s, self);
}

function statusIsNew(s: State, self: Me): void {
  s.dirty = true;
  if (!s.awake && isBusy(s)) wakeUp(s, self);
}

const heardAt = (s: State): Millis => Math.max(s.heardAt, s.lastBlockAt ?? 0);

// ACTOR ------------------------------------------------------------------------------
export const controller = defineProcess({
  declaration, init, step, reminds: { Timer: timerIsNew, ChokeMgr: chokeMgrIsNew, Status: statusIsNew },
  chart: { machine: chart, of: (s) => s.standing.snapshot.value },
});
