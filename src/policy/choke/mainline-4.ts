/**
 * mainline-4: the choker of BitTorrent 4.x, torrent by torrent: one rule while leeching (below), another once seeding (mainline-4-seed.ts).
 *
 * Leeching: the best rates of 20 s win all slots but one, unless they have sent nothing for 30 s. Then the list of connections is walked
 * from its head: whoever won no slot is unchoked until one interested peer has been met. Every third round the list is turned so
 * that its head is an interested peer that is choked, which makes it the optimistic one.
 * Quirks: idle peers ahead of the optimistic one are unchoked for nothing; where fewer than `minUploads` win a slot, more are
 * optimistic; a peer that never sent anything counts as snubbing.
 * Source: BitTorrent 4 (mainline), Choker.py and its options.
 */
import type { PeerKey } from '../../base/brand.js';
import { fromEntropy } from '../../base/random.js';
import { SECOND, type Millis } from '../../base/units.js';
import { inOrder, relink, turnTo, type Chain } from './chain.js';
import { grant, leaveOthers, type Unchoked } from './decision.js';
import { chooseAsSeed } from './mainline-4-seed.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, LinkView, PeerView } from './policy.js';
import { highestFirst } from './rank.js';
import { mainlineSlots } from './slots.js';
import { downRate, isInterested, isSeeding } from './standing.js';
import { ouEvery, roundMs, snubbedMs, TWENTY_SECONDS, whole } from './usual-params.js';

export type Mainline4Params = {
  readonly slots: number | 'auto';
  readonly minUploads: number;
  readonly snubbedMs: number;
  readonly roundMs: number;
  readonly ouEvery: number;
  readonly part: string;
};
export type Mainline4State = {
  readonly chain: Chain;
  /** Rounds so far. */
  readonly count: number;
  /** Interested and unchoked by the last decision. */
  readonly served: readonly PeerKey[];
  /** Seeding: slots given away between rounds, and in which round each peer was unchoked. */
  readonly unchokesSince: number;
  readonly unchokedIn: { readonly [key: string]: number };
};

const params: Described<Mainline4Params>['params'] = {
  slots: { default: 'auto', words: ['auto'], min: 1, max: 500, integer: true,
    doc: 'interested peers unchoked; auto: by the upload limit' },
  minUploads: whole(2, { min: 1, max: 500 }, 'leeching: at least so many, by more optimistic ones if need be'),
  snubbedMs: snubbedMs(30 * SECOND),
  roundMs: roundMs(),
  ouEvery: ouEvery(),
  part: { default: 'both', words: ['both', 'leech', 'seed'], doc: 'which rule: by the state of the torrent, or always the same' },
};

export const mainline4: ChokePolicy<Mainline4Params, Mainline4State> = {
  name: 'mainline-4',
  summary: 'BitTorrent 4.x: tit for tat while leeching, equal time for all once seeding',
  source: 'BitTorrent 4 (mainline), Choker.py',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [TWENTY_SECONDS, { kind: 'decaying', maxMs: 100_000, fudgeMs: 5000 }],
  timing: (p) => ({ tickMs: p.roundMs, react: ['interested', 'uninterested', 'left'], minHoldMs: 0 }),
  slotBound: (p, link) => Math.max(slotsOf(p, link), p.minUploads),
  init: () => ({ chain: [], count: 0, served: [], unchokesSince: 0, unchokedIn: {} }),
  decide,
};

const slotsOf = (p: Mainline4Params, link: LinkView): number => (p.slots === 'auto' ? mainlineSlots(link.upLimit) : p.slots);

function decide(input: ChokeInput<Mainline4State>, p: Mainline4Params): ChokeDecision<Mainline4State> {
  const tick = input.trigger === 'tick';
  if (!tick && !concernsUs(input)) return leaveOthers(input, new Map(), input.state);
  const random = fromEntropy(input.entropy);
  const chain = relink(input.state.chain, input.peers, (length) => random.below(length + 1));
  const state = { ...input.state, chain, count: input.state.count + (tick ? 1 : 0) };
  const asSeed = p.part === 'both' ? input.peers.some((peer) => isSeeding(input, peer)) : p.part === 'seed';
  const slots = slotsOf(p, input.link);
  const { unchoked, ...rest } = asSeed
    ? chooseAsSeed(input.peers, state, { slots, rounds: p.ouEvery, tick })
    : chooseAsLeech(input.peers, state, { p, slots, tick, now: input.now });
  const served = input.peers.filter((peer) => peer.peerInterested && unchoked.has(peer.key)).map((peer) => peer.key);
  return { unchoked, state: { ...state, ...rest, served: served.sort((a, b) => a - b) } };
}

/** Between rounds only what happens to an unchoked peer matters. */
function concernsUs({ trigger, subjects, peers, state }: ChokeInput<Mainline4State>): boolean {
  const concerned = new Set(subjects);
  if (trigger === 'left') return state.served.some((key) => concerned.has(key));
  return peers.some((peer) => concerned.has(peer.key) && !peer.amChoking);
}

interface Leeching {
  readonly p: Mainline4Params;
  readonly slots: number;
  readonly tick: boolean;
  readonly now: Millis;
}

function chooseAsLeech(peers: readonly PeerView[], { chain, count }: Mainline4State, { p, slots, tick, now }: Leeching) {
  const couldBegin = new Set(peers.filter((peer) => peer.amChoking && peer.peerInterested).map((peer) => peer.key));
  const turned = tick && count % p.ouEvery === 0 ? turnTo(chain, (key) => couldBegin.has(key)) : chain;
  const walk = inOrder(turned, peers);
  const isSnubbing = (peer: PeerView): boolean => peer.lastPieceAt === null || now - peer.lastPieceAt > p.snubbedMs;
  // Ties fall by the order of the list.
  const regular = walk.filter((peer) => peer.peerInterested && !isSnubbing(peer)).sort(highestFirst(downRate)).slice(0, slots - 1);

  const unchoked: Unchoked = new Map();
  grant(unchoked, regular, 'regular');
  let left = Math.max(1, p.minUploads - regular.length);
  for (const peer of walk.filter((each) => !regular.includes(each))) {
    if (left === 0) break;
    unchoked.set(peer.key, { why: isInterested(peer) ? 'optimistic' : 'idle' });
    if (isInterested(peer)) left--;
  }
  return { unchoked, chain: turned };
}
