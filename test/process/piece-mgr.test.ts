import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../src/base/brand.js';
import { concat } from '../../src/base/bytes.js';
import type { FilePriority } from '../../src/base/file-priority.js';
import { BLOCK_BYTES, SECOND } from '../../src/base/units.js';
import { DIGEST_BYTES } from '../../src/model/blame.js';
import { Layout } from '../../src/model/layout.js';
import { pieceMgr, type PieceMgrInput, type PieceMgrMsg } from '../../src/process/piece-mgr.js';
import { bitsOf, Stage, type Told } from './stage.js';

const PIECE = 2 * BLOCK_BYTES;
/** Four pieces; the last block of all is half a block. */
const LAYOUT = new Layout({
  files: [{ length: 4 * PIECE - BLOCK_BYTES / 2, padding: false }], pieceLength: PIECE,
  totalBytes: 4 * PIECE - BLOCK_BYTES / 2,
});
const TOTAL = LAYOUT.totalBytes;
const INPUT = {
  layout: LAYOUT, order: 'sequential', pieceMemory: TOTAL, firstLast: false,
} as const;
/** The same bytes in three files; the second has pieces 1 and 2, and one byte of piece 3. */
const LENGTHS = [PIECE, 2 * PIECE + 1, TOTAL - 3 * PIECE - 1];
const THREE = {
  layout: new Layout({ ...LAYOUT, files: LENGTHS.map((length) => ({ length, padding: false })) }),
};
const ALIKE: readonly FilePriority[] = ['normal', 'normal', 'normal'];

/** In sequential order, so that what is asked for is known; recovered with these pieces. */
function start(have: readonly number[] = [], over: Partial<PieceMgrInput> = {}, priorities: readonly FilePriority[] = ALIKE) {
  const inboxes: any[] = [];
  const stage = new Stage(pieceMgr, (cast) => {
    for (const i of [1, 2, 3]) inboxes[i] = cast('Controller', `C${i}`);
    return {
      ...INPUT, files: cast('Files'), peerMgr: cast('PeerMgr'), status: cast('Status'), timer: cast('Timer'), ...over,
    };
  });
  const join = (peer: number): PieceMgrMsg => ({ type: 'join', peer: peerKey(peer), inbox: inboxes[peer] });
  /** A peer that has everything. */
  const seed = (peer: number): void => void stage.send(join(peer), { type: 'haveAll', peer: peerKey(peer) });
  stage.send({ type: 'recovered', have: bitsOf(4, have), unfinished: [], priorities });
  return { stage, join, seed };
}

const need = (peer: number, count: number, over: { allowed?: number[]; timeout?: number } = {}): PieceMgrMsg =>
  ({ type: 'needBlocks', peer: peerKey(peer), count, timeout: 60_000, ...over });
const got = (peer: number, piece: number, block: number): PieceMgrMsg =>
  ({ type: 'gotBlocks', peer: peerKey(peer), blocks: [{ piece, begin: block * BLOCK_BYTES }] });
const lost = (peer: number, piece: number, block: number): PieceMgrMsg =>
  ({ type: 'lostBlock', peer: peerKey(peer), piece, begin: block * BLOCK_BYTES });
const has = (peer: number, ...pieces: number[]): PieceMgrMsg => ({ type: 'have', peer: peerKey(peer), pieces });
/** `blocks`: a number for the digest of each. */
const checked = (piece: number, good: boolean, ...blocks: readonly number[]): PieceMgrMsg => ({
  type: 'checked', piece, good, ...(blocks.length > 0 && { digests: concat(blocks.map((b) => new Uint8Array(DIGEST_BYTES).fill(b))) }),
});
const leaves = (peer: number): PieceMgrMsg => ({ type: 'peerLeft', peer: peerKey(peer) });

/** In short: `C1 request 0/0 0/1`, `C2 cancel 3/1`, `C1 interest true`, `Files check 0`; others by kind. */
const short = (told: readonly Told[]): string[] => told.map(([to, kind, rest]) => {
  const r = rest as any;
  const named = ({ piece, begin }: { piece: number; begin: number }): string => `${piece}/${begin / BLOCK_BYTES}`;
  if (kind === 'request') return `${to} request ${r.blocks.map(named).join(' ')}`;
  if (kind === 'cancel') return `${to} cancel ${named(r.block)}`;
  if (kind === 'interest') return `${to} interest ${r.interested}`;
  return to === 'Files' && kind !== 'recover' ? `${to} ${kind} ${r.piece}` : `${to} ${kind}`;
});

