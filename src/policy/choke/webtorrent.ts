/**
 * webtorrent: the choker of WebTorrent, torrent by torrent.
 *
 * Every 10 s peers are ranked by what they send, then by what they take, then those already unchoked first; the list is walked until nine
 * interested ones have been unchoked, idle ones for nothing. One of the interested rest, drawn at random, is optimistic for three
 * rounds. The first time a peer becomes interested it is unchoked at once, slots or no slots, until the next round.
 * Quirk: a seed that is met in the walk is passed over, neither choked nor unchoked; one behind its end is choked.
 * Source: webtorrent, lib/torrent.js (_rechoke).
 */
import type { PeerKey } from '../../base/brand.js';
import { fromEntropy } from '../../base/random.js';
import { SECOND } from '../../base/units.js';
import { leaveOthers, type Unchoked } from './decision.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described } from './policy.js';
import { byKey, first, highestFirst, inTurn, rank } from './rank.js';
import { downRate, isInterested, upRate } from './standing.js';
import { ouEvery, roundMs, slots } from './usual-params.js';

export type WebtorrentParams = {
  readonly slots: number;
  readonly roundMs: number;
  readonly ouEvery: number;
};
export type WebtorrentState = {
  readonly optimistic: PeerKey | null;
  readonly roundsLeft: number;
  /** Those that have been interested before. */
  readonly met: readonly PeerKey[];
};

const params: Described<WebtorrentParams>['params'] = { slots: slots(10), roundMs: roundMs(), ouEvery: ouEvery() };

export const webtorrent: ChokePolicy<WebtorrentParams, WebtorrentState> = {
  name: 'webtorrent',
  summary: 'nine by what they send and take, one at random for 30 s; newcomers are let in at once',
  source: 'webtorrent, lib/torrent.js (_rechoke)',
  scope: 'torrent',
  params,
  defaults: defaultsOf(params),
  rates: [{ kind: 'window', ms: 5 * SECOND, bucketMs: 250 }],
  timing: (p) => ({ tickMs: p.roundMs, react: ['interested'], minHoldMs: 0 }),
  slotBound: (p) => p.slots,
  init: () => ({ optimistic: null, roundsLeft: 0, met: [] }),
  decide: (input, p) => (input.trigger === 'tick' ? rechoke(input, p) : welcome(input)),
};

const BEST = inTurn(highestFirst(downRate), highestFirst(upRate), first((peer) => !peer.amChoking));

function rechoke(input: ChokeInput<WebtorrentState>, p: WebtorrentParams): ChokeDecision<WebtorrentState> {
  const { peers, state } = input;
  const random = fromEntropy(input.entropy);
  const isHere = peers.some((peer) => peer.key === state.optimistic);
  let optimistic = isHere && state.roundsLeft > 0 ? state.optimistic : null;
  let roundsLeft = optimistic === null ? 0 : state.roundsLeft - 1;

  const unchoked: Unchoked = new Map();
  const untouched = new Set<PeerKey>();
  const list = rank(peers, BEST, random);
  let met = 0;
  let at = 0;
  for (; at < list.length && met < p.slots - 1; at++) {
    const { key, peerIsSeed, peerInterested } = list[at]!;
    if (key === optimistic) continue;
    if (peerIsSeed) untouched.add(key);
    else unchoked.set(key, { why: peerInterested ? 'regular' : 'idle' });
    if (!peerIsSeed && peerInterested) met++;
  }
  const rest = list.slice(at).filter(isInterested).sort(byKey);
  if (optimistic === null && rest.length > 0) {
    optimistic = rest[random.below(rest.length)]!.key;
    roundsLeft = p.ouEvery - 1;
  }
  if (optimistic !== null) unchoked.set(optimistic, { why: 'optimistic' });
  return { unchoked, untouched, state: { optimistic, roundsLeft, met: metNow(input) } };
}

function welcome(input: ChokeInput<WebtorrentState>): ChokeDecision<WebtorrentState> {
  const met = new Set(input.state.met);
  const strangers = new Set(input.trigger === 'interested' ? input.subjects.filter((key) => !met.has(key)) : []);
  const newcomers = input.peers.filter((peer) => strangers.has(peer.key) && peer.amChoking);
  return leaveOthers(input, new Map(newcomers.map(({ key }) => [key, { why: 'regular' }])), { ...input.state, met: metNow(input) });
}

function metNow({ peers, state }: ChokeInput<WebtorrentState>): PeerKey[] {
  const before = new Set(state.met);
  return peers.filter((peer) => peer.peerInterested || before.has(peer.key)).map((peer) => peer.key).sort((a, b) => a - b);
}
