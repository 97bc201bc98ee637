/**
 * The Controller's upload side: ChokeMgr's orders, and the blocks the peer asks for.
 */
import { BLOCK_BYTES, KIB, type Bytes } from '../../base/units.js';
import type { Why } from '../../policy/choke/policy.js';
import { allowedFastSet } from '../../protocol/allowed-fast.js';
import { PLAIN, type BlockRange } from '../../protocol/wire.js';
import { formatEndpoint } from '../../base/endpoint.js';
import { next } from './controller-chart.js';
import { end, say, type Me, type State } from './controller-state.js';

/** Nobody asks for more at once; clients of the field end a peer that does. */
const MOST_ASKED = 128 * KIB;

export function unchoke(s: State, why: Why, self: Me): void {
  const standing = next(s.standing, { type: 'amUnchoking' });
  if (standing === s.standing) return;
  s.standing = standing;
  say(s, self, PLAIN.unchoke);
  note(s, why, self);
}

export function choke(s: State, self: Me): void {
  const standing = next(s.standing, { type: 'amChoking' });
  if (standing === s.standing) return;
  s.standing = standing;
  // Before what we have is told it waits with the rest, and the peer can have asked for nothing.
  if (s.have) self.tell(s.senderQueue, { type: 'choke', reject: s.fast });
  else say(s, self, PLAIN.choke);
  note(s, 'not chosen', self);
}

function note(s: State, why: string, self: Me): void {
  s.dirty = true;
  const address = formatEndpoint(s.endpoint);
  self.tell(s.status, { type: 'note', note: { event: 'choke', address, choked: s.standing.amChoking, why } });
}

export function peerInterest(s: State, interested: boolean): void {
  s.standing = next(s.standing, { type: interested ? 'peerInterested' : 'peerNotInterested' });
  s.dirty = true;
}

/** The peer asks for blocks. While choked it is answered for granted pieces only; with BEP 6 a refusal is said. */
export function requested(s: State, blocks: readonly BlockRange[], self: Me): void {
  const served: BlockRange[] = [];
  const refused: BlockRange[] = [];
  for (const block of blocks) {
    const offence = offenceOf(s, block);
    if (offence !== undefined) return end(s, offence, true, self);
    const { piece, length } = block;
    const mayHave = s.have?.has(piece) && (!s.standing.amChoking || s.givenFast.has(piece));
    (mayHave ? served : refused).push(block);
    if (mayHave) s.queuedBytes += length;
  }
  if (served.length > 0) {
    s.dirty = true;
    self.tell(s.senderQueue, { type: 'serve', blocks: served, reject: s.fast });
  }
  if (refused.length > 0 && s.fast) {
    say(s, self, ...refused.map(({ piece, begin, length }) => ({ type: 'reject', piece, begin, length }) as const));
  }
}

/** What is wrong with a request, whatever we have. */
function offenceOf({ layout }: State, { piece, begin, length }: BlockRange): string | undefined {
  if (piece >= layout.pieceCount) return `asked for piece ${piece} of ${layout.pieceCount}`;
  if (length > 0 && length <= MOST_ASKED && begin + length <= layout.pieceBytes(piece)) return undefined;
  return `asked for bytes ${begin}+${length} of a piece of ${layout.pieceBytes(piece)}`;
}

export function cancelled(s: State, { piece, begin, length }: BlockRange, self: Me): void {
  self.tell(s.senderQueue, { type: 'cancel', block: { piece, begin, length }, reject: s.fast });
}

/** ChokeMgr says how far the peer may be ahead of us. */
export function lead(s: State, bytes: Bytes | undefined, self: Me): void {
  s.lead = bytes;
  s.spent = false;
  allow(s, self);
}

/** What the lead comes to now, after what the peer has sent us. */
export function allow(s: State, self: Me): void {
  self.tell(s.senderQueue, { type: 'allow', upTo: s.lead === undefined ? Infinity : s.downTotal + s.lead });
}

/** True where the peer has now used up its lead. Said once for each lead: ChokeMgr is not to hear of every block that is at the line. */
export function sent(s: State, bytes: Bytes, drained: boolean, self: Me): boolean {
  s.upTotal += bytes;
  s.upRate.add(self.now(), bytes);
  s.queuedBytes -= bytes;
  s.drained = drained;
  s.saidAt = self.now();
  s.dirty = true;
  if (s.spent || s.lead === undefined || s.upTotal <= s.downTotal + s.lead) return false;
  s.spent = true;
  return true;
}

export function refused(s: State, bytes: number): void {
  s.queuedBytes -= bytes;
  s.dirty = true;
}

/**
 * BEP 6: a few pieces that the peer may fetch although choked, so that it soon has something to trade. Not for one that has plenty: so once
 * both have told what they have. All of one /24 are granted the same, as the BEP has it: many addresses of one person come to no more.
 */
export function grantFast(s: State, self: Me): void {
  if (!s.fast || !s.have || s.standing.untold || s.theirs.count > ENOUGH_TO_TRADE) return;
  const { torrent, layout, sha1, allowedFast: count } = s;
  const pieces = allowedFastSet({ ip: s.endpoint.host, infoHash: torrent, pieceCount: layout.pieceCount, sha1, count });
  const granted = pieces.filter((piece) => s.have?.has(piece));
  s.givenFast = new Set(granted);
  if (granted.length > 0) say(s, self, ...granted.map((piece) => ({ type: 'allowedFast', piece }) as const));
}
const ENOUGH_TO_TRADE = 10;

export const queuedBlocks = (s: State): number => Math.ceil(s.queuedBytes / BLOCK_BYTES);
