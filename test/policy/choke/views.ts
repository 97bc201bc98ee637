/** Builders for the tests of policies: a peer, a torrent and an input, each ordinary but for what a test names. */
import { peerKey, torrentKey, type PeerKey } from '../../../src/base/brand.js';
import type { ChokeDecision, ChokeInput, ChokePolicy, Json, LinkView, Params, PeerView, TorrentView, Verdict }
  from '../../../src/policy/choke/policy.js';

export const NOW = 1_000_000;
export const T = torrentKey(1);

/** Interested, choked by us and never unchoked, connected for ten minutes, sending nothing. */
export const peer = (key: number, over: Partial<PeerView> = {}): PeerView => ({
  key: peerKey(key), torrent: T, connectedAt: NOW - 600_000, outgoing: true, local: false,
  peerInterested: true, amInterested: true, amChoking: true, peerChoking: true,
  peerIsSeed: false, peerUploadOnly: false, havePieces: 10, haveRate: 0, peerHasWanted: true,
  downTotal: 0, upTotal: 0, downLastRound: 0, upLastRound: 0, upSinceUnchoke: 0, down: [0], up: [0],
  lastPieceAt: null, lastChokeChangeAt: NOW - 600_000, lastUnchokedAt: null, peerUnchokedUsSince: null,
  outstandingToPeer: 0, queuedFromPeer: 0, socketDrained: true, fastExtension: true, ...over,
});

/** What a peer that we have been uploading to for so long looks like. */
export const unchokedFor = (ms: number): Partial<PeerView> =>
  ({ amChoking: false, lastUnchokedAt: NOW - ms, lastChokeChangeAt: NOW - ms, upLastRound: 16_384 });

export const torrent = (over: Partial<TorrentView> = {}): TorrentView => ({
  key: T, seeding: false, seededFromStart: false, private: false, totalSize: 1 << 24, pieceLength: 1 << 18,
  pieceCount: 64, pieces: 10, uploadAllowed: true, ...over,
});

export const LINK: LinkView = { upLimit: null, upMeasured: 0, upPeak: 0, upSaturated: false };

export const input = <S>(state: S, peers: readonly PeerView[], over: Partial<ChokeInput<S>> = {}): ChokeInput<S> => ({
  now: NOW, sinceLastRound: 10_000, round: 0, trigger: 'tick', subjects: [], peers,
  torrents: new Map([[T, torrent()]]), link: LINK, entropy: [1, 2], state, ...over,
});

export const torrents = (...list: readonly TorrentView[]): ReadonlyMap<TorrentView['key'], TorrentView> =>
  new Map(list.map((t) => [t.key, t]));

interface Asking<P extends Params, S extends Json> extends Partial<ChokeInput<S>> {
  readonly params?: Partial<P>;
  /** Of the one torrent of these peers. */
  readonly of?: Partial<TorrentView>;
}

/** One decision of a policy in a torrent, from its first state unless another is given. */
export function ask<P extends Params, S extends Json>(
  policy: ChokePolicy<P, S>, peers: readonly PeerView[], { params, of, ...over }: Asking<P, S> = {},
): ChokeDecision<S> {
  const p: P = { ...policy.defaults, ...params };
  const state = over.state ?? policy.init(p);
  return policy.decide(input(state, peers, { torrents: torrents(torrent(of)), ...over, state }), p);
}

/** The same, by reason. */
export const chosen = <P extends Params, S extends Json>(...args: Parameters<typeof ask<P, S>>): ReturnType<typeof byWhy> =>
  byWhy(ask(...args).unchoked);

/** Peers 1 to n, of which number i sends 100 i bytes/s and takes 100 (n + 1 - i), in rates, rounds and totals alike. */
export const ladder = (n: number, over: Partial<PeerView> = {}): PeerView[] => Array.from({ length: n }, (_, i) => {
  const down = 100 * (i + 1);
  const up = 100 * (n - i);
  return peer(i + 1, {
    down: [down], up: [up, up], downLastRound: down, upLastRound: up, downTotal: down, upTotal: up, lastPieceAt: NOW - 1000, ...over,
  });
});

/** Keys by reason, ascending: `{ regular: [1, 2], optimistic: [5] }`. */
export function byWhy(unchoked: ReadonlyMap<PeerKey, Verdict>): Partial<Record<Verdict['why'], number[]>> {
  const out: Partial<Record<Verdict['why'], number[]>> = {};
  for (const [key, { why }] of [...unchoked].sort(([a], [b]) => a - b)) (out[why] ??= []).push(key);
  return out;
}

/** The choke bits of a session, as the engine would keep them: what `decide` said becomes what it sees next. */
export function apply<S>(peers: readonly PeerView[], decision: ChokeDecision<S>, now: number): PeerView[] {
  return peers.map((p) => {
    const amChoking = decision.untouched?.has(p.key) ? p.amChoking : !decision.unchoked.has(p.key);
    if (amChoking === p.amChoking) return p;
    const lastUnchokedAt = amChoking ? p.lastUnchokedAt : now;
    return { ...p, amChoking, lastChokeChangeAt: now, lastUnchokedAt, upSinceUnchoke: 0 };
  });
}

export interface Round {
  readonly number: number;
  readonly peers: readonly PeerView[];
  readonly unchoked: ReadonlyMap<PeerKey, Verdict>;
}

export interface Run<P extends Params, S extends Json> {
  readonly policy: ChokePolicy<P, S>;
  readonly params?: Partial<P>;
  readonly peers: readonly PeerView[];
  readonly rounds: number;
  readonly seed?: number;
  /** How a round changes the world, before the policy is asked. */
  readonly world?: (peers: PeerView[], round: number, now: number) => PeerView[];
  readonly torrents?: ChokeInput<S>['torrents'];
}

/** So many ticks of ten seconds, each decision applied before the next. */
export function play<P extends Params, S extends Json>(run: Run<P, S>): Round[] {
  const p: P = { ...run.policy.defaults, ...run.params };
  let state = run.policy.init(p);
  let peers = [...run.peers];
  const rounds: Round[] = [];
  for (let number = 0; number < run.rounds; number++) {
    const now = NOW + 10_000 * number;
    peers = run.world?.(peers, number, now) ?? peers;
    const decision = run.policy.decide(input(state, peers, {
      now, round: number, entropy: [run.seed ?? 7, number], ...(run.torrents && { torrents: run.torrents }),
    }), p);
    peers = apply(peers, decision, now);
    rounds.push({ number, peers, unchoked: decision.unchoked });
    state = decision.state;
  }
  return rounds;
}
