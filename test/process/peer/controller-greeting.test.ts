import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerId } from '../../../src/base/brand.js';
import { encodeHandshake, reservedBits } from '../../../src/protocol/handshake.js';
import { encodeExtendedHandshake, parseExtendedHandshake } from '../../../src/protocol/extended.js';
import type { ControllerMsg } from '../../../src/process/peer/controller.js';
import type { SingleMessage } from '../../../src/process/peer/receiver.js';
import type { WireMessage } from '../../../src/protocol/wire.js';
import {
  arrives, asks, block, choke, downloading, everything, hello, INFO, interest, open, PEER, plain, requests, short, start,
  theyHave, TORRENT, unchoke, welcome, wire,
} from './controller-stage.js';

const greeting = (over = {}) => ({ type: 'handshake', handshake: hello(over) }) as const;

test('says its handshake at once, before it has heard one', () => {
  const handshake = encodeHandshake({
    infoHash: TORRENT, peerId: peerId('cd'.repeat(20)), reserved: reservedBits({ fast: true, extensions: true }),
  });
  assert.deepEqual(start().told(), [['SenderQueue', 'greet', { handshake }]]);
});

test('the peer\'s handshake: PeerMgr is told who it is, PieceMgr that it joins', () => {
  const stage = start().forget().send(greeting());
  assert.deepEqual(stage.told(), [
    ['PeerMgr', 'handshaken', { peer: PEER, peerId: hello().peerId, fast: true, client: 'Transmission 4.0.5' }],
    ['PieceMgr', 'join', { peer: PEER, inbox: '@Controller' }],
  ]);
});

test('a peer that came to us has said its handshake already', () => {
  assert.deepEqual(start({ said: hello() }).kinds(), ['SenderQueue: greet', 'PeerMgr: handshaken', 'PieceMgr: join']);
});

test('a peer of another torrent is ended', () => {
  const stage = start().forget().send(greeting({ infoHash: infoHash('ee'.repeat(20)) }));
  assert.deepEqual(short(stage.told()), [`ended by fault: speaks of torrent ${'ee'.repeat(20)}`]);
});

test('a peer that says nothing is ended after 15 s; one that has, is not', () => {
  const silent = start().forget().advance(14_999);
  assert.deepEqual(silent.told(), []);
  assert.deepEqual(short(silent.advance(1).told()), ['ended by fault: said no handshake']);
  assert.deepEqual(open().advance(15_000).told('PeerMgr'), []);
});

const first: readonly (readonly [string, { fast: boolean }, number[], string[]])[] = [
  ['all, with BEP 6', { fast: true }, everything, ['say haveAll']],
  ['nothing, with BEP 6', { fast: true }, [], ['say haveNone']],
  ['something', { fast: true }, [3], ['say bitfield']],
  ['all', { fast: false }, everything, ['say bitfield']],
  ['nothing', { fast: false }, [], []],
];
for (const [what, speaks, have, said] of first) {
  test(`what we have goes first: ${what}`, () => {
    const stage = start().send(greeting(speaks)).forget().send(welcome(...have));
    assert.deepEqual(short(stage.told()).filter((t) => t.startsWith('say')).slice(0, 1), said);
  });
}

test('the bitfield is ours, in wire form', () => {
  const stage = start().send(greeting({ fast: false })).forget().send(welcome(0, 9));
  assert.deepEqual(stage.all('send'), [{ messages: [{ type: 'bitfield', bits: Uint8Array.of(0x80, 0x40, 0) }] }]);
});

test('messages from before the welcome wait for what we have to be told; so does a choke', () => {
  const stage = start().send(greeting()).forget();
  stage.send(unchoke, interest(true), choke, requests(block(0, 0)));
  assert.deepEqual(stage.told('SenderQueue'), []);
  stage.send(welcome(3));
  assert.deepEqual(short(stage.told('SenderQueue')).slice(0, 5),
    ['say bitfield', 'say unchoke', 'say interested', 'say choke', 'say reject 0/0']);
});

