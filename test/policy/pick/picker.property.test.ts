/** The picker against a shadow that keeps the same books naively, under random sequences of everything that happens. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { peerKey, type PeerKey } from '../../../src/base/brand.js';
import { hash32 } from '../../../src/base/random.js';
import { Bitfield } from '../../../src/model/bitfield.js';
import type { BlockRef } from '../../../src/policy/pick/blocks.js';
import type { Picker } from '../../../src/policy/pick/picker.js';
import { PICK_ORDERS, type PickOrder } from '../../../src/policy/pick/selection.js';
import { bitfieldOf, pickerOf } from './swarm-of.js';

const PIECES = 6;
const BLOCKS = 3;
const PEERS = 4;
const MEMORY = 3;
/** Who owes us so many may be at its share of the memory. */
const BUSY = 4;
const TIMEOUT_MS = 5000;

interface Owed extends BlockRef { readonly peer: PeerKey; late: boolean }

class Shadow {
  readonly picker: Picker;
  readonly peers = new Map<PeerKey, Set<number>>();
  readonly interested = new Set<PeerKey>();
  owed: Owed[] = [];
  readonly got = new Map<string, PeerKey>();
  readonly have = new Set<number>();
  readonly failed = new Set<number>();
  ranks = new Array<number>(PIECES).fill(1);
  now = 0;

  constructor(seed: number, order: PickOrder) {
    this.picker = pickerOf({ pieces: PIECES, blocks: BLOCKS, memory: MEMORY, seed, order });
  }

  join(peer: PeerKey, has: readonly number[] | 'all' | 'none'): void {
    if (this.peers.has(peer)) return;
    this.picker.join(peer);
    this.peers.set(peer, new Set(has === 'none' ? [] : has === 'all' ? Array(PIECES).keys() : has));
    if (has === 'all') this.picker.setAll(peer);
    else if (has !== 'none') this.picker.setBitfield(peer, bitfieldOf(PIECES, has));
  }

  pick(peer: PeerKey, count: number): void {
    const before = this.picker.isEndgame;
    const missing = new Set([...this.peers.get(peer)!].filter((piece) => this.picker.stateOf(piece) === 'missing'));
    const out: BlockRef[] = [];
    assert.equal(this.picker.pick(peer, count, this.now, out), out.length);
    assert.ok(out.length <= count);
    if (out.length === 0) assert.ok(this.inTime(peer) >= BUSY || !this.useful(peer), 'nobody is idle who could help');
    if (missing.size > 0) this.assertNoneBetter(out, missing);
    this.asked(peer, out, before || this.picker.isEndgame);
  }

  /** Of the pieces that it starts with a peer, none is passed over for one that is wanted less. Those that failed come first. */
  assertNoneBetter(out: readonly BlockRef[], missing: ReadonlySet<number>): void {
    const started = new Set(out.map(({ piece }) => piece).filter((piece) => missing.has(piece) && !this.failed.has(piece)));
    for (const piece of missing) {
      if (this.picker.stateOf(piece) !== 'missing') continue;
      for (const other of started) assert.ok(this.ranks[other]! >= this.ranks[piece]!, 'of those it has, the most wanted first');
    }
  }

  /** There is a block for this peer that nobody owes us in time, in a piece that is started or may be. */
  useful(peer: PeerKey): boolean {
    return [...this.peers.get(peer)!].some((piece) => {
      const state = this.picker.stateOf(piece);
      if (state === 'missing') return this.mayStart();
      return state === 'active' && Array.from(Array(BLOCKS).keys()).some((block) => !this.got.has(key({ piece, block }))
        && !this.owed.some((o) => key(o) === key({ piece, block }) && (!o.late || o.peer === peer)));
    });
  }

  inTime(peer: PeerKey): number {
    return this.owed.filter((o) => o.peer === peer && !o.late).length;
  }

  /** Memory is there, and less than a quarter of it waits for the hash; but two may always be started. */
  mayStart(): boolean {
    const { activeCount } = this.picker;
    const checking = Array.from(Array(PIECES).keys()).filter((piece) => this.picker.stateOf(piece) === 'checking').length;
    return activeCount < 2 || (activeCount < MEMORY && checking < MEMORY / 4);
  }

