/**
 * MetadataCopies: which peer is asked for which piece of an info dictionary (BEP 9), and who lied. Only the whole has a hash. So the pieces
 * of all peers that claim one size make one copy; where that turns out wrong, each giver goes on with a copy of its own, of what it gave.
 * A wrong copy of one giver names the liar, and one honest peer among any number of liars is enough.
 * Pieces are BLOCK_BYTES long, the last one shorter. Bounded: copies with members come first, then small ones, and those that do not fit
 * MOST_HELD beside them hold nothing and are not asked for. A question looks at each piece of a copy once.
 */
import { concat } from '../base/bytes.js';
import { BLOCK_BYTES, MIB, SECOND, type Bytes, type Millis } from '../base/units.js';

const MOST_HELD: Bytes = 64 * MIB;
/** Questions that one peer holds at once: few, since most clients answer only some. */
const WINDOW = 4;
/** Peers that hold the same question, when there is no other. */
const MOST_ASKED = 3;
/** Who has not answered a question by then does not answer. */
const ANSWER_MS: Millis = 15 * SECOND;

export type Arrival<K> =
  | { readonly type: 'unasked' }
  | { readonly type: 'taken' }
  | { readonly type: 'whole'; readonly bytes: Uint8Array }
  /** It is asked for again. `liar`: whose fault it was, where that is certain. */
  | { readonly type: 'wrong'; readonly liar: K | undefined };

export interface Question<K> {
  readonly peer: K;
  readonly piece: number;
}

interface Piece<K> {
  readonly bytes: Uint8Array;
  readonly from: K;
}
interface Copy<K> {
  readonly size: Bytes;
  /** Of whoever claims this size; or of one giver alone. */
  readonly shared: boolean;
  readonly members: Set<Member<K>>;
  pieces: Map<number, Piece<K>>;
  /** How many hold the question, by piece. */
  readonly asked: Uint8Array;
}
interface Member<K> {
  readonly peer: K;
  copy: Copy<K>;
  /** Piece -> when it was asked for. */
  readonly asked: Map<number, Millis>;
  restsUntil: Millis;
}

export class MetadataCopies<K> {
  private readonly isRight: (whole: Uint8Array) => boolean;
  private readonly members = new Map<K, Member<K>>();
  private copies: Copy<K>[] = [];

  /** `isRight`: has the hash. */
  constructor(isRight: (whole: Uint8Array) => boolean) {
    this.isRight = isRight;
  }

  /** How far the best copy is; no pieces before anybody has told the size. */
  get progress(): { readonly have: number; readonly pieces: number } {
    const [best] = [...this.copies].sort((a, b) => b.pieces.size - a.pieces.size);
    return best ? { have: best.pieces.size, pieces: best.asked.length } : { have: 0, pieces: 0 };
  }

  /** A peer says that it has an info dictionary of this size; what it says again counts for nothing. */
  join(peer: K, size: Bytes): void {
    if (this.members.has(peer)) return;
    let copy = this.copies.find((c) => c.shared && c.size === size);
    if (!copy) this.copies.push(copy = newCopy(size, true));
    this.members.set(peer, enter(copy, peer));
  }

  leave(peer: K): void {
    const m = this.members.get(peer);
    if (!m) return;
    this.members.delete(peer);
    exit(m);
  }

  /** The peer does not give this piece now: it is asked for nothing before `until`. False where it was not asked for it. */
  refused(peer: K, piece: number, until: Millis): boolean {
    const m = this.members.get(peer);
    if (!m || !answered(m, piece)) return false;
    m.restsUntil = until;
    return true;
  }

  /** Whom to ask now, and for what: they count as asked. */
  questions(now: Millis): Question<K>[] {
    const all: Question<K>[] = [];
    for (const copy of this.affordable()) {
      for (const m of copy.members) {
        while (now >= m.restsUntil && m.asked.size < WINDOW) {
          const piece = nextFor(m);
          if (piece === undefined) break;
          m.asked.set(piece, now);
          copy.asked[piece]!++;
          all.push({ peer: m.peer, piece });
        }
      }
    }
    return all;
  }

