/**
 * What libtorrent-fixed, libtorrent-rate and lt-bittyrant share: libtorrent's choker, one for all torrents.
 *
 * Every 15 s the first of all interested peers (mostly by libtorrent-order.ts) get the regular slots; every 30 s the optimistic ones, a fifth of
 * all, go to whoever was optimistic longest ago, newcomers first. An optimistic peer that wins a regular slot is promoted and another
 * takes its place. Peers of the local network are unchoked outside the slots. Between rounds a peer that becomes interested is unchoked
 * at once while a slot is free, and one that loses interest is choked at once and all slots are given anew.
 * Quirk: snubbing has no effect here. Simplified: libtorrent replaces a promoted peer within a second, this at once.
 * Source: libtorrent, src/session_impl.cpp, src/choker.cpp.
 */
import type { PeerKey } from '../../base/brand.js';
import { fromEntropy, type Random } from '../../base/random.js';
import { SECOND, type Millis } from '../../base/units.js';
import { grant, leaveOthers, type Unchoked } from './decision.js';
import { SEED_RULES, servingOrder } from './libtorrent-order.js';
import { defaultsOf } from './params.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Described, PeerView } from './policy.js';
import { byKey, lowestFirst, rank, type Compare } from './rank.js';
import { optimisticOf } from './slots.js';
import { roundMs, slots, whole } from './usual-params.js';

export type LibtorrentParams = {
  readonly slots: number;
  readonly optimistic: number | 'auto';
  readonly seedRule: string;
  readonly quotaPieces: number;
  readonly roundMs: number;
  readonly optimisticMs: number;
};
export type LibtorrentState = {
  readonly optimistic: readonly PeerKey[];
  /** When each peer was last made optimistic, ms. */
  readonly triedAt: { readonly [key: string]: Millis };
};

/** How peers are tried, and when. */
export const trying = {
  optimistic: { default: 'auto', words: ['auto'], min: 1, max: 100, integer: true, doc: 'how many of the slots are optimistic; auto: a fifth' },
  roundMs: roundMs(15 * SECOND),
  optimisticMs: whole(30 * SECOND, { min: SECOND, max: 600 * SECOND }, 'how long an optimistic unchoke lasts, ms'),
} as const satisfies Partial<Described<LibtorrentParams>['params']>;

export const params: Described<LibtorrentParams>['params'] = {
  slots: slots(8, 'interested peers unchoked, the optimistic ones included'),
  ...trying,
  seedRule: { default: 'round-robin', words: SEED_RULES, doc: 'who is served where nobody sends us anything' },
  quotaPieces: whole(20, { min: 1, max: 10_000 }, 'round-robin: pieces of a turn, which lasts a minute at the least'),
};

/** How many slots there are, the optimistic ones included. */
export type CountSlots = (input: ChokeInput<LibtorrentState>, p: LibtorrentParams) => number;
type Told = Pick<ChokePolicy<LibtorrentParams, LibtorrentState>, 'name' | 'summary' | 'source' | 'slotBound'> & {
  /** A peer that becomes interested need not wait for the round, while a slot is free. */
  readonly servesAtOnce: boolean;
};

export function libtorrentWith({ servesAtOnce, ...told }: Told, countSlots: CountSlots): ChokePolicy<LibtorrentParams, LibtorrentState> {
  return {
    ...told,
    scope: 'session',
    params,
    defaults: defaultsOf(params),
    rates: [],
    timing: (p) => ({
      tickMs: p.roundMs, optimisticMs: p.optimisticMs, minHoldMs: 0,
      react: servesAtOnce ? ['interested', 'uninterested'] : ['uninterested'],
    }),
    init: () => ({ optimistic: [], triedAt: {} }),
    decide: (input, p) => serve(input, p, { slots: countSlots(input, p), order: servingOrder(input, p.seedRule, p.quotaPieces) }),
  };
}

type Trying = Pick<LibtorrentParams, 'optimistic'>;
export const optimisticSlots = (p: Trying, all: number): number => (p.optimistic === 'auto' ? optimisticOf(all) : p.optimistic);

/** The slots, the optimistic ones included, and who comes first for the others. */
interface Offer {
  readonly slots: number;
  readonly order: Compare;
}

export function serve(input: ChokeInput<LibtorrentState>, p: Trying, { slots: all, order }: Offer): ChokeDecision<LibtorrentState> {
  const { peers, trigger } = input;
  const subjects = new Set(input.subjects);
  const random = fromEntropy(input.entropy);
  const exempt = peers.filter((peer) => peer.local);
  const wanting = competing(peers);
  const unchoked: Unchoked = new Map();
  grant(unchoked, exempt, 'exempt');

  if (trigger === 'interested') {
    const room = Math.max(0, all - wanting.filter((peer) => !peer.amChoking).length);
    grant(unchoked, wanting.filter((peer) => subjects.has(peer.key) && peer.amChoking).sort(byKey).slice(0, room), 'regular');
  }
  const anew = trigger === 'uninterested' && peers.some((peer) => subjects.has(peer.key) && !peer.amChoking);
  if (trigger !== 'tick' && trigger !== 'optimistic' && !anew) return leaveOthers(input, unchoked, input.state);

  const aside = optimisticSlots(p, all);
  const running = wanting.filter((peer) => input.state.optimistic.includes(peer.key));
  const regular = trigger === 'optimistic'
    ? wanting.filter((peer) => !peer.amChoking && !running.includes(peer))
    : rank(wanting, order, random).slice(0, Math.max(0, all - aside));
  const losers = wanting.filter((peer) => !regular.includes(peer));
  const staying = trigger === 'tick' ? running.filter((peer) => losers.includes(peer)).sort(byKey).slice(0, aside) : [];
  const begun = nextToTry(losers.filter((peer) => !staying.includes(peer)), input.state, random).slice(0, aside - staying.length);
  grant(unchoked, regular, trigger === 'optimistic' ? 'kept' : 'regular');
  grant(unchoked, [...staying, ...begun], 'optimistic');
  return { unchoked, state: remember(input, staying, begun) };
}

/** For slots. */
export const competing = (peers: readonly PeerView[]): readonly PeerView[] => peers.filter((peer) => !peer.local && peer.peerInterested);

/** Least recently optimistic first, newcomers before all. */
const nextToTry = (peers: readonly PeerView[], { triedAt }: LibtorrentState, random: Random): readonly PeerView[] =>
  rank(peers, lowestFirst((peer) => triedAt[peer.key] ?? -1), random);

function remember(
  { peers, now, state }: ChokeInput<LibtorrentState>, staying: readonly PeerView[], begun: readonly PeerView[],
): LibtorrentState {
  const triedAt = [...peers].sort(byKey).flatMap((peer): [PeerKey, Millis][] => {
    const at = begun.includes(peer) ? now : state.triedAt[peer.key];
    return at === undefined ? [] : [[peer.key, at]];
  });
  const optimistic = [...staying, ...begun].map((peer) => peer.key).sort((a, b) => a - b);
  return { optimistic, triedAt: Object.fromEntries(triedAt) };
}
