import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, SECOND } from '../../../src/base/units.js';
import { encodeExtendedHandshake } from '../../../src/protocol/extended.js';
import {
  arrives, asks, block, choke, downloading, everything, interest, open, PEER, plain, requests, short, unchoke, wire,
} from './controller-stage.js';
import type { Told } from '../stage.js';

const eight = Array.from({ length: 8 }, (_, i) => block(i >> 2, i & 3));

// DOWN -------------------------------------------------------------------------------

test('interest is said when it changes', () => {
  const stage = open().send(interest(true), interest(true), interest(false), interest(false));
  assert.deepEqual(short(stage.told()), ['say interested', 'PeerMgr: use', 'say notInterested', 'PeerMgr: use']);
});

test('PeerMgr is told what the peer is to us: wanted where one wants something, moving from the tick on that finds blocks under way', () => {
  const uses = (told: readonly Told[]): unknown[] => told.flatMap(([, kind, rest]) => (kind === 'use' ? [(rest as { readonly use: string }).use] : []));
  const stage = open().send(plain('interested'));
  assert.deepEqual(uses(stage.told()), ['wanted']);
  stage.send(plain('notInterested'), interest(true), plain('unchoke'), asks(...eight), arrives(block(0, 0)));
  assert.deepEqual(uses(stage.told()), ['none', 'wanted']);
  assert.deepEqual(uses(stage.advance(SECOND).told()), ['moving']);
  assert.deepEqual(uses(stage.send(interest(false)).advance(10 * SECOND).told()), ['none']);
});

test('blocks are asked for once we are interested and not choked, in either order', () => {
  assert.deepEqual(short(open().send(interest(true), plain('unchoke')).told()), ['say interested', 'PeerMgr: use', 'need 8']);
  assert.deepEqual(short(open().send(plain('unchoke'), interest(true)).told()), ['say interested', 'need 8', 'PeerMgr: use']);
  assert.deepEqual(short(open().send(plain('unchoke')).told()), []);
});

test('what PieceMgr gives is asked of the peer', () => {
  assert.deepEqual(downloading().send(asks(...eight)).told(), [['SenderQueue', 'request', { blocks: eight }]]);
});

test('what a read brought goes to Files, Status and PieceMgr, in this order', () => {
  const stage = downloading().send(asks(...eight)).forget().send(arrives(block(0, 2), block(0, 1)));
  const blocks = [2, 1].map((n) => ({ piece: 0, begin: n * BLOCK_BYTES, data: new Uint8Array(BLOCK_BYTES) }));
  assert.deepEqual(stage.told().slice(0, 3), [
    ['Files', 'blocks', { blocks }],
    ['Status', 'downloaded', { bytes: 2 * BLOCK_BYTES }],
    ['PieceMgr', 'gotBlocks', { peer: PEER, blocks }],
  ]);
});

test('more are asked for when a quarter of the window is free: in slow start each block makes room for two', () => {
  const stage = downloading().send(asks(...eight)).forget();
  stage.send(arrives(eight[0]!));
  assert.ok(!short(stage.told()).some((t) => t.startsWith('need')));
  stage.send(arrives(eight[1]!));
  assert.deepEqual(short(stage.told()).filter((t) => t.startsWith('need')), ['need 4']);
  stage.send(arrives(eight[2]!), arrives(eight[3]!));
  assert.deepEqual(short(stage.told()).filter((t) => t.startsWith('need')), []);
  stage.send(asks(block(2, 0), block(2, 1), block(2, 2), block(2, 3)));
  assert.deepEqual(short(stage.told()), ['say request 2/0 2/1 2/2 2/3']);
});

test('a PieceMgr that had nothing is asked again a second later', () => {
  const stage = downloading().advance(1000);
  assert.deepEqual(short(stage.told('PieceMgr')), ['need 8']);
});

test('the peer\'s reqq bounds the window', () => {
  const payload = encodeExtendedHandshake({ m: new Map(), reqq: 3 });
  const stage = open().send(plain('haveAll'), wire({ type: 'extended', id: 0, payload }), interest(true)).forget();
  assert.deepEqual(short(stage.send(plain('unchoke')).told()), ['need 3']);
});

