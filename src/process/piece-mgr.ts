/**
 * PieceMgr: which blocks are missing, whom they are asked of, and which pieces are done.
 * Hears:  Controller (join, bitfield, haveAll, have, suggest, needBlocks, gotBlocks, lostBlock, choked), PeerMgr (peerLeft),
 *         Files (recovered, wanted, checked), TorrentMgr (look), Timer (tick).
 * Tells:  Controller (welcome, request, cancel, interest), Files (recover, check, discard),
 *         PeerMgr (ready, aim, have, badPeers), Status (progress, note), Api (piecesSeen), Timer (register).
 * Owns:   the picker (policy/pick), which holds the swarm's availability and every request. No bytes pass here.
 */
import { peerKey, type PeerKey, type PieceIndex } from '../base/brand.js';
import type { FilePriority } from '../base/file-priority.js';
import { BLOCK_BYTES, SECOND } from '../base/units.js';
import { defineProcess } from '../kernel/process.js';
import type { Bitfield } from '../model/bitfield.js';
import { Blame } from '../model/blame.js';
import type { Layout } from '../model/layout.js';
import { NOBODY } from '../policy/pick/block-sheets.js';
import type { BlockRef } from '../policy/pick/blocks.js';
import { pieceMap } from '../policy/pick/piece-map.js';
import { Picker } from '../policy/pick/picker.js';
import { pieceRanks } from '../policy/pick/priority.js';
import { MAX_REQUEST_TIMEOUT_MS } from '../policy/pick/timeouts.js';
import type { BlockRange } from '../protocol/wire.js';
import {
  declaration, type BlockAt, type Me, type PieceMgrInput, type PieceMgrMsg, type Running, type State,
} from './piece-mgr-state.js';

export type { PieceMgrInput, PieceMgrMsg, PieceOrder, Unfinished } from './piece-mgr-state.js';

const TICK = 'timeouts';

// CORE -------------------------------------------------------------------------------
function init(input: PieceMgrInput, self: Me): State {
  self.tell(input.files, { type: 'recover' });
  return { peers: new Map(), running: undefined, watching: false, ...input };
}

function step(s: State, m: PieceMgrMsg, self: Me): void {
  if (m.type === 'recovered') return recovered(s, m, self);
  // Peers come only after `ready`; mail that is older is of a time before a restart.
  const { running } = s;
  if (!running) return;
  const { picker } = running;
  switch (m.type) {
    case 'gotBlocks':
      for (const block of m.blocks) gotBlock(s, picker, m.peer, block, self);
      // It may have been at its share.
      return feed(s, picker, m.peer, self);
    case 'needBlocks': return needBlocks(s, picker, m, self);
    case 'join':
      s.peers.set(m.peer, { inbox: m.inbox, timeout: MAX_REQUEST_TIMEOUT_MS, hungry: 0, allowed: undefined });
      picker.join(m.peer);
      return self.tell(m.inbox, { type: 'welcome', have: running.have.clone() });
    case 'bitfield':
      picker.setBitfield(m.peer, m.bits);
      return learnt(s, picker, m.peer, self);
    case 'haveAll':
      picker.setAll(m.peer);
      return learnt(s, picker, m.peer, self);
    case 'have':
      for (const piece of m.pieces) picker.have(m.peer, piece);
      tellInterest(s, picker, self);
      return feed(s, picker, m.peer, self);
    case 'suggest': return picker.suggest(m.peer, m.piece);
    case 'lostBlock':
      // Not of the same peer again before it asks.
      hunger(s, m.peer, 0);
      picker.unrequest(m.peer, m.piece, m.begin / BLOCK_BYTES);
      return feedAll(s, picker, self);
    case 'choked':
      hunger(s, m.peer, 0);
      picker.choked(m.peer);
      return feedAll(s, picker, self);
    case 'peerLeft':
      s.peers.delete(m.peer);
      picker.leave(m.peer);
      return feedAll(s, picker, self);
    case 'wanted': return aim(s, running, m.priorities, self);
    case 'checked': return checked(s, running, m, self);
    case 'look':
      return self.tell(m.replyTo, { type: 'piecesSeen', torrent: m.torrent, pieces: pieceMap(picker, s.layout.pieceCount) });
    case 'tick': return expire(s, picker, self);
  }
}