  allowedFast(peer: PeerKey, allowed: readonly number[], count: number): void {
    const out: BlockRef[] = [];
    this.picker.pickAllowedFast(peer, allowed, { count, now: this.now, out });
    assert.ok(out.length <= count && out.every((ref) => allowed.includes(ref.piece)));
    this.asked(peer, out, false);
  }

  asked(peer: PeerKey, refs: readonly BlockRef[], endgame: boolean): void {
    for (const ref of refs) {
      assert.ok(this.peers.get(peer)!.has(ref.piece), 'asked of a peer that has it');
      assert.ok(!this.have.has(ref.piece) && !this.got.has(key(ref)), 'only what is missing');
      const rivals = this.owed.filter((o) => key(o) === key(ref));
      assert.ok(!rivals.some((o) => o.peer === peer), 'never twice of one peer');
      assert.ok(endgame || rivals.every((o) => o.late), 'of one peer in time, before the endgame');
      this.owed.push({ ...ref, peer, late: false });
    }
  }

  receive(o: Owed): void {
    const others = this.owed.filter((x) => x !== o && key(x) === key(o)).map((x) => x.peer).sort();
    const outcome = this.picker.received(o.peer, o.piece, o.block);
    this.got.set(key(o), o.peer);
    this.owed = this.owed.filter((x) => key(x) !== key(o));
    assert.equal(outcome.kind, 'new');
    assert.deepEqual([...outcome.cancel].sort(), others);
    assert.equal(outcome.pieceComplete, this.received(o.piece).length === BLOCKS);
  }

  /** A block of the peer that it does not owe. */
  stray(peer: PeerKey, piece: number, block: number): void {
    if (this.owed.some((o) => o.peer === peer && o.piece === piece && o.block === block)) return;
    const had = this.have.has(piece) || this.got.has(`${piece}/${block}`);
    const { kind } = this.picker.received(peer, piece, block);
    assert.equal(kind, this.peers.has(peer) && had ? 'duplicate' : 'unrequested');
  }

  drop(which: (o: Owed) => boolean): void {
    this.owed = this.owed.filter((o) => !which(o));
  }

  leave(peer: PeerKey): void {
    this.picker.leave(peer);
    this.peers.delete(peer);
    this.interested.delete(peer);
    this.drop((o) => o.peer === peer);
  }

  expire(): void {
    this.now += TIMEOUT_MS;
    for (const t of this.picker.expire(this.now, () => TIMEOUT_MS)) {
      const o = this.owed.find((x) => x.peer === t.peer && key(x) === key(t));
      assert.ok(o !== undefined && !o.late, 'a request expires once');
      o.late = true;
    }
    // The ones forgotten are those the picker would no longer recognise; after so long all late ones may be.
    for (let n = 0; n < 3; n++) {
      this.now += TIMEOUT_MS;
      for (const t of this.picker.expire(this.now, () => TIMEOUT_MS)) {
        this.owed.find((x) => x.peer === t.peer && key(x) === key(t))!.late = true;
      }
    }
    this.drop((o) => o.late);
  }

  check(piece: number, good: boolean): void {
    if (this.picker.stateOf(piece) !== 'checking') return;
    const fed = this.received(piece);
    if (good) {
      this.picker.stored(piece);
      this.have.add(piece);
    } else {
      assert.deepEqual(new Set(this.picker.failed(piece)), new Set(fed.map(([, peer]) => peer)));
      this.failed.add(piece);
    }
    for (const [block] of fed) this.got.delete(block);
  }

  rank(ranks: readonly number[]): void {
    this.ranks = [...ranks];
    this.picker.takeWithdrawn();
    this.picker.rank(Uint8Array.from(ranks));
    const withdrawn = this.picker.takeWithdrawn();
    for (const o of withdrawn) assert.ok(this.owed.some((x) => x.peer === o.peer && key(x) === key(o)), 'nothing is withdrawn that is not owed');
    const given = this.picker.takeEvicted();
    assert.ok(given.every((piece) => ranks[piece] === 0), 'only what is not wanted any more');
    this.drop((o) => given.includes(o.piece as never));
    for (const piece of given) for (const [block] of this.received(piece)) this.got.delete(block);
  }