test('a block of another length than was asked for ends the peer', () => {
  const stage = downloading().send(asks(block(0, 0))).forget().send(arrives(block(0, 0, 100)));
  assert.deepEqual(short(stage.told()), ['ended by fault: sent 100 bytes of a block of 16384']);
});

test('a block that was not asked for ends the peer', () => {
  const stage = downloading().send(asks(block(0, 0))).forget().send(arrives(block(0, 1)));
  assert.deepEqual(short(stage.told()), ['ended by fault: sent a block that was not asked for']);
});

test('what came before the offence, in the same read, is kept', () => {
  const stage = downloading().send(asks(...eight)).forget().send(arrives(block(0, 0), block(5, 3), block(0, 1)));
  assert.deepEqual(short(stage.told()), [
    'Files: blocks', 'Status: downloaded', 'got 0/0', 'ended by fault: sent a block that was not asked for',
  ]);
});

test('a block that stands far outside of its piece is not one of the next piece', () => {
  const stage = downloading().send(asks(block(1, 0))).forget();
  stage.send(arrives({ piece: 0, begin: 2 ** 28, length: BLOCK_BYTES }));
  assert.deepEqual(short(stage.told()), ['ended by fault: sent a block that was not asked for']);
});

test('a cancel is said, and the block may still come, once', () => {
  const stage = downloading().send(asks(block(0, 0), block(0, 1))).forget();
  stage.send({ type: 'cancel', block: block(0, 0) });
  assert.deepEqual(short(stage.told()).slice(0, 1), ['say cancel 0/0']);
  stage.send({ type: 'cancel', block: block(0, 0) }, arrives(block(0, 0)));
  assert.deepEqual(short(stage.told()).filter((t) => !t.startsWith('need')), []);
  stage.send(arrives(block(0, 0)));
  assert.deepEqual(short(stage.told()), ['ended by fault: sent a block that was not asked for']);
});

test('a choke without BEP 6 drops all requests: PieceMgr is told, and blocks that crossed it are let pass', () => {
  const stage = downloading({ fast: false }).send(asks(block(0, 0), block(0, 1))).forget();
  stage.send(plain('choke'));
  assert.deepEqual(stage.told(), [['PieceMgr', 'choked', { peer: PEER }]]);
  stage.send(arrives(block(0, 0)), arrives(block(0, 1)));
  assert.deepEqual(stage.told(), []);
  stage.send(plain('unchoke'));
  assert.deepEqual(short(stage.told()), ['need 8']);
});

test('a choke with BEP 6 drops nothing: each request is served or rejected', () => {
  const stage = downloading().send(asks(block(0, 0), block(0, 1))).forget().send(plain('choke'));
  assert.deepEqual(stage.told(), []);
  stage.send(arrives(block(0, 0)), wire({ type: 'reject', ...block(0, 1) }));
  assert.deepEqual(short(stage.told()), ['Files: blocks', 'Status: downloaded', 'got 0/0', 'lost 0/1']);
});

test('what PieceMgr gives after the peer has choked us goes back', () => {
  const stage = downloading().send(plain('choke')).forget().send(asks(block(0, 0), block(0, 1)));
  assert.deepEqual(short(stage.told()), ['lost 0/0', 'lost 0/1']);
});

test('a rejected block is given back, and not asked for before the next second', () => {
  const stage = downloading().send(asks(...eight)).forget();
  for (const b of eight) stage.send(wire({ type: 'reject', ...b }));
  assert.deepEqual(short(stage.told()), eight.map((b) => `lost ${b.piece}/${b.begin / BLOCK_BYTES}`));
  assert.deepEqual(short(stage.advance(1000).told('PieceMgr')), ['need 8']);
});

test('a reject that crosses a cancel is pardoned', () => {
  const stage = downloading().send(asks(block(0, 0)), { type: 'cancel', block: block(0, 0) }).forget();
  stage.send(wire({ type: 'reject', ...block(0, 0) }));
  assert.deepEqual(stage.told(), []);
});