test('with BEP 10 our extended handshake follows what we have', () => {
  const stage = start().send(greeting({ extensions: true })).forget().send(welcome());
  const [have, extended] = stage.all('send')[0].messages as WireMessage[];
  assert.equal(have!.type, 'haveNone');
  assert.ok(extended?.type === 'extended' && extended.id === 0);
  const parsed = parseExtendedHandshake(extended.payload);
  assert.deepEqual(parsed.ok && parsed.value,
    { m: new Map([['ut_metadata', 2]]), metadataSize: INFO.length, client: 'actorrent test', reqq: 2000, port: 6881, uploadOnly: false,
      yourIp: '10.1.2.3' });
});

test('of the allowed-fast set, what we have is granted, once both have told, to those with few pieces that know what it is', () => {
  const granted = (...messages: ControllerMsg[]): number[] => start().send(...messages).all('send')
    .flatMap((s) => s.messages as WireMessage[]).flatMap((m) => (m.type === 'allowedFast' ? [m.piece] : []));
  const [all, few, many] = [welcome(...everything), Uint8Array.of(0xff, 0xc0, 0), Uint8Array.of(0xff, 0xe0, 0)];
  const tells = (bits: Uint8Array): ControllerMsg => wire({ type: 'bitfield', bits });
  const set = granted(greeting(), all, tells(few));
  assert.equal(set.length, 10);
  assert.deepEqual(granted(greeting(), plain('haveNone'), all), set);
  assert.deepEqual(granted(greeting(), plain('haveNone'), welcome(set[0]!, set[1]!)), set.slice(0, 2));
  assert.deepEqual(granted(greeting(), all), []);
  assert.deepEqual(granted(greeting(), all, tells(many)), []);
  assert.deepEqual(granted(greeting({ fast: false }), all, tells(few)), []);
});

// WHAT THE PEER HAS ------------------------------------------------------------------

const tells: readonly (readonly [SingleMessage, string])[] = [
  [{ type: 'haveAll' }, 'PieceMgr: haveAll'],
  [{ type: 'bitfield', bits: Uint8Array.of(0xff, 0xff, 0xf0) }, 'PieceMgr: haveAll'],
  [{ type: 'bitfield', bits: Uint8Array.of(0x80, 0, 0x10) }, 'PieceMgr: bitfield'],
];
for (const [message, told] of tells) {
  test(`${message.type} goes to PieceMgr as ${told}`, () => {
    assert.deepEqual(open().send(wire(message)).told('PieceMgr').map(([to, kind]) => `${to}: ${kind}`), [told]);
  });
}

test('nothing is no news, and neither is the same piece twice', () => {
  assert.deepEqual(open().send(plain('haveNone')).told(), []);
  assert.deepEqual(open().send(wire({ type: 'bitfield', bits: new Uint8Array(3) })).told(), []);
  const stage = open().send(theyHave(1, 1), theyHave(1));
  assert.deepEqual(stage.told(), [['PieceMgr', 'have', { peer: PEER, pieces: [1] }]]);
});