function recovered(s: State, { have, unfinished, priorities }: PieceMgrMsg & { type: 'recovered' }, self: Me): void {
  const { layout, order, firstLast } = s;
  const ranks = pieceRanks(layout, { priorities, firstLast });
  const picker = new Picker({
    layout, have, random: self.random, order, maxActiveBytes: s.pieceMemory, ranks,
  });
  s.running = { picker, have, blame: new Blame(), ...amounts(layout, ranks, have) };
  for (const { piece, blocks } of unfinished) takeUp(s, piece, picker.restore(piece, blocks, self.now()), self);
  progress(s, s.running, self);
  self.tell(s.peerMgr, { type: 'ready', have: have.count, complete: picker.isComplete });
}

function takeUp(s: State, piece: number, taken: ReturnType<Picker['restore']>, self: Me): void {
  if (taken === 'checking') self.tell(s.files, { type: 'check', piece });
  else if (taken === 'refused') self.tell(s.files, { type: 'discard', piece });
}

function amounts(layout: Layout, ranks: Uint8Array, have: Bitfield): Pick<Running, 'wantedBytes' | 'unwantedBytes'> {
  let [wantedBytes, unwantedBytes] = [0, 0];
  ranks.forEach((rank, piece) => {
    if (rank > 0) wantedBytes += layout.pieceBytes(piece);
    else if (!have.has(piece)) unwantedBytes += layout.pieceBytes(piece);
  });
  return { wantedBytes, unwantedBytes };
}

/** What is wanted now is aimed at. */
function aim(s: State, running: Running, priorities: readonly FilePriority[], self: Me): void {
  const { layout, firstLast } = s;
  const { picker, have } = running;
  const ranks = pieceRanks(layout, { priorities, firstLast });
  picker.rank(ranks);
  Object.assign(running, amounts(layout, ranks, have));
  withdraw(s, picker, self);
  self.tell(s.peerMgr, { type: 'aim', complete: picker.isComplete });
  progress(s, running, self);
  tellInterest(s, picker, self);
  feedAll(s, picker, self);
}

// BLOCKS

function needBlocks(s: State, picker: Picker, m: PieceMgrMsg & { type: 'needBlocks' }, self: Me): void {
  const peer = s.peers.get(m.peer);
  if (!peer) return;
  peer.hungry = m.count;
  peer.timeout = m.timeout;
  peer.allowed = m.allowed;
  feed(s, picker, m.peer, self);
}

/** Asks the peer for as many blocks as it has room for, and remembers what room is left. */
function feed(s: State, picker: Picker, key: PeerKey, self: Me): void {
  const peer = s.peers.get(key);
  if (!peer || peer.hungry === 0) return;
  const picked: BlockRef[] = [];
  const now = self.now();
  if (peer.allowed) picker.pickAllowedFast(key, peer.allowed, { count: peer.hungry, now, out: picked });
  else picker.pick(key, peer.hungry, now, picked);
  withdraw(s, picker, self);
  if (picked.length === 0) return;
  peer.hungry -= picked.length;
  if (!s.watching) watch(s, self);
  self.tell(peer.inbox, { type: 'request', blocks: picked.map(({ piece, block }) => rangeOf(s.layout, piece, block)) });
}

/** Blocks became free, or memory did: peers that had room and got nothing are asked again. */
function feedAll(s: State, picker: Picker, self: Me): void {
  for (const [key, peer] of s.peers) if (peer.hungry > 0) feed(s, picker, key, self);
}

function hunger(s: State, key: PeerKey, count: number): void {
  const peer = s.peers.get(key);
  if (peer) peer.hungry = count;
}

function gotBlock(s: State, picker: Picker, peer: PeerKey, { piece, begin }: BlockAt, self: Me): void {
  const block = begin / BLOCK_BYTES;
  const { kind, pieceComplete, cancel: others } = picker.received(peer, piece, block);
  if (kind === 'unrequested') {
    // Files must hold no piece that the picker does not know of: its memory would be nobody's.
    const state = picker.stateOf(piece);
    if (state === 'missing' || state === 'unwanted') self.tell(s.files, { type: 'discard', piece });
    return;
  }
  for (const key of others) cancel(s, key, rangeOf(s.layout, piece, block), self);
  if (pieceComplete) self.tell(s.files, { type: 'check', piece });
}

