/**
 * tit-for-tat, the default: uploads to those who upload to us, tries the others in turn, and seeds to everyone in turn.
 *
 * One decision for all torrents, since they share one uplink. Slots (slots.ts) are divided 70:30 between torrents we
 * download and torrents we seed; what one side cannot use the other has. Leeching: regular slots are won by the best
 * download rates of 20 s; the rest, at least one in five, is optimistic (optimistic.ts), 30 s a turn. Whoever gives
 * nothing, or snubs us, can only be optimistic, so slots that nobody earns are all used to look for better partners.
 * Seeding: equal time for all (seed-turns.ts). Between rounds, events only fill slots that are free, at once.
 * Sources: BEP 3; Cohen, "Incentives build robustness in BitTorrent" (2003); mainline 4; libtorrent.
 */
import { fromEntropy, type Random } from '../../base/random.js';
import { MINUTE, type BytesPerSec, type Millis } from '../../base/units.js';
import { grant, type Unchoked } from './decision.js';
import { meet, NO_ROTATION, rotate, type Rotation } from './optimistic.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, LinkView, PeerView } from './policy.js';
import { byKey, rank } from './rank.js';
import { serveInTurn } from './seed-turns.js';
import { optimisticOf, seedSlots, slotsForLink } from './slots.js';

export type TitForTatParams = {
  readonly slots: number | 'auto';
  readonly roundMs: number;
  readonly ouEvery: number;
  readonly snubbedMs: number;
  readonly seedShare: number;
  readonly seedTurnMs: number;
  readonly localFree: boolean;
};
export type TitForTatState = Rotation;

/** A little less than a round, so that a timer which fires early does not cost a peer a whole one. */
const HOLD_OF_ROUND = 0.9;

const params: Described<TitForTatParams>['params'] = {
  slots: { default: 'auto', words: ['auto'], min: 1, max: 500, integer: true,
    doc: 'interested peers unchoked at a time in all torrents; auto: from the upload limit, 5 or more without one' },
  roundMs: { default: 10_000, min: 1000, max: 600_000, integer: true, doc: 'length of a round, ms' },
  ouEvery: { default: 3, min: 1, max: 1000, integer: true, doc: 'rounds that an optimistic unchoke lasts' },
  snubbedMs: { default: MINUTE, min: 1000, max: 3_600_000, integer: true,
    doc: 'without a block for so long, though asked for, a peer cannot win a regular slot, ms' },
  seedShare: { default: 0.3, min: 0, max: 1, doc: 'part of the slots for torrents we seed while we download others' },
  seedTurnMs: { default: MINUTE, min: 1000, max: 3_600_000, integer: true,
    doc: 'how long a peer is served when seeding, ms' },
  localFree: { default: true, doc: 'peers of the local network are unchoked at once and take no slot' },
};

export const titForTat: ChokePolicy<TitForTatParams, TitForTatState> = {
  name: 'tit-for-tat',
  summary: 'the default: upload to those who upload most to us, try others in turn; seed to everyone in turn',
  source: 'BEP 3; Cohen 2003; mainline 4 (slots, seeding by time); libtorrent (share of optimistic slots, local peers)',
  scope: 'session',
  params,
  defaults: defaultsOf(params),
  // Mainline's estimator: it divides by the peer's own age while that is below 20 s, so that a newcomer is judged
  // fairly.
  rates: [{ kind: 'decaying', maxMs: 20_000, fudgeMs: 5000 }],
  timing: (p) => ({
    tickMs: p.roundMs,
    react: ['joined', 'left', 'interested', 'uninterested', 'completed'],
    minHoldMs: holdMs(p),
  }),
  slotBound: (p, link) => slotsOf(p, link),
  init: () => NO_ROTATION,
  decide,
};

type Input = ChokeInput<TitForTatState>;

function decide(input: Input, p: TitForTatParams): ChokeDecision<TitForTatState> {
  const random = fromEntropy(input.entropy);
  const slots = slotsOf(p, input.link);
  const groups = grouped(input, p);
  const demand = { leeching: groups.leeching.length, seeding: groups.seeding.length };

  const served = serveInTurn(groups.seeding, { now: input.now, slots: seedSlots(slots, demand, p.seedShare),
    turnMs: p.seedTurnMs, roundMs: p.roundMs, tick: input.trigger === 'tick', random });
  const traded = reciprocate(groups.leeching, { input, p, slots: slots - served.length, random });
  const free = slots - served.length - traded.regular.length - traded.rotation.turns.length;
  const idle = welcomeIdle(groups.idle, { input, p, bar: traded.bar, free });

  const unchoked: Unchoked = new Map();
  grant(unchoked, groups.exempt, 'exempt');
  grant(unchoked, served, 'regular');
  grant(unchoked, traded.regular, 'regular');
  for (const { peer } of traded.rotation.turns) unchoked.set(peer, { why: 'optimistic' });
  grant(unchoked, idle.welcome, 'idle');
  grant(unchoked, idle.held, 'kept');
  return { unchoked, state: traded.rotation };
}

// WHO IS WHO ---------------------------------------------------------------------------

interface Groups {
  /** Interested, in torrents we download. */
  readonly leeching: readonly PeerView[];
  /** Interested, in torrents we seed. */
  readonly seeding: readonly PeerView[];
  readonly idle: readonly PeerView[];
  readonly exempt: readonly PeerView[];
}

/**
 * In key order. Who can want nothing from us (a seed, BEP 21's upload-only) or may not have it is in no group:
 * choked.
 */
