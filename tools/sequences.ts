/**
 * The sequences of diagrams/: small swarms are simulated, one of their clients is recorded, and the stretch that each picture is about is
 * cut out. A run is the same each time, so a picture changes where the processes do.
 */
import { BLOCK_BYTES, KIB, SECOND } from '../src/base/units.js';
import type { Lifeline, Moment, Sequence } from '../src/graph/sequence.js';
import { nameIn } from '../src/kernel/topology.js';
import { TOPOLOGY } from '../src/process/index.js';
import type { Swarm } from '../src/sim/swarm.js';
import type { Scenario } from '../src/sim/scenarios/scenario.js';
import { peers, policyNamed, run, scene } from '../test/sim/scenes.js';
import { Recorder } from './recorder.js';

export interface NamedSequence {
  /** Of its files. */
  readonly name: string;
  readonly sequence: Sequence;
}

export const sequences = async (): Promise<readonly NamedSequence[]> => [
  ...await blockBothWays(), await chokeRound(), await wrongPiece(), await gracefulStop(),
];

// THE FIVE ---------------------------------------------------------------------------

/** Pieces of one block each: of two when it is downloaded, since the last one ends more than itself; nothing is shown of the second. */
async function blockBothWays(): Promise<readonly NamedSequence[]> {
  const blocks = (count: number): Scenario => scene(
    [peers('seed', { has: 1, up: 200_000, allowedFast: 0 }), peers('leecher', { allowedFast: 0 })],
    { size: count * BLOCK_BYTES, pieceLength: BLOCK_BYTES },
  );
  const { leecher } = await recorded(blocks(2), ['leecher']);
  const { seed } = await recorded(blocks(1), ['seed']);
  const down = between(leecher!, is('needBlocks'), after(is('have', 'Controller'), is('control')));
  const up = between(seed!, beforeNext(seed!, 'data', 'requests'), after(is('wrote'), is('ready')));
  const arrived = down.findIndex(is('blocks', 'Files'));
  return [
    sequenceOf({
      name: 'block-down', title: 'The life of a block: downloaded',
      doc: 'PieceMgr says which blocks to ask for, and never sees a byte. Files puts the piece together; when it is complete, it is hashed '
        + 'and written off the main thread, and the peers are told. This piece is one block long.',
      who: ['Limiter', 'PeerMgr', 'PieceMgr', 'Files', 'Status', ...ofPeer(1, 'Controller', 'Receiver', 'SenderQueue', 'Sender')],
      // What comes then is of the second block.
      moments: down.filter((m, i) => !(i > arrived && is('data')(m)) && !is('wrote')(m)),
    }),
    sequenceOf({
      name: 'block-up', title: 'The life of a block: uploaded',
      doc: 'What a peer requests waits in its SenderQueue, without bytes: a choke or a cancel takes it out again. Sender fetches the '
        + 'blocks from Files, which reads ahead, asks Limiter for credit, and writes them in one go.',
      who: ['Limiter', 'Files', 'Status', ...ofPeer(1, 'Controller', 'Receiver', 'SenderQueue', 'Sender')],
      moments: up,
    }),
  ];
}