  /** What must hold after every step. */
  audit(): void {
    const { picker } = this;
    let started = 0;
    for (const piece of this.picker.takeEvicted()) for (const [block] of this.received(piece)) this.got.delete(block);
    for (let piece = 0; piece < PIECES; piece++) {
      const received = this.received(piece).length;
      const held = received > 0 || this.owed.some((o) => o.piece === piece);
      const state = this.have.has(piece) ? 'have' : received === BLOCKS ? 'checking' : held ? 'active' : this.ranks[piece] === 0 ? 'unwanted' : 'missing';
      assert.equal(picker.stateOf(piece), state);
      if (state === 'active' || state === 'checking') started++;
      assert.equal(picker.availability(piece), [...this.peers.values()].filter((has) => has.has(piece)).length);
    }
    assert.equal(picker.activeCount, started, 'nothing leaks');
    assert.ok(started <= MEMORY);
    const lacking = this.ranks.flatMap((rank, piece) => (rank > 0 && !this.have.has(piece) ? [piece] : []));
    assert.equal(picker.left, lacking.length * BLOCKS * 16_384);
    const changed = new Set(picker.takeChanged());
    for (const [peer, has] of this.peers) {
      const interesting = lacking.some((piece) => has.has(piece));
      assert.equal(picker.interesting(peer), interesting);
      if (interesting !== this.interested.has(peer)) assert.ok(changed.has(peer), 'a change is told');
      if (interesting) this.interested.add(peer);
      else this.interested.delete(peer);
      assert.equal(picker.outstanding(peer), this.owed.filter((o) => o.peer === peer && !o.late).length);
    }
  }

  /** Everything is obtained once a seed stays. */
  finish(): void {
    const seed = peerKey(1000);
    this.rank(this.ranks.map((rank) => Math.max(1, rank)));
    this.join(seed, 'all');
    for (let round = 0; !this.picker.isComplete; round++) {
      assert.ok(round < 200, 'the end is reached');
      this.expire();
      this.pick(seed, 5);
      for (const o of this.owed.filter((x) => x.peer === seed)) if (this.owed.includes(o)) this.receive(o);
      for (let piece = 0; piece < PIECES; piece++) this.check(piece, true);
      this.audit();
    }
    for (const peer of this.peers.keys()) this.leave(peer);
    this.audit();
  }

  private received(piece: number): (readonly [string, PeerKey])[] {
    return [...this.got].filter(([block]) => block.startsWith(`${piece}/`));
  }
}

const key = ({ piece, block }: { readonly piece: number; readonly block: number }): string => `${piece}/${block}`;

type Step = (shadow: Shadow) => void;
const peer = fc.integer({ min: 1, max: PEERS }).map(peerKey);
const piece = fc.nat(PIECES - 1);
const known = (s: Shadow, p: PeerKey, then: () => void): void => {
  if (s.peers.has(p)) then();
};
const owedAt = (s: Shadow, n: number): Owed | undefined => s.owed[n % Math.max(1, s.owed.length)];
const pieces = fc.oneof(fc.constantFrom('all' as const, 'none' as const), fc.uniqueArray(piece));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(peer, pieces).map(([p, has]): Step => (s) => s.join(p, has)) },
  { weight: 2, arbitrary: fc.tuple(peer, piece).map(([p, i]): Step => (s) => {
    s.picker.have(p, i);
    s.peers.get(p)?.add(i);
  }) },
  { weight: 1, arbitrary: fc.tuple(peer, fc.uniqueArray(piece)).map(([p, has]): Step => (s) => known(s, p, () => {
    s.picker.setBitfield(p, bitfieldOf(PIECES, has));
    s.peers.set(p, new Set(has));
  })) },
  { weight: 6, arbitrary: fc.tuple(peer, fc.integer({ min: 1, max: 6 }))
    .map(([p, n]): Step => (s) => known(s, p, () => s.pick(p, n))) },
  { weight: 1, arbitrary: fc.tuple(peer, fc.uniqueArray(piece))
    .map(([p, some]): Step => (s) => known(s, p, () => s.allowedFast(p, some, 2))) },
  { weight: 9, arbitrary: fc.nat().map((n): Step => (s) => {
    const o = owedAt(s, n);
    if (o) s.receive(o);
  }) },
  { weight: 1, arbitrary: fc.tuple(peer, piece, fc.nat(BLOCKS - 1)).map(([p, i, b]): Step => (s) => s.stray(p, i, b)) },
  { weight: 1, arbitrary: fc.nat().map((n): Step => (s) => {
    const o = owedAt(s, n);
    if (!o) return;
    s.picker.unrequest(o.peer, o.piece, o.block);
    s.drop((x) => x === o);
  }) },
  { weight: 1, arbitrary: peer.map((p): Step => (s) => {
    s.picker.choked(p);
    s.drop((o) => o.peer === p);
  }) },
  { weight: 1, arbitrary: peer.map((p): Step => (s) => s.leave(p)) },
  { weight: 1, arbitrary: fc.constant<Step>((s) => s.expire()) },
  { weight: 1, arbitrary: fc.array(fc.nat(3), { minLength: PIECES, maxLength: PIECES }).map((ranks): Step => (s) => s.rank(ranks)) },
  { weight: 4, arbitrary: fc.tuple(piece, fc.boolean()).map(([i, good]): Step => (s) => s.check(i, good)) },
);