test('asks what is there, and passes by what comes before the answer', () => {
  const stage = new Stage(pieceMgr, (cast) => ({
    ...INPUT, files: cast('Files'), peerMgr: cast('PeerMgr'), status: cast('Status'), timer: cast('Timer'),
  }));
  stage.send(has(1, 0), need(1, 2), checked(0, true), leaves(1)).advance(5000);
  assert.deepEqual(stage.told(), [['Files', 'recover']]);
});

test('what is there: how far we are, to Status; that peers may come, to PeerMgr', () => {
  assert.deepEqual(start([0, 3]).stage.told().slice(1), [
    ['Status', 'progress', { left: 2 * PIECE, wanted: TOTAL, unwanted: 0, complete: false }],
    ['PeerMgr', 'ready', { have: 2, complete: false }],
  ]);
});

test('a piece that was begun goes on where it was; a whole one is checked, one that does not fit given back', () => {
  const { stage, seed } = start();
  stage.forget().send({ type: 'recovered', have: bitsOf(4, [3]), priorities: ALIKE, unfinished: [
    { piece: 0, blocks: bitsOf(2, [1]) }, { piece: 1, blocks: bitsOf(2, [0, 1]) }, { piece: 3, blocks: bitsOf(2, [0]) },
  ] });
  assert.deepEqual(short(stage.told()), ['Files check 1', 'Files discard 3', 'Status progress', 'PeerMgr ready']);
  seed(1);
  stage.forget().send(need(1, 1));
  assert.deepEqual(short(stage.told()), ['C1 request 0/0']);
  stage.send(got(1, 0, 0));
  assert.deepEqual(short(stage.told()), ['Files check 0']);
});

test('left and wanted are of the wanted pieces; complete is when none of those is missing', () => {
  const { stage } = start([0], THREE, ['normal', 'skip', 'low']);
  const last = 1.5 * BLOCK_BYTES;
  assert.deepEqual(stage.told('Status'), [
    ['Status', 'progress', { left: last, wanted: PIECE + last, unwanted: 2 * PIECE, complete: false }],
  ]);
  assert.deepEqual(start([0, 3], THREE, ['normal', 'skip', 'low']).stage.told('PeerMgr'),
    [['PeerMgr', 'ready', { have: 2, complete: true }]]);
});

test('other files are wanted: peers, requests and what we tell follow', () => {
  const { stage, seed } = start([], THREE);
  seed(1);
  stage.send(need(1, 3)).forget().send({ type: 'wanted', priorities: ['skip', 'skip', 'high'] });
  const then = stage.told();
  assert.deepEqual(short(then), ['C1 cancel 0/0', 'C1 cancel 0/1', 'C1 cancel 1/0', 'Files discard 0', 'Files discard 1',
    'PeerMgr aim', 'Status progress']);
  const last = TOTAL - 3 * PIECE;
  assert.deepEqual(then.at(-1)![2], { left: last, wanted: last, unwanted: 3 * PIECE, complete: false });
  stage.send(need(1, 3));
  assert.deepEqual(short(stage.told()), ['C1 request 3/0 3/1']);
});

test('what is complete may be wanted more of again', () => {
  const { stage, join } = start([3], THREE, ['skip', 'skip', 'normal']);
  stage.send(join(1), { type: 'bitfield', peer: peerKey(1), bits: bitsOf(4, [0]) });
  stage.forget().send({ type: 'wanted', priorities: ['normal', 'skip', 'normal'] });
  assert.deepEqual(stage.told().slice(0, 3), [
    ['PeerMgr', 'aim', { complete: false }],
    ['Status', 'progress', { left: PIECE, wanted: PIECE + (TOTAL - 3 * PIECE), unwanted: 2 * PIECE, complete: false }],
    ['C1', 'interest', { interested: true }],
  ]);
});

test('a peer is welcomed with its own copy of what we have', () => {
  const { stage, join } = start([2]);
  stage.forget().send(join(1));
  assert.deepEqual(stage.told(), [['C1', 'welcome', { have: [2] }]]);
});

test('interest: told when a peer says what it has, and when it changes', () => {
  const { stage, join } = start([0]);
  stage.send(join(1)).forget();
  stage.send({ type: 'bitfield', peer: peerKey(1), bits: bitsOf(4, [0]) });
  assert.deepEqual(short(stage.told()), ['C1 interest false']);
  stage.send(has(1, 1), has(1, 2));
  assert.deepEqual(short(stage.told()), ['C1 interest true']);
  stage.send(need(1, 4), got(1, 1, 0), got(1, 1, 1), got(1, 2, 0), got(1, 2, 1), checked(1, true)).forget();
  stage.send(checked(2, true));
  assert.ok(short(stage.told()).includes('C1 interest false'));
});

