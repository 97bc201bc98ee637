/** Any session a policy may be asked about: up to three torrents, up to thirty peers in any order and any state. */
import fc from 'fast-check';
import { peerKey, torrentKey } from '../../../src/base/brand.js';
import type { ChokeInput, Params, ParamSpec, ParamValue, PeerView, TorrentView } from '../../../src/policy/choke/policy.js';
import { NOW, peer, torrent } from './views.js';

const KEYS = [1, 2, 3].map(torrentKey);
const past = fc.oneof(fc.nat(30_000), fc.nat(900_000)).map((ago) => NOW - ago);
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const rate = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1e8, noNaN: true }));
const bytes = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1 << 30 }));

const view: fc.Arbitrary<Omit<PeerView, 'key' | 'torrent'>> = fc.record({
  connectedAt: past, outgoing: fc.boolean(), local: fc.boolean(),
  peerInterested: fc.boolean(), amInterested: fc.boolean(), amChoking: fc.boolean(), peerChoking: fc.boolean(),
  peerIsSeed: fc.boolean(), peerUploadOnly: fc.boolean(), havePieces: fc.nat(64), haveRate: rate,
  peerHasWanted: fc.boolean(),
  downTotal: bytes, upTotal: bytes, downLastRound: bytes, upLastRound: bytes, upSinceUnchoke: bytes,
  down: fc.array(rate, { maxLength: 2 }), up: fc.array(rate, { maxLength: 2 }),
  lastPieceAt: maybe(past), lastChokeChangeAt: past, lastUnchokedAt: maybe(past), peerUnchokedUsSince: maybe(past),
  outstandingToPeer: fc.nat(5), queuedFromPeer: fc.nat(5), socketDrained: fc.boolean(), fastExtension: fc.boolean(),
});

const torrentView: fc.Arbitrary<Partial<TorrentView>> =
  fc.record({ seeding: fc.boolean(), uploadAllowed: fc.boolean() });

/** Values that the parameters accept: small ones, where the edges are, and words. */
export const paramsFor = (specs: { readonly [key: string]: ParamSpec }): fc.Arbitrary<Params> =>
  fc.record(Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, valueFor(spec)])));

function valueFor({ default: initial, words = [], min, max = Infinity, integer }: ParamSpec): fc.Arbitrary<ParamValue> {
  if (typeof initial === 'boolean') return fc.boolean();
  const kinds: fc.Arbitrary<ParamValue>[] = words.map((word) => fc.constant(word));
  if (min !== undefined) {
    const top = Math.min(max, min + 12);
    kinds.push(integer ? fc.integer({ min, max: top }) : fc.double({ min, max: top, noNaN: true }));
  }
  return fc.oneof(fc.constant(initial), ...kinds);
}

/** Fields that a policy of scope `torrent` shares with one of scope `session`; only the number of torrents differs. */
export const session = (scope: 'torrent' | 'session'): fc.Arbitrary<Omit<ChokeInput<null>, 'state'>> => {
  const count = scope === 'torrent' ? 1 : KEYS.length;
  return fc.record({
    peers: fc.uniqueArray(fc.tuple(fc.nat(40), fc.nat(count - 1), view), { maxLength: 30, selector: ([key]) => key })
      .map((rows) => rows.map(([key, at, v]) => peer(key, { ...v, key: peerKey(key), torrent: KEYS[at]! }))),
    // The last one may be missing, as it is for a moment when a torrent is removed.
    torrents: fc.tuple(fc.array(torrentView, { minLength: count, maxLength: count }), fc.boolean())
      .map(([views, all]) => new Map(views.slice(0, all ? count : count - 1)
        .map((v, i) => [KEYS[i]!, torrent({ ...v, key: KEYS[i]! })]))),
    link: fc.record({ upLimit: maybe(rate), upMeasured: rate, upPeak: rate, upSaturated: fc.boolean() }),
    entropy: fc.tuple(fc.nat(), fc.nat()),
    trigger: fc.constantFrom(
      'tick', 'tick', 'tick', 'optimistic', 'joined', 'left', 'interested', 'uninterested', 'completed'),
    round: fc.nat(1000),
    sinceLastRound: fc.constantFrom(0, 500, 10_000),
    subjects: fc.uniqueArray(fc.nat(40).map(peerKey), { maxLength: 5 }),
    now: fc.constant(NOW),
  });
};