function grouped({ peers, torrents, now }: Input, p: TitForTatParams): Groups {
  const leeching: PeerView[] = [];
  const seeding: PeerView[] = [];
  const idle: PeerView[] = [];
  const exempt: PeerView[] = [];
  for (const peer of [...peers].sort(byKey)) {
    const torrent = torrents.get(peer.torrent);
    if (!torrent?.uploadAllowed || peer.peerIsSeed || peer.peerUploadOnly) continue;
    if (peer.local && p.localFree) exempt.push(peer);
    else if (isCooling(peer, now, p)) continue;
    else if (!peer.peerInterested) idle.push(peer);
    else if (torrent.seeding) seeding.push(peer);
    else leeching.push(peer);
  }
  return { leeching, seeding, idle, exempt };
}

/**
 * Choked so short a time ago that an unchoke would be fibrillation. A peer that never had a slot may have one at
 * once.
 */
const isCooling = (peer: PeerView, now: Millis, p: TitForTatParams): boolean =>
  peer.amChoking && peer.lastUnchokedAt !== null && now - peer.lastChokeChangeAt < holdMs(p);
const isHeld = (peer: PeerView, now: Millis, p: TitForTatParams): boolean =>
  !peer.amChoking && now - peer.lastChokeChangeAt < holdMs(p);

/**
 * Unchoked us, was asked for blocks, and has sent none for a minute. Being choked is no snub: then the rate says
 * enough.
 */
function isSnubbing(peer: PeerView, now: Millis, p: TitForTatParams): boolean {
  if (!peer.amInterested || peer.peerUnchokedUsSince === null || peer.outstandingToPeer === 0) return false;
  return now - Math.max(peer.peerUnchokedUsSince, peer.lastPieceAt ?? -Infinity) > p.snubbedMs;
}

/** What the peer is worth to us, bytes/s: its 20 s download rate; 0 if it snubs us. */
const merit = (peer: PeerView, now: Millis, p: TitForTatParams): BytesPerSec =>
  isSnubbing(peer, now, p) ? 0 : peer.down[0] ?? 0;

const slotsOf = (p: TitForTatParams, link: LinkView): number => (p.slots === 'auto' ? slotsForLink(link) : p.slots);
const holdMs = (p: TitForTatParams): Millis => p.roundMs * HOLD_OF_ROUND;

// LEECHING -----------------------------------------------------------------------------

interface Trade {
  readonly input: Input;
  readonly p: TitForTatParams;
  readonly slots: number;
  readonly random: Random;
}

interface Traded {
  readonly regular: readonly PeerView[];
  readonly rotation: Rotation;
  /** What an idle peer must be worth more than, to be sure of a regular slot if it asked: bytes/s. */
  readonly bar: BytesPerSec;
}

function reciprocate(peers: readonly PeerView[], { input, p, slots, random }: Trade): Traded {
  const { now, state } = input;
  const worth = new Map(peers.map((peer) => [peer.key, merit(peer, now, p)]));
  const worthOf = (peer: PeerView): BytesPerSec => worth.get(peer.key) ?? 0;
  const onTrial = new Set(state.turns.map((t) => t.peer));
  const tick = input.trigger === 'tick';
  /** 2: unchoked a moment ago. 1: between rounds, unchoked; only what was idle can push it out then. 0: all others. */
  const standing = (peer: PeerView): number => {
    if (peer.amChoking || onTrial.has(peer.key)) return 0;
    if (isHeld(peer, now, p)) return 2;
    return tick ? 0 : 1;
  };

  // Best first; among equals the one already unchoked, so that a tie never costs a choke and an unchoke.
  const contenders = rank(peers.filter((peer) => worthOf(peer) > 0), (a, b) =>
    standing(b) - standing(a) || worthOf(b) - worthOf(a) || Number(a.amChoking) - Number(b.amChoking), random);
  const earned = Math.max(0, slots - optimisticOf(slots));
  const regular = contenders.slice(0, earned);

  const others = new Map(peers.map((peer) => [peer.key, peer]));
  const connected = new Set(input.peers.map((peer) => peer.key));
  const met = meet(state, { connected, wanting: [...others.keys()] }, random);
  for (const { key } of regular) others.delete(key);
  const rotation = rotate(met, {
    slots: slots - regular.length,
    rounds: p.ouEvery,
    tick,
    among: others,
  });
  return { regular, rotation, bar: regular.length < earned ? 0 : Math.min(...regular.map(worthOf)) };
}

// IDLE PEERS ---------------------------------------------------------------------------

interface Welcome {
  readonly input: Input;
  readonly p: TitForTatParams;
  readonly bar: BytesPerSec;
  /** Slots that no interested peer needs. */
  readonly free: number;
}

/**
 * An unchoked peer that wants nothing costs nothing, and saves a round trip when it does want something. Those that
 * would win a regular slot are welcome (BEP 3: if one becomes interested the worst regular peer is choked, which the
 * event does); others as far as slots are free, first those that are unchoked already, so that nothing changes for no
 * reason.
 */
function welcomeIdle(idle: readonly PeerView[], { input, p, bar, free }: Welcome) {
  const { now, torrents } = input;
  const worthOf = (peer: PeerView): BytesPerSec => (torrents.get(peer.torrent)?.seeding ? 0 : merit(peer, now, p));
  const better = new Set(idle.filter((peer) => worthOf(peer) > bar));
  const others = idle.filter((peer) => !better.has(peer)).sort((a, b) =>
    Number(a.amChoking) - Number(b.amChoking) || worthOf(b) - worthOf(a) || byKey(a, b));
  return {
    welcome: [...better, ...others.slice(0, free)],
    held: others.slice(free).filter((peer) => isHeld(peer, now, p)),
  };
}