test('while choked, granted pieces may be asked for, and no others', () => {
  const grant = (piece: number) => wire({ type: 'allowedFast', piece });
  const stage = open().send(plain('haveAll'), interest(true)).forget().send(grant(3));
  assert.deepEqual(short(stage.told()), ['need 8 of 3']);
  stage.send(asks(block(3, 0)));
  assert.deepEqual(short(stage.told()), ['say request 3/0']);
  stage.send(grant(4)).forget().send(asks(block(3, 1), block(5, 0)));
  assert.deepEqual(short(stage.told()), ['lost 3/1', 'lost 5/0']);
});

test('what the peer suggests, PieceMgr hears', () => {
  const stage = open().send(plain('haveAll')).forget().send(wire({ type: 'suggest', piece: 3 }));
  assert.deepEqual(stage.told(), [['PieceMgr', 'suggest', { peer: PEER, piece: 3 }]]);
});

test('an unchoke after granted pieces opens all others at once', () => {
  const stage = open().send(plain('haveAll'), interest(true), wire({ type: 'allowedFast', piece: 3 })).forget();
  assert.deepEqual(short(stage.send(plain('unchoke')).told()), ['need 8']);
});

test('a flood of grants, or of pieces that are not, is not kept', () => {
  const stage = open().send(plain('haveAll'), interest(true)).forget();
  stage.send(wire({ type: 'allowedFast', piece: 4_000_000_000 }));
  assert.deepEqual(stage.told(), []);
});

test('a minute without a block from a peer that owes us some: snubbed, and one request at a time', () => {
  const stage = downloading().send(asks(...eight)).forget();
  const snubbed = (): boolean => stage.all('peer').at(-1)?.facts.snubbed;
  for (let i = 0; i < 6; i++) stage.send(plain('keepAlive')).advance(10_000);
  assert.equal(snubbed(), true);
  for (const b of eight) stage.send(arrives(b));
  stage.advance(1000);
  assert.equal(snubbed(), false);
});

for (const [what, message] of [
  ['cancelled', { type: 'cancel', block: block(0, 0) }], ['rejected', wire({ type: 'reject', ...block(0, 0) })],
] as const) {
  test(`a peer whose only request was ${what} owes nothing, and is not snubbed`, () => {
    const stage = downloading().send(asks(block(0, 0)), message, interest(false)).forget();
    for (let i = 0; i < 7; i++) stage.send(plain('keepAlive')).advance(10_000);
    stage.forget().send(plain('interested')).advance(1000);
    assert.equal(stage.all('peer')[0].facts.snubbed, false);
  });
}

test('a peer whose blocks wait for our own limit is not snubbed; the minute begins when they are read again', () => {
  const stage = downloading().send(asks(block(1, 0), block(1, 1)), { type: 'held', held: true }).forget().advance(90_000);
  const snubs = (): boolean[] => stage.all('peer').map(({ facts }) => facts.snubbed);
  assert.ok(!snubs().includes(true));
  stage.send({ type: 'held', held: false }).forget().advance(58_000);
  assert.ok(!snubs().includes(true));
  assert.equal(stage.forget().advance(2000).all('peer').at(-1)?.facts.snubbed, true);
});

test('a peer that is silent for a minute is snubbed, though others send its blocks and it is asked for more', () => {
  const stage = downloading().send(asks(block(0, 0))).advance(500).send(arrives(block(0, 0)));
  for (let i = 0; i < 7; i++) {
    stage.send(asks(block(i + 1, 0)), plain('keepAlive')).advance(10_000);
    stage.send({ type: 'cancel', block: block(i + 1, 0) });
  }
  assert.equal(stage.all('peer').at(-1).facts.snubbed, true);
  stage.forget().advance(1000);
  assert.deepEqual(stage.all('needBlocks').map((need) => need.count), [1]);
  stage.send(interest(false)).forget().advance(1000);
  assert.equal(stage.all('peer').at(-1).facts.snubbed, false, 'it owes us nothing that we want');
});

