/**
 * Brands: values of the same JavaScript type that must never be mixed up. A brand costs nothing at run time;
 * the only way to make one is the function beside it, which is where validation happens.
 */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** SHA-1 of the raw bytes of `info` (BEP 3), as 40 lower-case hex digits: usable as a map key, printable as it is. */
export type InfoHash = Brand<string, 'InfoHash'>;
/** 20 bytes that name a peer (BEP 3, BEP 20), as 40 lower-case hex digits. */
export type PeerId = Brand<string, 'PeerId'>;
/** Our own number for a connection: unique among those alive, and within a torrent in the order of joining. */
export type PeerKey = Brand<number, 'PeerKey'>;
/** Our own number for a torrent of this session. */
export type TorrentKey = Brand<number, 'TorrentKey'>;
/** Zero-based index of a piece. */
export type PieceIndex = Brand<number, 'PieceIndex'>;

export const infoHash = (hex: string): InfoHash => hexOf(hex, 'info-hash') as InfoHash;
export const peerId = (hex: string): PeerId => hexOf(hex, 'peer id') as PeerId;
export const peerKey = (n: number): PeerKey => n as PeerKey;
export const torrentKey = (n: number): TorrentKey => n as TorrentKey;
export const pieceIndex = (n: number): PieceIndex => n as PieceIndex;

function hexOf(hex: string, what: string): string {
  if (!/^[0-9a-f]{40}$/.test(hex)) throw new Error(`${what}: expected 40 lower-case hex digits, found ${JSON.stringify(hex)}`);
  return hex;
}