const FAULTS: readonly (readonly [string, ControllerMsg[], RegExp])[] = [
  ['a bitfield of another size', [wire({ type: 'bitfield', bits: new Uint8Array(2) })],
    /bitfield: expected 3 bytes for 20 bits/],
  ['a bitfield with spare bits', [wire({ type: 'bitfield', bits: Uint8Array.of(0, 0, 1) })], /spare bits/],
  ['a second bitfield', [wire({ type: 'haveNone' }), wire({ type: 'bitfield', bits: new Uint8Array(3) })], /a second time/],
  ['a bitfield after a have', [theyHave(0), wire({ type: 'haveAll' })], /a second time/],
  ['a piece that is not', [theyHave(20)], /has piece 20 of 20/],
  ['a request beyond the torrent', [requests(block(20, 0))], /asked for piece 20 of 20/],
  ['a request beyond the piece', [requests(block(0, 4))], /asked for bytes 65536\+16384/],
  ['a request across the end', [requests({ piece: 0, begin: 65_000, length: 1000 })], /asked for bytes/],
  ['a request of nothing', [requests({ piece: 0, begin: 0, length: 0 })], /asked for bytes 0\+0/],
  ['a request of too much', [requests({ piece: 0, begin: 0, length: 128 * 1024 + 1 })], /asked for bytes/],
  ['a reject of what was not asked', [wire({ type: 'reject', ...block(0, 0) })], /rejected a block that was not asked for/],
  ['garbage for an extended handshake', [wire({ type: 'extended', id: 0, payload: Uint8Array.of(1) })], /expected/],
];
for (const [what, messages, reason] of FAULTS) {
  test(`${what} ends the peer by fault, once, and nothing more is done with it`, () => {
    const stage = open([0]).send(...messages);
    const ended = stage.all('ended');
    assert.deepEqual(ended.map((e) => [e.peer, e.fault]), [[PEER, true]]);
    assert.match(ended[0].reason, reason);
    stage.send(plain('interested'), unchoke, arrives(block(0, 0)), { type: 'have', pieces: [3] }).advance(300_000);
    assert.deepEqual(stage.told(), []);
  });
}

for (const type of ['haveAll', 'haveNone', 'reject', 'allowedFast', 'suggest'] as const) {
  test(`${type} without the fast extension ends the peer`, () => {
    const message = { type, ...block(0, 0) } as SingleMessage;
    assert.deepEqual(short(open([], { fast: false }).send(wire(message)).told()),
      [`ended by fault: sent ${type} without the fast extension`]);
  });
}

test('what we do not know or need is passed over', () => {
  const stage = open().send(wire({ type: 'unknown', id: 99 }), wire({ type: 'port', port: 1 }),
    wire({ type: 'extended', id: 7, payload: new Uint8Array(3) }), plain('keepAlive'));
  assert.deepEqual(stage.told(), []);
});

test('a violation or the end of the connection ends the peer, by fault or not', () => {
  const flaw = { field: 'message 0', expected: 'length 1', found: '2' };
  assert.deepEqual(short(open().send({ type: 'violation', flaw }).told()),
    ['ended by fault: message 0: expected length 1, found 2']);
  assert.deepEqual(short(open().send({ type: 'disconnected', reason: 'ECONNRESET' }).told()), ['ended: ECONNRESET']);
});

// SEEDS PART -------------------------------------------------------------------------

const extended = (uploadOnly: boolean): SingleMessage =>
  ({ type: 'extended', id: 0, payload: encodeExtendedHandshake({ m: new Map(), uploadOnly }) });

test('with a seed it parts when it wants no more, unless it wants more again by then', () => {
  const stage = open([0]).send({ type: 'finish' }, { type: 'goOn' }).forget();
  assert.deepEqual(short(stage.send(plain('haveAll')).told()), ['PieceMgr: haveAll', 'PeerMgr: waits']);
  assert.deepEqual(short(stage.send({ type: 'finish' }).told()), ['ended: both have everything']);
});

test('two that have everything part, whichever learns it first', () => {
  const BYE = 'ended: both have everything';
  assert.deepEqual(short(open(everything).send(plain('haveAll')).told()), ['PieceMgr: haveAll', BYE]);
  assert.deepEqual(short(open(everything).send(wire(extended(true))).told()), [BYE]);
  const last = open(everything).send(theyHave(...everything.slice(1))).forget();
  assert.deepEqual(short(last.send(theyHave(0)).told()), ['PieceMgr: have', BYE]);
  assert.deepEqual(short(downloading().send({ type: 'finish' }).told()), [BYE]);
  assert.deepEqual(short(open(everything).send(plain('haveNone')).forget().send(wire(extended(false))).told()), []);
});