// UP ---------------------------------------------------------------------------------

test('orders of ChokeMgr are said when they change something', () => {
  const stage = open([0]).send(unchoke, unchoke, choke, choke);
  assert.deepEqual(stage.told().map(([to, kind]) => `${to}: ${kind}`),
    ['SenderQueue: send', 'Status: note', 'SenderQueue: choke', 'Status: note']);
});

test('why is told to Status', () => {
  const note = open([0]).send(unchoke).all('note')[0];
  assert.deepEqual(note, { note: { event: 'choke', address: '10.1.2.3:6881', choked: false, why: 'regular' } });
});

test('an unchoked peer is served what we have', () => {
  const stage = open([0, 1]).send(unchoke).forget().send(requests(block(0, 3), block(1, 0, 5)));
  assert.deepEqual(stage.told(), [
    ['SenderQueue', 'serve', { blocks: [block(0, 3), block(1, 0, 5)], reject: true }],
  ]);
});

const refused: readonly (readonly [string, boolean, boolean, string[]])[] = [
  ['while choked, with BEP 6', true, false, ['say reject 2/0']],
  ['while choked', false, false, []],
  ['of what we do not have, with BEP 6', true, true, ['say reject 2/0']],
  ['of what we do not have', false, true, []],
];
for (const [what, fast, unchoked, told] of refused) {
  test(`a request ${what} is ${fast ? 'rejected' : 'passed over'}`, () => {
    // Piece 2 is none of those that are granted to this address.
    const stage = open(unchoked ? [1] : [2], { fast }).send(...(unchoked ? [unchoke] : [])).forget();
    assert.deepEqual(short(stage.send(requests(block(2, 0))).told()), told);
  });
}

test('of what is asked for at once, what we have is served and the rest rejected', () => {
  const stage = open([0, 1]).send(unchoke).forget().send(requests(block(0, 0), block(2, 0), block(1, 0), block(2, 1)));
  assert.deepEqual(short(stage.told()), ['SenderQueue: serve 0/0', 'SenderQueue: serve 1/0', 'say reject 2/0', 'say reject 2/1']);
});

test('pieces of the allowed-fast set are served to a choked peer', () => {
  const stage = open(everything, { extensions: false }).send(plain('haveNone'));
  const served = everything.filter((piece) => stage.send(requests(block(piece, 0))).all('serve').length > 0);
  assert.equal(served.length, 10);
});

test('a cancel is passed on', () => {
  const stage = open([0]).send(unchoke, requests(block(0, 0))).forget().send(wire({ type: 'cancel', ...block(0, 0) }));
  assert.deepEqual(stage.told(), [['SenderQueue', 'cancel', { block: { ...block(0, 0) }, reject: true }]]);
});

test('what the peer has asked for and not got: counted in blocks, less by what is sent or refused', () => {
  const stage = open([0]).send(unchoke).forget();
  const reported = (): unknown => {
    const { queuedFromPeer, socketDrained, upTotal } = stage.advance(1000).all('report').at(-1).report;
    return [queuedFromPeer, socketDrained, upTotal];
  };
  stage.send(requests(block(0, 0)), requests(block(0, 1)), requests(block(0, 2)));
  assert.deepEqual(reported(), [3, true, 0]);
  stage.send({ type: 'sent', bytes: BLOCK_BYTES, drained: false });
  assert.deepEqual(reported(), [2, false, BLOCK_BYTES]);
  // Whether a cancel or a choke comes in time, SenderQueue knows.
  stage.send(wire({ type: 'cancel', ...block(0, 1) }), choke);
  assert.deepEqual(reported(), [2, false, BLOCK_BYTES]);
  stage.send({ type: 'refused', bytes: BLOCK_BYTES });
  assert.deepEqual(reported(), [1, false, BLOCK_BYTES]);
  stage.send({ type: 'sent', bytes: BLOCK_BYTES, drained: true });
  assert.deepEqual(reported(), [0, true, 2 * BLOCK_BYTES]);
});

