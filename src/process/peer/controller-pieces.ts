/**
 * What both have: the Controller tells the peer of our pieces, PieceMgr of the peer's, and ends a connection of two that want nothing of
 * each other.
 */
import type { Bitfield } from '../../model/bitfield.js';
import { encodeExtendedHandshake } from '../../protocol/extended.js';
import type { OwnMessage } from '../../protocol/wire-encode.js';
import { PLAIN } from '../../protocol/wire.js';
import { next } from './controller-chart.js';
import { EXTENSIONS } from './controller-metadata.js';
import { end, say, type Me, type State } from './controller-state.js';
import { grantFast } from './controller-upload.js';

/**
 * Requests we take from a peer: what we say in our BEP 10 handshake. Transmission fills its window once a second, so this is also the
 * most blocks a second that it fetches from us: 33 MB/s.
 */
const OWN_REQQ = 2000;
/** Longer rows of haves save nothing more. */
const MOST_UNSAID = 100;

// WHAT WE HAVE

/** Tells what we have, before anything else (BEP 3; BEP 6 for have all and have none); from a PieceMgr that started again, what is new. */
export function welcome(s: State, ours: Bitfield, self: Me): void {
  if (s.have) {
    const all: number[] = [];
    for (let i = ours.nextSet(0); i >= 0; i = ours.nextSet(i + 1)) all.push(i);
    return have(s, all, self);
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
  grantFast(s, self);
  if (ours.isFull) finish(s, self);
}

function extendedHandshake(s: State): OwnMessage {
  const payload = encodeExtendedHandshake({
    m: EXTENSIONS.m, metadataSize: s.infoBytes.length, client: s.agent, reqq: OWN_REQQ, yourIp: s.endpoint.host,
    uploadOnly: s.have?.isFull ?? false,
    ...(s.port > 0 && { port: s.port }),
  });
  return { type: 'extended', id: 0, payload };
}

/**
 * Said at once where the peer lacks one of them. Who has them all hears of them with whatever we say next: seeds show our progress, and
 * some ban who takes much and seems to have nothing.
 */
export function have(s: State, pieces: readonly number[], self: Me): void {
  let pressing = false;
  for (const piece of pieces) {
    if (!s.have?.set(piece)) continue;
    s.unsaid.push(piece);
    pressing ||= !s.theirs.has(piece);
  }
  if (pressing || s.unsaid.length > MOST_UNSAID) say(s, self);
}

/** One that waits for its turn, or for nothing: then PeerMgr tells it of our pieces in rows. */
export function tellWhetherItWaits(s: State, self: Me): void {
  const waits = s.theirs.isFull || (s.standing.peerInterested && s.standing.amChoking);
  if (waits === s.waits) return;
  s.waits = waits;
  self.tell(s.peerMgr, { type: 'waits', peer: s.peer, waits });
}

export function finish(s: State, self: Me): void {
  s.complete = true;
  if (s.extensions && s.have?.isFull && s.downTotal > 0) say(s, self, extendedHandshake(s));
  else if (s.unsaid.length > 0) say(s, self);
  partIfUseless(s, self);
}

// WHAT THE PEER HAS

/** All that it has (bitfield, have all, have none). */
export function tellPieces(s: State, bits: Bitfield, self: Me): void {
  if (!s.standing.untold) return end(s, 'told what it has, a second time', true, self);
  s.standing = next(s.standing, { type: 'toldPieces' });
  s.dirty = true;
  for (let i = bits.nextSet(0); i >= 0; i = bits.nextSet(i + 1)) s.theirs.set(i);
  tellPieceMgr(s, bits, self);
  grantFast(s, self);
  partIfUseless(s, self);
}

export function theyHave(s: State, pieces: readonly number[], self: Me): void {
  s.heardAt = self.now();
  const { pieceCount } = s.layout;
  const odd = pieces.find((piece) => piece >= pieceCount);
  if (odd !== undefined) return end(s, `has piece ${odd} of ${pieceCount}`, true, self);
  if (s.standing.untold) s.standing = next(s.standing, { type: 'toldPieces' });
  const fresh = pieces.filter((piece) => s.theirs.set(piece));
  if (fresh.length === 0) return;
  s.progressed = true;
  self.tell(s.pieceMgr, { type: 'have', peer: s.peer, pieces: fresh });
  partIfUseless(s, self);
}

/** All that the peer has. */
export function tellPieceMgr(s: State, bits: Bitfield, self: Me): void {
  if (bits.isFull) self.tell(s.pieceMgr, { type: 'haveAll', peer: s.peer });
  else if (!bits.isEmpty) self.tell(s.pieceMgr, { type: 'bitfield', peer: s.peer, bits: bits.clone() });
}

/** Two that want nothing of each other. */
export function partIfUseless(s: State, self: Me): void {
  if (s.complete && (s.theirs.isFull || s.uploadOnly)) end(s, 'both have everything', false, self);
}