test('when we are done we say so to those who speak BEP 10', () => {
  const stage = open([], { extensions: true }).send(theyHave(0), interest(true), plain('unchoke'));
  stage.send(asks(block(0, 0)), arrives(block(0, 0)));
  stage.send({ type: 'have', pieces: everything }).forget().send({ type: 'finish' });
  const [{ messages: [message] }] = stage.all('send');
  const parsed = parseExtendedHandshake(message.payload);
  assert.equal(parsed.ok && parsed.value.uploadOnly, true);
});

test('nothing of the kind is said to those who do not, or before we have all', () => {
  for (const extensions of [true, false]) {
    const stage = open([], { extensions }).send(theyHave(0), interest(true), plain('unchoke'));
    stage.send(asks(block(0, 0)), arrives(block(0, 0)), { type: 'have', pieces: [0] }).forget().send({ type: 'finish' });
    assert.deepEqual(short(stage.told('SenderQueue')), ['say have 0']);
  }
});

// OUR PROGRESS -----------------------------------------------------------------------

test('a new piece of ours is said, once, and not before the welcome', () => {
  const stage = open([3]).send({ type: 'have', pieces: [3] }, { type: 'have', pieces: [4] }, { type: 'have', pieces: [4] });
  assert.deepEqual(short(stage.told()), ['say have 4']);
  const early = start().send(greeting()).forget().send({ type: 'have', pieces: [4] });
  assert.deepEqual(early.told(), []);
});

test('a row of pieces is said in one go; where the peer has them all, with whatever we say next, in order', () => {
  const stage = open().send(theyHave(1, 2, 3)).forget();
  assert.deepEqual(short(stage.send({ type: 'have', pieces: [1] }, { type: 'have', pieces: [2] }).told()), []);
  assert.deepEqual(short(stage.send({ type: 'have', pieces: [3, 4] }).told()), ['say have 1', 'say have 2', 'say have 3', 'say have 4']);
  const seed = downloading().send({ type: 'have', pieces: [5] }, { type: 'have', pieces: [6] });
  assert.deepEqual(short(seed.told('SenderQueue')), []);
  assert.deepEqual(short(seed.send(asks(block(0, 0))).told('SenderQueue')), ['say have 5', 'say have 6', 'say request 0/0']);
  assert.deepEqual(short(seed.send({ type: 'have', pieces: [7] }, { type: 'finish' }).told('SenderQueue')), ['say have 7']);
});

test('PeerMgr hears when the peer can do nothing with a new piece: it waits for its turn, or has everything', () => {
  const stage = open();
  const told = (...mail: ControllerMsg[]): boolean[] => stage.send(...mail).all('waits').map(({ waits }) => waits);
  assert.deepEqual(told(theyHave(1)), []);
  assert.deepEqual(told(plain('interested')), [true]);
  assert.deepEqual(told(unchoke), [false]);
  assert.deepEqual(told(choke), [true]);
  assert.deepEqual(told(plain('notInterested')), [false]);
  assert.deepEqual(told(theyHave(...everything)), [true]);
});

// TIME -------------------------------------------------------------------------------

test('a keep-alive after 100 s in which we said nothing', () => {
  const stage = open().send(plain('haveNone')).forget();
  stage.advance(50_000).send(plain('keepAlive')).advance(49_999);
  assert.deepEqual(stage.told('SenderQueue'), []);
  stage.advance(1);
  assert.deepEqual(short(stage.told('SenderQueue')), ['say keepAlive']);
  stage.advance(10_000).send({ type: 'have', pieces: [1] }).forget().send(plain('keepAlive')).advance(99_999);
  assert.deepEqual(stage.told('SenderQueue'), []);
  assert.deepEqual(short(stage.advance(1).told('SenderQueue')), ['say keepAlive']);
});