test('blocks are asked for up to what the peer has room for', () => {
  const { stage, seed } = start();
  seed(1);
  stage.forget().send(need(1, 3));
  assert.deepEqual(stage.told(), [['C1', 'request', { blocks: [
    { piece: 0, begin: 0, length: BLOCK_BYTES }, { piece: 0, begin: BLOCK_BYTES, length: BLOCK_BYTES },
    { piece: 1, begin: 0, length: BLOCK_BYTES },
  ] }]]);
});

test('a peer at its share of the memory is asked for more as it answers', () => {
  const { stage, seed } = start();
  seed(1);
  stage.forget().send(need(1, 99));
  assert.deepEqual(short(stage.told()), ['C1 request 0/0 0/1 1/0 1/1']);
  stage.forget().send(got(1, 0, 0));
  assert.deepEqual(short(stage.told()), ['C1 request 2/0']);
});

test('the last block is as short as it is', () => {
  const { stage, seed } = start([0, 1, 2]);
  seed(1);
  stage.forget().send(need(1, 9));
  assert.deepEqual(stage.all('request')[0].blocks.at(-1), { piece: 3, begin: BLOCK_BYTES, length: BLOCK_BYTES / 2 });
});

test('a peer that had room and got nothing is asked as soon as there is something', () => {
  const { stage, join } = start();
  stage.send(join(1), need(1, 1)).forget();
  stage.send(has(1, 2));
  assert.deepEqual(short(stage.told()), ['C1 interest true', 'C1 request 2/0']);
  stage.send(has(1, 3));
  assert.deepEqual(short(stage.told()), []);
});

test('a piece is checked once its last block is in, stored, announced, and its numbers told', () => {
  const { stage, seed } = start();
  seed(1);
  stage.send(need(1, 2)).forget().send(got(1, 0, 1));
  assert.deepEqual(stage.told(), []);
  stage.send(got(1, 0, 0));
  assert.deepEqual(stage.told(), [['Files', 'check', { piece: 0 }]]);
  stage.send(checked(0, true));
  assert.deepEqual(stage.told(), [
    ['PeerMgr', 'have', { piece: 0, complete: false }],
    ['Status', 'note', { note: { event: 'piece', piece: 0, have: 1, pieces: 4 } }],
    ['Status', 'progress', { left: TOTAL - PIECE, wanted: TOTAL, unwanted: 0, complete: false }],
  ]);
});

test('the last piece completes it: nobody is interesting any more, and nobody is asked', () => {
  const { stage, seed } = start([0, 1, 2]);
  seed(1);
  seed(2);
  stage.send(need(1, 2), got(1, 3, 0), got(1, 3, 1)).forget().send(checked(3, true));
  const told = stage.told();
  assert.deepEqual(told[0], ['PeerMgr', 'have', { piece: 3, complete: true }]);
  assert.deepEqual(short(told).filter((t) => t.includes('interest')), ['C1 interest false', 'C2 interest false']);
  stage.send(need(1, 5), has(1, 3));
  assert.deepEqual(stage.told(), []);
});

/** Piece 0 was sent by peers 1 and 2, a block each, and is wrong: now it is asked of peer 3 alone. */
function spoilt() {
  const { stage, seed } = start([2, 3]);
  for (const peer of [1, 2, 3]) seed(peer);
  stage.send(need(1, 1), need(2, 3), got(1, 0, 0), got(2, 0, 1)).forget().send(checked(0, false, 7, 8));
  return stage;
}

test('a piece that fails is fetched again, of one peer alone that had no part in it', () => {
  const stage = spoilt();
  assert.deepEqual(stage.told('PeerMgr'), []);
  stage.send(need(3, 1));
  assert.deepEqual(short(stage.told()), ['C3 request 0/0']);
  stage.send(need(1, 1));
  assert.deepEqual(short(stage.told()).filter((t) => t.endsWith('0/1')), [], 'the other block is not asked of somebody else');
});

test('whose blocks differ from those of the right copy has lied; who shared the piece with a liar stays', () => {
  const stage = spoilt();
  stage.send(need(3, 2), got(3, 0, 0), got(3, 0, 1)).forget().send(checked(0, true, 7, 9));
  assert.deepEqual(stage.told('PeerMgr'), [['PeerMgr', 'have', { piece: 0, complete: false }], ['PeerMgr', 'badPeers', { peers: [2] }]]);
});

test('one peer alone behind a failed piece is known at once', () => {
  const { stage, seed } = start([1, 2, 3]);
  seed(1);
  stage.send(need(1, 2), got(1, 0, 0), got(1, 0, 1)).forget().send(checked(0, false, 7, 8));
  const told = stage.told();
  assert.match((told[0]![2] as any).note.reason, /piece 0 does not match its hash/);
  assert.deepEqual(told[1], ['PeerMgr', 'badPeers', { peers: [1] }]);
});