/** One regular slot and an optimistic one; three leechers want them. */
async function chokeRound(): Promise<NamedSequence> {
  const bep3 = policyNamed('bep3');
  const policy = { policy: bep3.policy, params: { ...bep3.params, slots: 2 } };
  const scenario = scene([peers('seed', { has: 1, up: 200_000, policy, allowedFast: 0 }), peers('leecher', { count: 3, up: 1000 })],
    { size: 16_384 * KIB, pieceLength: 256 * KIB, lasts: 65 * SECOND });
  const { seed } = await recorded(scenario, ['seed']);
  // The first round in which one is unchoked and another choked, until the one is served.
  const begin = seed!.findIndex((m) => is('due', 'Timer')(m) && m.type === 'message' && m.detail.startsWith('round')
    && orders(seed!, m.at, 'choke').length > 0 && orders(seed!, m.at, 'unchoke').length > 0);
  const [unchoked, choked] = ['unchoke', 'choke'].map((kind) => peerIn(orders(seed!, seed![begin]!.at, kind)[0]!.to));
  const round = between(seed!.slice(begin), () => true, (m) => is('serve')(m) && m.type === 'message' && peerIn(m.to) === unchoked);
  const lastWord = (peer: string): Moment[] => seed!.slice(0, begin).filter((m) => is('report')(m) && m.type === 'message'
    && peerIn(m.from ?? '') === peer).slice(-1);
  const both = [unchoked!, choked!];
  return sequenceOf({
    name: 'choke-round', title: 'A choke round',
    doc: 'Controllers report how it goes; every ten seconds ChokeMgr asks the policy, and tells those alone for whom the answer changes. '
      + `${nameOf(unchoked!)} is unchoked; ${nameOf(choked!)} is choked, and what waits for it is dropped.`,
    who: ['Timer', 'ChokeMgr', 'Status', ...both.flatMap((peer) => ['Controller', 'SenderQueue', 'Sender'].map((name) => `${peer}/${name}`))],
    moments: [
      ...both.flatMap(lastWord).sort((x, y) => x.at - y.at),
      ...round.filter((m) => m.type === 'message' && !ASIDE.has(m.kind) && !isOtherAlarm(m)),
    ],
  });
}

type Message = Moment & { readonly type: 'message' };

/** What ChokeMgr says at that time. */
const orders = (moments: readonly Moment[], at: number, kind: string): Message[] =>
  moments.flatMap((m) => (m.at === at && m.type === 'message' && m.kind === kind && nameIn(m.from ?? '') === 'ChokeMgr' ? [m] : []));
/** `Peer-2`, of a process of that peer. */
const peerIn = (id: string): string | undefined => id.split('/').at(-2);
/** `Peer 2`. */
const nameOf = (peer: string): string => peer.replace('-', ' ');

/** What goes on at the same time, in a choke round. */
const ASIDE: ReadonlySet<string> = new Set(['register', 'wrote', 'report', 'peer', 'uploaded', 'sent', 'ready', 'blocks']);
const isOtherAlarm = (m: Message): boolean => (m.kind === 'due' || m.kind === 'tick') && !m.detail.startsWith('round');

/** A seed, and a peer whose blocks are all wrong: the first copy of the piece is its. */
async function wrongPiece(): Promise<NamedSequence> {
  const scenario = scene([
    peers('seed', { has: 1, up: 20_000, allowedFast: 0 }), peers('liar', { has: 1, corrupt: true, up: 20_000, allowedFast: 0 }),
    peers('leecher', { allowedFast: 0 }),
  ], { size: 64 * KIB, pieceLength: 64 * KIB });
  const { leecher } = await recorded(scenario, ['leecher']);
  const found = between(leecher!, is('check'), after(is('badPeers'), is('control')));
  const later = leecher!.slice(leecher!.indexOf(found.at(-1)!) + 1);
  const mended = between(later, is('check'), is('have', 'PeerMgr'));
  const lastBlock = leecher!.slice(0, leecher!.indexOf(found[0]!)).findLast(is('gotBlocks'))!;
  const lastGood = later.slice(0, later.indexOf(mended[0]!)).findLast(is('gotBlocks'))!;
  return sequenceOf({
    name: 'wrong-piece', title: 'A piece that fails its hash',
    doc: 'All of it came from peer 1, which is banned and ends with its processes. Nothing was written; the blocks are asked of peer 2 at '
      + 'once, and the piece is right when they are there.',
    who: [
      'ChokeMgr', 'Status', 'PeerMgr', 'Files', 'PieceMgr', ...ofPeer(1, 'Controller'), ...ofPeer(2, 'Controller', 'SenderQueue', 'Sender'),
    ],
    moments: [lastBlock, ...found, lastGood, ...mended].filter((m) => !is('wrote')(m)),
  });
}

