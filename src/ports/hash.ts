/** Sha1: 20 bytes of any small input, at once. Pieces are hashed where they are stored, see disk.ts. */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;