  /** `bytes` are kept as they are. */
  arrived(peer: K, piece: number, bytes: Uint8Array): Arrival<K> {
    const m = this.members.get(peer);
    if (!m || bytes.length !== Math.min(BLOCK_BYTES, m.copy.size - piece * BLOCK_BYTES) || !answered(m, piece)) return { type: 'unasked' };
    const { copy } = m;
    if (!copy.pieces.has(piece)) copy.pieces.set(piece, { bytes, from: peer });
    if (copy.pieces.size < copy.asked.length) return { type: 'taken' };
    const whole = concat([...copy.asked.keys()].map((i) => copy.pieces.get(i)!.bytes));
    return this.isRight(whole) ? { type: 'whole', bytes: whole } : { type: 'wrong', liar: this.takeApart(copy) };
  }

  /** Who owes an answer for too long. */
  late(now: Millis): K[] {
    return [...this.members.values()].filter((m) => [...m.asked.values()].some((at) => now - at >= ANSWER_MS)).map((m) => m.peer);
  }

  /** What each gave goes its own way. Returns the liar, where there was one giver. */
  private takeApart(copy: Copy<K>): K | undefined {
    const byGiver = new Map<K, Map<number, Piece<K>>>();
    for (const [i, piece] of copy.pieces) byGiver.set(piece.from, (byGiver.get(piece.from) ?? new Map()).set(i, piece));
    copy.pieces = new Map();
    if (byGiver.size === 1) return [...byGiver.keys()][0];
    for (const [giver, pieces] of byGiver) {
      const m = this.members.get(giver);
      if (m?.copy !== copy) continue;
      exit(m);
      const own = newCopy<K>(copy.size, false);
      own.pieces = pieces;
      this.copies.push(own);
      this.members.set(giver, enter(own, giver));
    }
    return undefined;
  }

  /** Those that are asked for. Forgets who has neither members nor pieces. */
  private affordable(): readonly Copy<K>[] {
    this.copies = this.copies.filter((c) => c.members.size > 0 || (c.shared && c.pieces.size > 0))
      .sort((a, b) => Number(b.members.size > 0) - Number(a.members.size > 0) || a.size - b.size);
    let held = 0;
    return this.copies.filter((copy) => {
      const fits = (held += copy.size) <= MOST_HELD;
      if (!fits) copy.pieces.clear();
      return fits;
    });
  }
}

const newCopy = <K>(size: Bytes, shared: boolean): Copy<K> =>
  ({ size, shared, members: new Set(), pieces: new Map(), asked: new Uint8Array(Math.ceil(size / BLOCK_BYTES)) });

function enter<K>(copy: Copy<K>, peer: K): Member<K> {
  const m: Member<K> = { peer, copy, asked: new Map(), restsUntil: -Infinity };
  copy.members.add(m);
  return m;
}

function exit<K>(m: Member<K>): void {
  for (const piece of [...m.asked.keys()]) answered(m, piece);
  m.copy.members.delete(m);
}

/** False where it was not asked. */
function answered<K>({ asked, copy }: Member<K>, piece: number): boolean {
  if (!asked.delete(piece)) return false;
  copy.asked[piece]!--;
  return true;
}

/** The missing piece that the fewest were asked for. */
function nextFor<K>({ asked, copy }: Member<K>): number | undefined {
  let best: number | undefined;
  let fewest = MOST_ASKED;
  for (let piece = 0; piece < copy.asked.length; piece++) {
    const holders = copy.asked[piece]!;
    if (holders >= fewest || copy.pieces.has(piece) || asked.has(piece)) continue;
    if (holders === 0) return piece;
    [best, fewest] = [piece, holders];
  }
  return best;
}