test('a lead allows as much as the peer sent and so much more, until it ends', () => {
  const stage = downloading().send(unchoke, asks(block(0, 0)), arrives(block(0, 0))).forget();
  const allowed = (): unknown[] => stage.all('allow').map(({ upTo }) => upTo);
  stage.send({ type: 'lead', lead: 1000 }, asks(block(0, 1)), arrives(block(0, 1)), { type: 'lead', lead: undefined });
  assert.deepEqual(allowed(), [BLOCK_BYTES + 1000, 2 * BLOCK_BYTES + 1000, Infinity]);
  stage.send(asks(block(0, 2)), arrives(block(0, 2)));
  assert.deepEqual(allowed(), []);
});

test('ChokeMgr hears at once that a lead is used up, once for each lead', () => {
  const stage = open([0]).send(unchoke, { type: 'lead', lead: BLOCK_BYTES }).forget();
  const reported = (): unknown[] => {
    stage.send({ type: 'sent', bytes: BLOCK_BYTES, drained: true });
    return stage.all('report').map(({ report }) => report.upTotal / BLOCK_BYTES);
  };
  assert.deepEqual([reported(), reported(), reported()], [[], [2], []]);
  stage.send({ type: 'lead', lead: 3 * BLOCK_BYTES });
  assert.deepEqual([reported(), reported()], [[4], []]);
});

test('the window follows the rate: three seconds of it and a round trip, once it no longer grows', () => {
  const stage = downloading();
  // A steady 16 blocks a second, each 50 ms after it was asked for.
  for (let second = 0; second < 20; second++) {
    for (let i = 0; i < 16; i++) {
      const b = block(i >> 2, i & 3);
      stage.send(asks(b)).advance(50).send(arrives(b));
    }
    stage.advance(200);
  }
  const [need] = stage.forget().send(asks(block(9, 0)), arrives(block(9, 0))).advance(1000).all('needBlocks');
  assert.ok(need.count >= 48 && need.count <= 51, `${need.count}`);
});

test('the first block after a silence ends the snub at once', () => {
  const stage = downloading().send(asks(...eight));
  for (let i = 0; i < 7; i++) stage.send(plain('keepAlive')).advance(10_000);
  stage.forget().send(arrives(eight[0]!));
  assert.deepEqual(stage.advance(1000).all('peer').map(({ facts }) => facts.snubbed), [false]);
});

test('our requests count as something said: no keep-alive is due', () => {
  const stage = downloading({ extensions: true }).advance(60_000).send(plain('keepAlive'), asks(block(0, 0)));
  stage.forget().advance(90_000);
  assert.ok(!short(stage.told()).includes('say keepAlive'));
});

test('requests that a peer has lost are cancelled after three minutes and given back; they may still be answered', () => {
  const stage = downloading().send(asks(block(0, 0)));
  for (let i = 0; i < 17; i++) stage.send(plain('keepAlive')).advance(10_000);
  assert.ok(!stage.forget().send(plain('keepAlive')).advance(9000).kinds().includes('PieceMgr: lostBlock'));
  const told = short(stage.advance(1000).told());
  assert.ok(told.includes('lost 0/0') && told.includes('say cancel 0/0'));
  stage.send(arrives(block(0, 0)));
  assert.ok(!stage.kinds().includes('PeerMgr: ended'));
});

test('a peer that has answered everything owes nothing, and is not snubbed', () => {
  const stage = downloading().send(asks(block(0, 0)), arrives(block(0, 0)), interest(false));
  for (let i = 0; i < 7; i++) stage.send(plain('keepAlive')).advance(10_000);
  stage.forget().send(plain('interested')).advance(1000);
  assert.equal(stage.all('peer')[0].facts.snubbed, false);
});

test('a choke takes back the question: after the next unchoke there is another at once', () => {
  const stage = downloading({ fast: false }).send(plain('choke')).forget();
  assert.deepEqual(short(stage.send(plain('unchoke')).told()), ['need 8']);
});