/** In the middle of a download. */
async function gracefulStop(): Promise<NamedSequence> {
  const scenario = scene([peers('seed', { has: 1, up: 30_000 }), peers('leecher')], { size: 512 * KIB, pieceLength: 32 * KIB });
  const { leecher } = await recorded(scenario, ['leecher'], ({ clock, members }) => {
    clock.after(4 * SECOND, () => members[1]!.client!.stop());
  });
  const begin = leecher!.findIndex(is('stop', 'TorrentMgr'));
  return sequenceOf({
    name: 'graceful-stop', title: 'A graceful stop',
    doc: 'Peers end, what is on its way to the disk is written and the resume record saved, and the trackers are told: each answers '
      + 'closed, or a clock runs out. When all have, the client says so, and its processes end, the youngest first; what one says as it '
      + 'ends arrives later.',
    who: ['Console', 'TorrentMgr', 'ChokeMgr', 'Files', 'PeerMgr', 'PieceMgr', 'Tracker', ...ofPeer(1, 'Controller', 'Sender')],
    moments: leecher!.slice(begin).filter((m) => !is('tick')(m) && !is('data')(m)),
  });
}

const ofPeer = (peer: number, ...names: readonly string[]): string[] => names.map((name) => `Peer-${peer}/${name}`);

// CUTTING ----------------------------------------------------------------------------

/** Runs it; what the first client of each of these classes did. */
async function recorded(
  scenario: Scenario, classes: readonly string[], begin?: (swarm: Swarm) => void,
): Promise<Readonly<Record<string, Moment[]>>> {
  let now = (): number => 0;
  const recorders = new Map(classes.map((name) => [name, new Recorder(() => now())]));
  const waiting = new Set(classes);
  await run(scenario, {}, {
    begin(swarm) {
      now = () => swarm.clock.now();
      begin?.(swarm);
    },
    tapFor: ({ kind: { name } }) => (waiting.delete(name) ? recorders.get(name) : undefined),
  });
  return Object.fromEntries([...recorders].map(([name, { moments }]) => [name, moments]));
}

type Is = (m: Moment) => boolean;

/** A message of this kind; to a process of this name. */
const is = (kind: string, to?: string): Is => (m) => m.type === 'message' && m.kind === kind && (to === undefined || nameIn(m.to) === to);

/** Once `first` was there, `then`. */
function after(first: Is, then: Is): Is {
  let seen = false;
  return (m) => {
    seen ||= first(m);
    return seen && then(m);
  };
}

/** The last message of one kind before the first of another. */
function beforeNext(moments: readonly Moment[], kind: string, next: string): Is {
  const found = moments.slice(0, moments.findIndex(is(next))).findLast(is(kind));
  return (m) => m === found;
}

/** From the first that begins it to the next that ends it. */
function between(moments: readonly Moment[], begins: Is, ends: Is): Moment[] {
  const begin = moments.findIndex(begins);
  const length = moments.slice(begin).findIndex(ends) + 1;
  if (begin < 0 || length === 0) throw new Error('the stretch that a picture shows is not in the run');
  return moments.slice(begin, begin + length);
}

interface Cut {
  readonly name: string;
  readonly title: string;
  readonly doc: string;
  /** The ends of their ids, from left to right. */
  readonly who: readonly string[];
  readonly moments: readonly Moment[];
}

/** What happens among these alone. */
function sequenceOf({ name, title, doc, who, moments }: Cut): NamedSequence {
  const lineOf = (id: string): string | undefined => who.find((end) => id.split('/').slice(-2).join('/').replace(/-0$/, '').endsWith(end));
  const began = moments[0]!.at;
  const shown = moments.flatMap((m): Moment[] => {
    const at = m.at - began;
    if (m.type === 'end') {
      const line = lineOf(m.who);
      return line === undefined ? [] : [{ ...m, at, who: line }];
    }
    const [from, to] = [m.from === undefined ? undefined : lineOf(m.from), lineOf(m.to)];
    return to === undefined || (m.from !== undefined && from === undefined) ? [] : [{ ...m, at, from, to }];
  });
  return { name, sequence: { title, doc, lifelines: who.map(lifelineOf), moments: shown } };
}

function lifelineOf(id: string): Lifeline {
  const title = nameIn(id);
  const { scope } = TOPOLOGY.find((d) => d.name === title)!;
  const [peer] = id.split('/');
  return { id, title, scope, ...(peer !== title && { note: nameOf(peer!).toLowerCase() }) };
}
