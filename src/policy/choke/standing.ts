/** What policies ask of a peer in the same words: how fast blocks move, how long it has been silent, whether it can want anything. */
import type { BytesPerSec, Millis } from '../../base/units.js';
import type { ChokeInput, PeerView, TorrentView } from './policy.js';

type Torrents = ChokeInput<unknown>['torrents'];

export const torrentOf = ({ torrents }: { readonly torrents: Torrents }, peer: PeerView): TorrentView | undefined =>
  torrents.get(peer.torrent);
export const isSeeding = (input: { readonly torrents: Torrents }, peer: PeerView): boolean =>
  torrentOf(input, peer)?.seeding ?? false;

/** By the policy's first estimator: from the peer while we download its torrent, to the peer once we seed it. */
export const tradeRate = (input: { readonly torrents: Torrents }) => (peer: PeerView): BytesPerSec =>
  (isSeeding(input, peer) ? peer.up[0] : peer.down[0]) ?? 0;
export const downRate = (peer: PeerView): BytesPerSec => peer.down[0] ?? 0;
export const upRate = (peer: PeerView): BytesPerSec => peer.up[0] ?? 0;

/** Since the last block; from the start of the connection where none has come. */
export const silentMs = (peer: PeerView, now: Millis): Millis => now - (peer.lastPieceAt ?? peer.connectedAt);

export const isInterested = (peer: PeerView): boolean => peer.peerInterested;
/** Has all it wants. */
export const isSated = (peer: PeerView): boolean => peer.peerIsSeed || peer.peerUploadOnly;