/** Only while a piece is under way: most torrents have all, or nobody to ask. */
function watch(s: State, self: Me): void {
  s.watching = true;
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: SECOND, tag: TICK });
}

function expire(s: State, picker: Picker, self: Me): void {
  s.watching = false;
  if (picker.activeCount > 0) watch(s, self);
  const late = picker.expire(self.now(), (key) => s.peers.get(key)?.timeout ?? MAX_REQUEST_TIMEOUT_MS);
  withdraw(s, picker, self);
  if (late.length > 0) feedAll(s, picker, self);
}

/** Peers are told what we no longer wait for, lest it comes when somebody else answers for the block; then pieces that were given up go. */
function withdraw(s: State, picker: Picker, self: Me): void {
  for (const { peer, piece, block } of picker.takeWithdrawn()) cancel(s, peer, rangeOf(s.layout, piece, block), self);
  for (const piece of picker.takeEvicted()) self.tell(s.files, { type: 'discard', piece });
}

function cancel(s: State, key: PeerKey, block: BlockRange, self: Me): void {
  const peer = s.peers.get(key);
  if (peer) self.tell(peer.inbox, { type: 'cancel', block });
}

// PIECES

function checked(s: State, running: Running, m: PieceMgrMsg & { type: 'checked' }, self: Me): void {
  const { picker, have } = running;
  const state = picker.stateOf(m.piece);
  if (m.good && state !== 'have') {
    picker.stored(m.piece);
    have.set(m.piece);
    self.tell(s.peerMgr, { type: 'have', piece: m.piece, complete: picker.isComplete });
    const { pieceCount: pieces } = s.layout;
    self.tell(s.status, { type: 'note', note: { event: 'piece', piece: m.piece as PieceIndex, have: have.count, pieces } });
    progress(s, running, self);
    if (m.digests) ban(s, running.blame.passed(m.piece, m.digests), self);
  } else if (!m.good && state === 'checking') failed(s, running, m, self);
  tellInterest(s, picker, self);
  // Its memory is free again.
  feedAll(s, picker, self);
}

function statusIsNew(s: State, self: Me): void {
  if (s.running) progress(s, s.running, self);
}

function timerIsNew(s: State, self: Me): void {
  if (s.watching) watch(s, self);
}

/** Whoever sent all of it is to blame; of several, those whose blocks differ from those of the copy that is right. */
function failed(s: State, { picker, blame }: Running, { piece, digests }: PieceMgrMsg & { type: 'checked' }, self: Me): void {
  const senders = picker.failed(piece);
  const reason = `piece ${piece} does not match its hash: fetching it again`;
  self.tell(s.status, { type: 'note', note: { event: 'warning', reason } });
  const [only, ...others] = new Set(senders);
  if (others.length > 0 && digests) blame.failed(piece, { digests, senders });
  else if (only !== undefined && only !== NOBODY) ban(s, [peerKey(only)], self);
}

function ban(s: State, peers: readonly PeerKey[], self: Me): void {
  if (peers.length > 0) self.tell(s.peerMgr, { type: 'badPeers', peers });
}

function progress(s: State, { picker, wantedBytes, unwantedBytes }: Running, self: Me): void {
  const { left, isComplete: complete } = picker;
  self.tell(s.status, { type: 'progress', left, wanted: wantedBytes, unwanted: unwantedBytes, complete });
}

/** All that a peer has. That it has nothing for us is said outright, too: one that joins again may think otherwise. */
function learnt(s: State, picker: Picker, key: PeerKey, self: Me): void {
  tellInterest(s, picker, self);
  const peer = s.peers.get(key);
  if (peer && !picker.interesting(key)) self.tell(peer.inbox, { type: 'interest', interested: false });
}

function tellInterest(s: State, picker: Picker, self: Me): void {
  for (const key of picker.takeChanged()) {
    const peer = s.peers.get(key);
    if (peer) self.tell(peer.inbox, { type: 'interest', interested: picker.interesting(key) });
  }
}

function rangeOf(layout: Layout, piece: number, block: number): BlockRange {
  return { piece, begin: block * BLOCK_BYTES, length: layout.blockBytes(piece, block) };
}

// ACTOR ------------------------------------------------------------------------------
export const pieceMgr = defineProcess({ declaration, init, step, reminds: { Timer: timerIsNew, Status: statusIsNew } });
