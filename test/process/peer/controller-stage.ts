/** A Controller on the stage, and what its tests say to it: as the wire, as PieceMgr, as ChokeMgr. */
import { createHash } from 'node:crypto';
import { infoHash, peerId, peerKey } from '../../../src/base/brand.js';
import { BLOCK_BYTES } from '../../../src/base/units.js';
import { Layout } from '../../../src/model/layout.js';
import type { Handshake } from '../../../src/protocol/handshake.js';
import type { BlockRange, Plain, WireMessage } from '../../../src/protocol/wire.js';
import { controller, type ControllerMsg } from '../../../src/process/peer/controller.js';
import type { ControllerInput } from '../../../src/process/peer/controller-state.js';
import { bitsOf, Stage, type Told } from '../stage.js';
import type { SingleMessage } from '../../../src/process/peer/receiver.js';

export const TORRENT = infoHash('ab'.repeat(20));
export const PEER = peerKey(5);
export const PIECES = 20;
const BLOCKS = 4;
/** Twenty pieces of four blocks. */
export const LAYOUT = new Layout({
  files: [{ length: PIECES * BLOCKS * BLOCK_BYTES, padding: false }], pieceLength: BLOCKS * BLOCK_BYTES,
  totalBytes: PIECES * BLOCKS * BLOCK_BYTES,
});

/** Of three pieces of metadata; its bytes say where they are. */
export const INFO = Uint8Array.from({ length: 2 * BLOCK_BYTES + 100 }, (_, i) => (i >> 8) ^ i);

export const hello = (over: Partial<Handshake> = {}): Handshake =>
  ({ infoHash: TORRENT, peerId: peerId('2d5452343035302d'.padEnd(40, '61')), fast: true, extensions: false, dht: false,
    ...over });

export const block = (piece: number, n: number, length = BLOCK_BYTES): BlockRange =>
  ({ piece, begin: n * BLOCK_BYTES, length });
export const wire = (message: SingleMessage): ControllerMsg => ({ type: 'wire', message });
export const plain = (type: Plain['type']): ControllerMsg => wire({ type });
export const requests = (...blocks: BlockRange[]): ControllerMsg => ({ type: 'requests', blocks });
/** In one read. */
export const arrives = (...blocks: BlockRange[]): ControllerMsg =>
  ({ type: 'blocks', blocks: blocks.map(({ piece, begin, length }) => ({ piece, begin, data: new Uint8Array(length) })) });
/** PieceMgr's answer. */
export const asks = (...blocks: BlockRange[]): ControllerMsg => ({ type: 'request', blocks });
export const theyHave = (...pieces: number[]): ControllerMsg => ({ type: 'haves', pieces });
export const welcome = (...have: number[]): ControllerMsg => ({ type: 'welcome', have: bitsOf(PIECES, have) });
export const everything = Array.from({ length: PIECES }, (_, i) => i);
export const interest = (interested: boolean): ControllerMsg => ({ type: 'interest', interested });
export const unchoke: ControllerMsg = { type: 'unchoke', why: 'regular' };
export const choke: ControllerMsg = { type: 'choke' };

export type ControllerStage = Stage<typeof controller>;

export function start(over: Partial<ControllerInput> = {}): ControllerStage {
  return new Stage(controller, (cast) => ({
    peer: PEER, endpoint: { host: '10.1.2.3', port: 6881 }, torrent: TORRENT, ownId: peerId('cd'.repeat(20)),
    agent: 'actorrent test', port: 6881, layout: LAYOUT, infoBytes: INFO, sha1: (bytes) => createHash('sha1').update(bytes).digest(),
    senderQueue: cast('SenderQueue'), files: cast('Files'), pieceMgr: cast('PieceMgr'), chokeMgr: cast('ChokeMgr'),
    peerMgr: cast('PeerMgr'), status: cast('Status'), timer: cast('Timer'), ...over,
  }));
}

/** Past handshake and welcome, with nothing told yet. */
export function open(have: readonly number[] = [], shaken: Partial<Handshake> = {}): ControllerStage {
  return start().send({ type: 'handshake', handshake: hello(shaken) }, welcome(...have)).forget();
}

/** A seed that lets us download: interested, unchoked, and PieceMgr has been asked. */
export function downloading(shaken: Partial<Handshake> = {}): ControllerStage {
  const told = shaken.fast === false
    ? wire({ type: 'bitfield', bits: Uint8Array.of(0xff, 0xff, 0xf0) }) : plain('haveAll');
  return open([], shaken).send(told, interest(true), plain('unchoke')).forget();
}

/** In short: what the wire is told, `PeerMgr ended fault: why`, others as `PieceMgr: needBlocks 8`. */
export function short(told: readonly Told[]): string[] {
  return told.flatMap(([to, kind, rest]) => {
    const r = rest as any;
    if (to === 'SenderQueue' && kind === 'send') return r.messages.map((m: WireMessage) => `say ${describe(m)}`);
    if (kind === 'request') return [`say request ${r.blocks.map(named).join(' ')}`];
    if (kind === 'serve') return r.blocks.map((b: At) => `${to}: serve ${named(b)}`);
    if (kind === 'cancel') return [`${to}: ${kind} ${named(r.block)}`];
    if (kind === 'ended') return [`ended${r.fault ? ' by fault' : ''}: ${r.reason}`];
    if (kind === 'needBlocks') return [`need ${r.count}${r.allowed ? ` of ${r.allowed.join(' ')}` : ''}`];
    if (kind === 'lostBlock') return [`lost ${named(r)}`];
    if (kind === 'gotBlocks') return [`got ${(r.blocks as At[]).map(named).join(' ')}`];
    return [`${to}: ${kind}`];
  });
}

interface At { readonly piece: number; readonly begin: number }
const named = ({ piece, begin }: At): string => `${piece}/${begin / BLOCK_BYTES}`;

function describe(m: WireMessage): string {
  if (m.type === 'request' || m.type === 'cancel' || m.type === 'reject') return `${m.type} ${named(m)}`;
  if (m.type === 'have' || m.type === 'allowedFast') return `${m.type} ${m.piece}`;
  return m.type;
}