describe('Picker, whatever happens', () => {
  for (const order of PICK_ORDERS) {
    it(`keeps its invariants and obtains everything (${order})`, () => {
      fc.assert(fc.property(fc.nat(), fc.array(step, { maxLength: 120 }), (seed, steps) => {
        const shadow = new Shadow(seed, order);
        for (const run of steps) {
          run(shadow);
          shadow.audit();
        }
        shadow.finish();
      }), { numRuns: 300 });
    });
  }

  it('makes the same choices again from the same seed', () => {
    fc.assert(fc.property(fc.nat(), fc.array(step, { maxLength: 60 }), (seed, steps) => {
      const [one, two] = [new Shadow(seed, 'rarest'), new Shadow(seed, 'rarest')];
      for (const run of steps) for (const shadow of [one, two]) run(shadow);
      assert.deepEqual(one.owed, two.owed);
    }), { numRuns: 50 });
  });
});

describe('Picker, cost', () => {
  type Has = (peer: number, piece: number) => boolean;

  /** Bit tests a block, for the first 500 of many pieces from ten peers. */
  function bitTests(pieceCount: number, has: Has): number {
    const picker = pickerOf({ pieces: pieceCount, blocks: 4, memory: 50 });
    const peers = Array.from({ length: 10 }, (_, i) => peerKey(i));
    for (const p of peers) {
      picker.join(p);
      picker.setBitfield(p, bitfieldOf(pieceCount, Array.from(Array(pieceCount).keys()).filter((i) => has(p, i))));
    }
    const original = Bitfield.prototype.has;
    let calls = 0;
    Bitfield.prototype.has = function counted(i: number): boolean {
      calls++;
      return original.call(this, i);
    };
    try {
      const out: BlockRef[] = [];
      for (let stored = 0, turn = 0; stored < 500; turn++) {
        const p = peers[turn % peers.length]!;
        out.length = 0;
        picker.pick(p, 8, turn, out);
        for (const { piece: at, block } of out) {
          if (!picker.received(p, at, block).pieceComplete) continue;
          picker.stored(at);
          stored++;
        }
      }
    } finally {
      Bitfield.prototype.has = original;
    }
    return calls / (500 * 4);
  }

  it('a block of 100,000 pieces costs what one of 1,000 does', () => {
    const half: Has = (p, i) => hash32(`${p}:${i}`) % 2 === 0;
    const [few, many] = [bitTests(1000, half), bitTests(100_000, half)];
    assert.ok(many < 1.5 * few && many < 20, `${few} and ${many} bit tests a block`);
  });

  it('stays bounded for peers that have only what is common', () => {
    const clustered: Has = (p, i) => i % 10 > p || p === 9;
    const many = bitTests(100_000, clustered);
    assert.ok(many < 100, `${many} bit tests a block`);
  });
});