test('three minutes of silence end the peer; any message counts', () => {
  const stage = open().advance(179_000).send(plain('keepAlive')).forget().advance(179_999);
  assert.deepEqual(stage.told('PeerMgr'), []);
  assert.deepEqual(short(stage.advance(1).told('PeerMgr')), ['ended: silent for three minutes']);
});

test('a peer that our own limit keeps us from hearing is not silent, and has its three minutes when it is heard again', () => {
  const stage = open().send({ type: 'held', held: true }).forget().advance(400_000);
  assert.deepEqual(stage.told('PeerMgr'), []);
  stage.send({ type: 'held', held: false }).advance(179_999);
  assert.deepEqual(stage.told('PeerMgr'), []);
  assert.deepEqual(short(stage.advance(1).told('PeerMgr')), ['ended: silent for three minutes']);
});

test('a peer of whom nobody wants anything is looked at once in 100 seconds', () => {
  const stage = open(everything, { extensions: true }).send(plain('haveNone')).advance(20_000).forget();
  let looks = 0;
  for (let left = 200; left > 0; left--) {
    stage.send(plain('keepAlive')).advance(1000);
    looks += stage.told('Timer').length;
  }
  assert.equal(looks, 2);
});

test('a peer that does not read what it makes us say is ended, and is to blame', () => {
  assert.deepEqual(short(open().send({ type: 'clogged' }).told('PeerMgr')),
    ['ended by fault: does not read what it makes us say: 1 MiB waits for it']);
});

// REPORTS ----------------------------------------------------------------------------

test('ChokeMgr and Status hear once a second of what has changed, and of nothing else', () => {
  const stage = open().advance(1000);
  assert.deepEqual(stage.kinds(), ['ChokeMgr: report', 'Status: peer']);
  assert.deepEqual(stage.advance(10_000).kinds(), []);
  stage.send(wire({ type: 'bitfield', bits: Uint8Array.of(0x80, 0, 0) })).forget().advance(1000);
  assert.deepEqual(stage.kinds(), ['ChokeMgr: report', 'Status: peer']);
});

test('of what a peer has of late they hear every five seconds, and with all else', () => {
  const stage = open().advance(1000).send(theyHave(1)).forget();
  assert.deepEqual(stage.advance(3000).send(theyHave(2)).forget().advance(1999).kinds(), []);
  assert.deepEqual(stage.advance(1).all('report').map(({ report }) => report.havePieces), [2]);
  stage.send(theyHave(3), plain('interested')).forget().advance(1000);
  assert.deepEqual(stage.all('report').map(({ report }) => report.havePieces), [3]);
  assert.deepEqual(stage.forget().advance(10_000).told('ChokeMgr'), []);
});

test('the peer\'s interest is reported at once', () => {
  const stage = open().send(plain('interested'));
  assert.deepEqual(stage.all('report').map((r) => r.report.peerInterested), [true]);
});

test('what is reported', () => {
  const stage = open([1]).send(wire({ type: 'bitfield', bits: Uint8Array.of(0xc0, 0, 0) }), plain('interested'),
    unchoke, requests(block(1, 0)), requests(block(1, 1)), { type: 'sent', bytes: 1000, drained: false });
  stage.forget().advance(1000);
  const [report, facts] = stage.told() as any[];
  assert.deepEqual(report[2], { peer: PEER, report: {
    peerInterested: true, amInterested: false, peerChoking: true, peerIsSeed: false, peerUploadOnly: false,
    havePieces: 2, peerHasWanted: false, downTotal: 0, upTotal: 1000, lastPieceAt: null, peerUnchokedUsSince: null,
    outstandingToPeer: 0, queuedFromPeer: 2, socketDrained: false,
  } });
  assert.deepEqual(facts[2], { peer: PEER, facts: {
    address: '10.1.2.3:6881', client: 'Transmission 4.0.5', incoming: false, progress: 0.1, downloadRate: 0,
    uploadRate: 250, amChoking: false, amInterested: false, peerChoking: true, peerInterested: true, snubbed: false,
  } });
});