/** Peer 1 was asked for piece 0; peer 2 has just that piece and waits. No endgame yet: peer 1 has piece 1 too. */
function waiting() {
  const { stage, seed, join } = start([2, 3]);
  seed(1);
  stage.send(need(1, 2, { timeout: 3000 }), join(2), has(2, 0), need(2, 2));
  assert.deepEqual(short(stage.told()).filter((t) => t.startsWith('C2 request')), []);
  return stage;
}
const back: readonly (readonly [string, PieceMgrMsg[], number, string])[] = [
  ['a rejected block', [lost(1, 0, 1)], 0, 'C2 request 0/1'],
  ['what a peer owed that chokes us', [{ type: 'choked', peer: peerKey(1) }], 0, 'C2 request 0/0 0/1'],
  ['what a peer owed that leaves', [leaves(1)], 0, 'C2 request 0/0 0/1'],
  ['what a peer owes that is silent', [], 4 * SECOND, 'C2 request 0/0 0/1'],
];
for (const [what, messages, after, told] of back) {
  test(`${what} goes to another who waits`, () => {
    const stage = waiting();
    assert.deepEqual(short(stage.send(...messages).advance(after).told()), [told]);
  });
}

test('the clock is looked at only while a piece is under way', () => {
  const { stage, seed } = start([1, 2, 3]);
  seed(1);
  assert.equal(stage.clock.pending, 0);
  stage.send(need(1, 2)).advance(5000);
  assert.equal(stage.clock.pending, 1);
  stage.send(got(1, 0, 0), got(1, 0, 1), checked(0, true)).advance(1000);
  assert.equal(stage.clock.pending, 0);
});

test('a rejected block does not go back to who rejected it before it asks again', () => {
  const { stage, seed } = start([1, 2, 3]);
  seed(1);
  stage.send(need(1, 9)).forget().send(lost(1, 0, 1));
  assert.deepEqual(short(stage.told()), []);
  stage.send(need(1, 1));
  assert.deepEqual(short(stage.told()), ['C1 request 0/1']);
});

test('of a peer that has left nothing is heard or said', () => {
  const stage = waiting();
  stage.send(leaves(1)).forget();
  stage.send(got(1, 0, 1), need(1, 4), lost(1, 0, 0), has(1, 3), { type: 'choked', peer: peerKey(1) });
  assert.deepEqual(short(stage.told()), []);
});

test('the endgame asks the last blocks of others too, and cancels with them when one has come', () => {
  const { stage, seed } = start([1, 2, 3]);
  seed(1);
  seed(2);
  seed(3);
  stage.forget().send(need(1, 2), need(2, 2));
  assert.deepEqual(short(stage.told()), ['C1 request 0/0 0/1', 'C2 request 0/0 0/1']);
  stage.send(got(2, 0, 1));
  assert.deepEqual(short(stage.told()), ['C1 cancel 0/1']);
  stage.send(got(1, 0, 1));
  assert.deepEqual(short(stage.told()), []);
  stage.send(got(1, 0, 0));
  assert.deepEqual(short(stage.told()), ['C2 cancel 0/0', 'Files check 0']);
});

test('while choked only granted pieces are asked for', () => {
  const { stage, seed } = start();
  seed(1);
  stage.forget().send(need(1, 5, { allowed: [3] }));
  assert.deepEqual(short(stage.told()), ['C1 request 3/0 3/1']);
});

test('a block that nobody was asked for leaves no memory behind', () => {
  const { stage, seed } = start([3]);
  seed(1);
  stage.forget().send(got(1, 0, 0));
  assert.deepEqual(short(stage.told()), ['Files discard 0']);
  stage.send(got(1, 3, 0), got(2, 1, 0));
  assert.deepEqual(short(stage.told()), ['Files discard 1']);
});

test('a piece that nobody fetches any more makes room, in Files too', () => {
  const { stage, join } = start([], { pieceMemory: PIECE });
  stage.send(join(1), has(1, 0), has(1, 1), need(1, 4), got(1, 0, 0), got(1, 1, 0), leaves(1)).advance(31_000).forget();
  stage.send(join(2), has(2, 2), need(2, 1));
  const told = short(stage.told());
  assert.ok(told.includes('Files discard 0') || told.includes('Files discard 1'), told.join());
  assert.ok(told.includes('C2 request 2/0'));
});

test('an answer of the check twice, or for a piece nobody knows, changes nothing', () => {
  const { stage, seed } = start([1, 2, 3]);
  seed(1);
  stage.send(need(1, 2), got(1, 0, 0), got(1, 0, 1), checked(0, true)).forget();
  stage.send(checked(0, true), checked(0, false), checked(1, false));
  assert.deepEqual(short(stage.told()), []);
});
